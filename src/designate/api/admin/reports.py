# SPDX-License-Identifier: Apache-2.0
"""Reports on projects and what they have, over HTTP (API.md section 24)."""

from urllib.parse import quote

import falcon

from designate.api import description, fields, media
from designate.api.description import operation
from designate.api.links import Links, with_arguments
from designate.api.request import Request
from designate.contracts.reports import Reports
from designate.errors import InvalidObject, ReportNotFound

_TENANTS = "/admin/reports/tenants"
_ALL = ("zones", "records", "tenants")
_RULES = ["count_zones", "count_records", "count_tenants"]
_project = fields.text(255)

_TENANT = description.shown(
    "Tenant",
    {"zone_count": description.COUNT, "id": description.TEXT, "links": description.LINKS},
)
_TENANT_PAGE = description.shown(
    "Tenants",
    {
        "links": description.LINKS,
        "metadata": {"type": "object", "additionalProperties": False},
        "tenants": {"type": "array", "items": description.reference(_TENANT)},
    },
    [_TENANT],
)
_TENANT_ZONES = description.shown(
    "TenantZones",
    {
        "zones_count": description.COUNT,
        "zones": {"type": "array", "items": description.TEXT},
        "id": description.TEXT,
        "links": description.LINKS,
    },
)
_COUNTS = description.shown(
    "Counts",
    {
        "counts": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": description.COUNT},
        }
    },
)


class TenantList:
    """/admin/reports/tenants"""

    def __init__(self, reports: Reports, links: Links) -> None:
        self._reports = reports
        self._links = links

    @operation({200: _TENANT_PAGE}, policy=["find_tenants"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the projects that have zones, all of them."""
        place = self._links.base(req.env) + _TENANTS
        tenants = [
            {
                "zone_count": tenant.zone_count,
                "id": tenant.id,
                "links": {"self": f"{place}/{quote(tenant.id, safe='')}"},
            }
            for tenant in self._reports.tenants(req.caller)
        ]
        links = {"self": with_arguments(place, req.arguments)}
        media.answer(resp, {"links": links, "metadata": {}, "tenants": tenants})


class TenantItem:
    """/admin/reports/tenants/{tenant_id}"""

    def __init__(self, reports: Reports, links: Links) -> None:
        self._reports = reports
        self._links = links

    @operation({200: _TENANT_ZONES}, refuses=[InvalidObject], policy=["get_tenant"])
    def on_get(self, req: Request, resp: falcon.Response, tenant_id: str) -> None:
        """Show the zones of a project."""
        found = self._reports.tenant(req.caller, _project("tenant_id", tenant_id))
        body = {
            "zones_count": len(found.zones),
            "zones": found.zones,
            "id": found.id,
            "links": {"self": f"{self._links.base(req.env)}{_TENANTS}/{quote(found.id, safe='')}"},
        }
        media.answer(resp, body)


class CountList:
    """/admin/reports/counts"""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    @operation({200: _COUNTS}, policy=_RULES)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """Show how much there is."""
        media.answer(resp, {"counts": [self._reports.counts(req.caller, _ALL)]})


class CountItem:
    """/admin/reports/counts/{name}"""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    @operation(
        {200: _COUNTS}, refuses=[ReportNotFound], policy=[*_RULES, "count_zones_pending_notify"]
    )
    def on_get(self, req: Request, resp: falcon.Response, name: str) -> None:
        """Show how many there are of one kind."""
        media.answer(resp, {"counts": [self._reports.counts(req.caller, [name])]})
