# SPDX-License-Identifier: Apache-2.0
"""Rules of zone imports."""

from designate.policy.checks import MEMBER, READER, rule

_COLLECTION = "/v2/zones/tasks/imports"
_ITEM = "/v2/zones/tasks/imports/{import_id}"

RULES = [
    rule("create_zone_import", MEMBER, "Import a zone.", [(_COLLECTION, "POST")]),
    rule("find_zone_imports", READER, "List imports.", [(_COLLECTION, "GET")]),
    rule("get_zone_import", READER, "Show an import.", [(_ITEM, "GET")]),
    rule("update_zone_import", MEMBER, "Carry out an import.", [(_COLLECTION, "POST")]),
    rule("delete_zone_import", MEMBER, "Forget an import.", [(_ITEM, "DELETE")]),
]
