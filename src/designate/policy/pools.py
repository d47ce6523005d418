# SPDX-License-Identifier: Apache-2.0
"""Rules of pools."""

from designate.policy.checks import ADMIN, rule

_COLLECTION = "/v2/pools"
_ITEM = "/v2/pools/{pool_id}"

RULES = [
    rule("create_pool", ADMIN, "Create a pool.", [(_COLLECTION, "POST")]),
    rule("find_pools", ADMIN, "List pools.", [(_COLLECTION, "GET")]),
    rule("get_pool", ADMIN, "Show a pool.", [(_ITEM, "GET")]),
    rule("update_pool", ADMIN, "Update a pool.", [(_ITEM, "PATCH")]),
    rule("delete_pool", ADMIN, "Delete a pool.", [(_ITEM, "DELETE")]),
    rule("find_pool", ADMIN, "Show a pool.", [(_ITEM, "GET")]),
    rule(
        "zone_create_forced_pool",
        ADMIN,
        "Create a zone in a pool of choice.",
        [("/v2/zones", "POST")],
    ),
]
