# SPDX-License-Identifier: Apache-2.0
"""Rules of accepts of transfer requests."""

from designate.policy.checks import ADMIN, READER, rule
from designate.policy.transfer_requests import OLD_TARGETED

_COLLECTION = "/v2/zones/tasks/transfer_accepts"
_ITEM = "/v2/zones/tasks/transfer_accepts/{transfer_accept_id}"

# Who takes a zone over must be allowed to own one: a role of member is needed (API.md 30, I3).
_TAKE = (
    "role:admin or role:member and (project_id:%(target_project_id)s or None:%(target_project_id)s)"
)

RULES = [
    rule(
        "create_zone_transfer_accept",
        _TAKE,
        "Take a zone over.",
        [(_COLLECTION, "POST")],
        old=OLD_TARGETED,
    ),
    rule("get_zone_transfer_accept", READER, "Show an accept.", [(_ITEM, "GET")]),
    rule("find_zone_transfer_accepts", ADMIN, "List accepts.", [(_COLLECTION, "GET")]),
]
