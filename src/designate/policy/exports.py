# SPDX-License-Identifier: Apache-2.0
"""Rules of zone exports."""

from designate.policy.checks import MEMBER, READER, rule

_COLLECTION = "/v2/zones/tasks/exports"
_ITEM = "/v2/zones/tasks/exports/{export_id}"
_CREATE = [("/v2/zones/{zone_id}/tasks/export", "POST")]

RULES = [
    rule("zone_export", MEMBER, "Fetch the text of an export.", [(f"{_ITEM}/export", "GET")]),
    rule("create_zone_export", MEMBER, "Export a zone.", _CREATE),
    rule("find_zone_exports", READER, "List exports.", [(_COLLECTION, "GET")]),
    rule("get_zone_export", READER, "Show an export.", [(_ITEM, "GET")]),
    rule("update_zone_export", MEMBER, "Carry out an export.", _CREATE),
    rule("delete_zone_export", MEMBER, "Forget an export.", [(_ITEM, "DELETE")]),
]
