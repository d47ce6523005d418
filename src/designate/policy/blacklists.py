# SPDX-License-Identifier: Apache-2.0
"""Rules of the names that no zone may have."""

from designate.policy.checks import ADMIN, rule

_COLLECTION = "/v2/blacklists"
_ITEM = "/v2/blacklists/{blacklist_id}"

RULES = [
    rule("create_blacklist", ADMIN, "Create a blacklist.", [(_COLLECTION, "POST")]),
    rule("find_blacklists", ADMIN, "List blacklists.", [(_COLLECTION, "GET")]),
    rule("get_blacklist", ADMIN, "Show a blacklist.", [(_ITEM, "GET")]),
    rule("update_blacklist", ADMIN, "Update a blacklist.", [(_ITEM, "PATCH")]),
    rule("delete_blacklist", ADMIN, "Delete a blacklist.", [(_ITEM, "DELETE")]),
    rule(
        "use_blacklisted_zone",
        ADMIN,
        "Create a zone with a blacklisted name.",
        [("/v2/zones", "POST")],
    ),
]
