# SPDX-License-Identifier: Apache-2.0
"""Every endpoint of API.md section 32: a request that does what it is for, and what it may cost.

`{name}` in a path or body stands for what the scene of test_statements.py has of that name.
"""

from typing import Any, NamedTuple


class Endpoint(NamedTuple):
    """A request, the status of its answer, and the SQL statements that it may cost.

    `at` is what stands in the path instead of what the scene calls so.
    """

    method: str
    path: str
    status: int
    at_most: int
    data: dict[str, Any] | None = None
    headers: dict[str, str] = {}
    at: dict[str, str] = {}

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


ALL_PROJECTS = {"X-Auth-All-Projects": "true"}
DELETE_SHARES = {"X-Designate-Delete-Shares": "true"}
TEXT = {"Accept": "text/dns"}
ZONE = "/v2/zones/{zone_id}"
RECORDSET = f"{ZONE}/recordsets/{{recordset_id}}"
TASKS = "/v2/zones/tasks"
OFFER = f"{TASKS}/transfer_requests/{{zone_transfer_request_id}}"
FLOATING_IP = "/v2/reverse/floatingips/{key}"
REPORTS = "/admin/reports"
OTHER_POOL = "11111111-2222-4333-8444-555555555555"

NEW_RECORDSET = {"name": "r{n}.{zone_name}", "type": "A", "records": ["192.0.2.1", "192.0.2.2"]}
NEW_TSIGKEY = {
    "name": "other{n}",
    "algorithm": "hmac-sha256",
    "secret": "c2VjcmV0",
    "scope": "ZONE",
    "resource_id": "{zone_id}",
}
NEW_POOL = {
    "name": "new{n}",
    "attributes": {"tier": "gold"},
    "ns_records": [{"hostname": "ns1.example.", "priority": 1}],
}
ACCEPT = {"key": "{secret}", "zone_transfer_request_id": "{zone_transfer_request_id}"}

