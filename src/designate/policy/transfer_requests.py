# SPDX-License-Identifier: Apache-2.0
"""Rules of requests to transfer a zone to another project."""

from designate.policy.checks import MEMBER, READER, open_rule, rule

_COLLECTION = "/v2/zones/tasks/transfer_requests"
_ITEM = "/v2/zones/tasks/transfer_requests/{zone_transfer_request_id}"
_CREATE = [("/v2/zones/{zone_id}/tasks/transfer_requests", "POST")]

TARGETED = f"({MEMBER}) or project_id:%(target_project_id)s or None:%(target_project_id)s"
"""The owner, the project that the request is for, or anybody where it is for none in particular."""
OLD_TARGETED = "rule:admin_or_owner or project_id:%(target_tenant_id)s or None:%(target_tenant_id)s"

RULES = [
    rule("create_zone_transfer_request", MEMBER, "Offer a zone to others.", _CREATE),
    rule(
        "get_zone_transfer_request",
        TARGETED,
        "Show a transfer request.",
        [(_ITEM, "GET")],
        old=OLD_TARGETED,
    ),
    rule(
        "get_zone_transfer_request_detailed",
        READER,
        "Show a transfer request with its key.",
        [(_ITEM, "GET")],
    ),
    open_rule("find_zone_transfer_requests", "List transfer requests.", [(_COLLECTION, "GET")]),
    rule("update_zone_transfer_request", MEMBER, "Update a request.", [(_ITEM, "PATCH")]),
    rule("delete_zone_transfer_request", MEMBER, "Withdraw a request.", [(_ITEM, "DELETE")]),
]
