# SPDX-License-Identifier: Apache-2.0
"""Rules of zones."""

from designate.policy.checks import ADMIN, MEMBER, READER, READER_OR_SHARED, rule

_ZONE = "/v2/zones/{zone_id}"
_CREATE = [("/v2/zones", "POST")]

RULES = [
    rule("create_zone", MEMBER, "Create a zone.", _CREATE),
    rule("find_zones", READER, "List zones.", [("/v2/zones", "GET")]),
    rule("get_zone", READER_OR_SHARED, "Show a zone.", [(_ZONE, "GET")]),
    rule("update_zone", MEMBER, "Update a zone.", [(_ZONE, "PATCH")]),
    rule("delete_zone", MEMBER, "Delete a zone.", [(_ZONE, "DELETE")]),
    rule("use_blacklisted_zone", ADMIN, "Create a zone with a blacklisted name.", _CREATE),
    rule("zone_create_forced_pool", ADMIN, "Create a zone in a pool of choice.", _CREATE),
]
