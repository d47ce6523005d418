# SPDX-License-Identifier: Apache-2.0
"""Rules of recordsets."""

from designate.policy.checks import READER, READER_OR_SHARED, rule

_COLLECTION = "/v2/zones/{zone_id}/recordsets"
_ITEM = "/v2/zones/{zone_id}/recordsets/{recordset_id}"

# Members of the owner write on PRIMARY zones, admins on SECONDARY ones too. A project that the zone
# is shared with needs the member role as well, and then writes what it created.
_OWNER = (
    "(role:member and project_id:%(project_id)s) and ('PRIMARY':%(zone_type)s)"
    " or (role:admin) and ('PRIMARY':%(zone_type)s)"
    " or (role:admin) and ('SECONDARY':%(zone_type)s)"
)
_CREATE = f"{_OWNER} or role:member and ('True':%(zone_shared)s) and ('PRIMARY':%(zone_type)s)"
_WRITE = (
    f"{_OWNER} or role:member and (project_id:%(recordset_project_id)s)"
    " and ('PRIMARY':%(zone_type)s)"
)
_OLD = (
    "('PRIMARY':%(zone_type)s) and (rule:admin_or_owner or 'True':%(zone_shared)s)"
    " or ('SECONDARY':%(zone_type)s) and is_admin:True"
)

RULES = [
    rule("create_recordset", _CREATE, "Create a recordset.", [(_COLLECTION, "POST")], old=_OLD),
    rule("get_recordsets", READER, "Show recordsets; asked nowhere.", [(_COLLECTION, "GET")]),
    rule("find_recordset", READER, "Find a recordset; asked nowhere.", [(_COLLECTION, "GET")]),
    rule("count_recordset", READER, "Count recordsets; asked nowhere.", [(_COLLECTION, "GET")]),
    rule(
        "find_recordsets",
        READER,
        "List recordsets.",
        [(_COLLECTION, "GET"), ("/v2/recordsets", "GET")],
    ),
    rule(
        "get_recordset",
        READER_OR_SHARED,
        "Show a recordset.",
        [(_ITEM, "GET"), ("/v2/recordsets/{recordset_id}", "GET")],
    ),
    rule("update_recordset", _WRITE, "Update a recordset.", [(_ITEM, "PUT")], old=_OLD),
    rule("delete_recordset", _WRITE, "Delete a recordset.", [(_ITEM, "DELETE")], old=_OLD),
]