ENDPOINTS = (
    Endpoint("GET", "/", 200, 0),
    Endpoint("GET", "/healthcheck", 200, 0),
    Endpoint("GET", "/v2/limits", 200, 1),
    # -- zones
    Endpoint("GET", "/v2/zones", 200, 3),
    Endpoint("POST", "/v2/zones", 202, 18, {"name": "o{n}.example.", "email": "a@example.org"}),
    Endpoint("GET", ZONE, 200, 1),
    Endpoint("PATCH", ZONE, 202, 5, {"ttl": 77}),
    Endpoint("DELETE", ZONE, 202, 7, headers=DELETE_SHARES),
    Endpoint("GET", f"{ZONE}/nameservers", 200, 2),
    # -- recordsets
    Endpoint("GET", f"{ZONE}/recordsets", 200, 2),
    Endpoint("POST", f"{ZONE}/recordsets", 202, 8, NEW_RECORDSET),
    Endpoint("GET", RECORDSET, 200, 2),
    Endpoint("PUT", RECORDSET, 202, 10, {"records": ["192.0.2.9"]}),
    Endpoint("DELETE", RECORDSET, 202, 7),
    Endpoint("GET", "/v2/recordsets", 200, 4),
    Endpoint("GET", "/v2/recordsets/{recordset_id}", 301, 3),
    # -- shares
    Endpoint("GET", f"{ZONE}/shares", 200, 3),
    Endpoint("POST", f"{ZONE}/shares", 201, 4, {"target_project_id": "other{n}"}),
    Endpoint("GET", f"{ZONE}/shares/{{zone_share_id}}", 200, 1),
    Endpoint("DELETE", f"{ZONE}/shares/{{zone_share_id}}", 204, 8),
    # -- exports and imports
    Endpoint("POST", f"{ZONE}/tasks/export", 202, 3),
    Endpoint("GET", f"{TASKS}/exports", 200, 3),
    Endpoint("GET", f"{TASKS}/exports/{{export_id}}", 200, 1),
    Endpoint("DELETE", f"{TASKS}/exports/{{export_id}}", 204, 2),
    Endpoint("GET", f"{TASKS}/exports/{{export_id}}/export", 200, 4, headers=TEXT),
    Endpoint("GET", f"{TASKS}/export", 200, 3),
    Endpoint("GET", f"{TASKS}/export/{{export_id}}", 200, 1),
    Endpoint("DELETE", f"{TASKS}/export/{{export_id}}", 204, 2),
    Endpoint("GET", f"{TASKS}/export/{{export_id}}/export", 200, 4, headers=TEXT),
    Endpoint("GET", f"{TASKS}/imports", 200, 3),
    Endpoint("POST", f"{TASKS}/imports", 202, 2, {"zonefile": "x"}),
    Endpoint("GET", f"{TASKS}/imports/{{import_id}}", 200, 1),
    Endpoint("DELETE", f"{TASKS}/imports/{{import_id}}", 204, 3),
    # -- transfers
    Endpoint("POST", f"{ZONE}/tasks/transfer_requests", 201, 3, {}),
    Endpoint("GET", f"{TASKS}/transfer_requests", 200, 1),
    Endpoint("GET", OFFER, 200, 1),
    Endpoint("PATCH", OFFER, 200, 4, {"description": "x"}),
    Endpoint("DELETE", OFFER, 204, 4),
    Endpoint("GET", f"{TASKS}/transfer_accepts", 200, 3),
    Endpoint("POST", f"{TASKS}/transfer_accepts", 201, 11, ACCEPT),
    Endpoint("GET", f"{TASKS}/transfer_accepts/{{transfer_accept_id}}", 200, 1),
    # -- tasks of zones
    Endpoint("POST", f"{ZONE}/tasks/abandon", 204, 13, headers=DELETE_SHARES),
    Endpoint("POST", f"{ZONE}/tasks/pool_move", 202, 16, {"pool_id": OTHER_POOL}),
    Endpoint("POST", f"{ZONE}/tasks/xfr", 202, 2, at={"zone_id": "{secondary_id}"}),
    # -- floating IPs
    Endpoint("GET", "/v2/reverse/floatingips", 200, 1),
    Endpoint("GET", FLOATING_IP, 200, 1),
    Endpoint("PATCH", FLOATING_IP, 202, 21, {"ptrdname": "a.example."}),
    # -- registers
    Endpoint("GET", "/v2/tlds", 200, 2),
    Endpoint("POST", "/v2/tlds", 201, 2, {"name": "other{n}"}),
    Endpoint("GET", "/v2/tlds/{tld_id}", 200, 1),
    Endpoint("PATCH", "/v2/tlds/{tld_id}", 200, 2, {"description": "x"}),
    Endpoint("DELETE", "/v2/tlds/{tld_id}", 204, 1),
    Endpoint("GET", "/v2/blacklists", 200, 2),
    Endpoint("POST", "/v2/blacklists", 201, 2, {"pattern": "other{n}"}),
    Endpoint("GET", "/v2/blacklists/{blacklist_id}", 200, 1),
    Endpoint("PATCH", "/v2/blacklists/{blacklist_id}", 200, 2, {"description": "x"}),
    Endpoint("DELETE", "/v2/blacklists/{blacklist_id}", 204, 1),
    Endpoint("GET", "/v2/tsigkeys", 200, 2),
    Endpoint("POST", "/v2/tsigkeys", 201, 3, NEW_TSIGKEY),
    Endpoint("GET", "/v2/tsigkeys/{tsigkey_id}", 200, 1),
    Endpoint("PATCH", "/v2/tsigkeys/{tsigkey_id}", 200, 3, {"name": "new{n}"}),
    Endpoint("DELETE", "/v2/tsigkeys/{tsigkey_id}", 204, 1),
    # -- pools
    Endpoint("GET", "/v2/pools", 200, 2),
    Endpoint("POST", "/v2/pools", 201, 3, NEW_POOL),
    Endpoint("GET", "/v2/pools/{pool_id}", 200, 1),
    Endpoint("PATCH", "/v2/pools/{pool_id}", 202, 4, {"description": "x"}),
    Endpoint("DELETE", "/v2/pools/{pool_id}", 204, 5),
    # -- quotas
    Endpoint("GET", "/v2/quotas", 200, 1),
    Endpoint("GET", "/v2/quotas/{project_id}", 200, 1),
    Endpoint("PATCH", "/v2/quotas/{project_id}", 200, 3, {"zones": -1}),
    Endpoint("DELETE", "/v2/quotas/{project_id}", 204, 1),
    # -- of operators
    Endpoint("GET", "/v2/service_statuses", 200, 2),
    Endpoint("GET", "/v2/service_statuses/{service_id}", 200, 1),
    Endpoint("GET", "/v2/service_status", 200, 2),
    Endpoint("GET", "/v2/service_status/{service_id}", 200, 1),
    Endpoint("GET", "/admin/quotas/{project_id}", 200, 1),
    Endpoint("PATCH", "/admin/quotas/{project_id}", 200, 3, {"quota": {"zones": 99999}}),
    Endpoint("DELETE", "/admin/quotas/{project_id}", 204, 1),
    Endpoint("GET", f"{REPORTS}/tenants", 200, 1, headers=ALL_PROJECTS),
    Endpoint("GET", f"{REPORTS}/tenants/{{tenant_id}}", 200, 1, headers=ALL_PROJECTS),
    Endpoint("GET", f"{REPORTS}/counts", 200, 3, headers=ALL_PROJECTS),
    Endpoint("GET", f"{REPORTS}/counts/{{name}}", 200, 1, headers=ALL_PROJECTS),
    Endpoint("GET", "/admin/zones/export/{zone_id}", 200, 3, headers=TEXT),
)
