# SPDX-License-Identifier: Apache-2.0
"""Rules of zones and of what is done to them as a whole."""

from designate.policy.checks import ADMIN, MEMBER, READER, READER_OR_SHARED, rule

_ZONES = "/v2/zones"
_ZONE = "/v2/zones/{zone_id}"
_TASKS = f"{_ZONE}/tasks"

RULES = [
    rule("create_zone", MEMBER, "Create a zone.", [(_ZONES, "POST")]),
    rule("find_zones", READER, "List zones.", [(_ZONES, "GET")]),
    rule("get_zone", READER_OR_SHARED, "Show a zone.", [(_ZONE, "GET")]),
    rule("get_zones", READER, "Show zones; asked nowhere.", [(_ZONES, "GET")]),
    rule("get_zone_servers", READER, "Show servers; asked nowhere.", [(_ZONE, "GET")]),
    rule("update_zone", MEMBER, "Update a zone.", [(_ZONE, "PATCH")]),
    rule("delete_zone", MEMBER, "Delete a zone.", [(_ZONE, "DELETE")]),
    rule("abandon_zone", ADMIN, "Forget a zone.", [(f"{_TASKS}/abandon", "POST")]),
    rule("pool_move_zone", ADMIN, "Move a zone to a pool.", [(f"{_TASKS}/pool_move", "POST")]),
    rule("purge_zones", ADMIN, "Remove deleted zones; asked nowhere.", [(_ZONE, "DELETE")]),
    rule("xfr_zone", MEMBER, "Transfer a secondary zone in.", [(f"{_TASKS}/xfr", "POST")]),
    rule("count_zones", READER, "Count zones.", [("/admin/reports/counts/zones", "GET")]),
    rule(
        "count_zones_pending_notify",
        READER,
        "Count zones that servers are to be told of.",
        [("/admin/reports/counts/zones_delayed_notify", "GET")],
    ),
]
