# SPDX-License-Identifier: Apache-2.0
"""Rules of top-level domains."""

from designate.policy.checks import ADMIN, rule

_COLLECTION = "/v2/tlds"
_ITEM = "/v2/tlds/{tld_id}"

RULES = [
    rule("create_tld", ADMIN, "Create a TLD.", [(_COLLECTION, "POST")]),
    rule("find_tlds", ADMIN, "List TLDs.", [(_COLLECTION, "GET")]),
    rule("get_tld", ADMIN, "Show a TLD.", [(_ITEM, "GET")]),
    rule("update_tld", ADMIN, "Update a TLD.", [(_ITEM, "PATCH")]),
    rule("delete_tld", ADMIN, "Delete a TLD.", [(_ITEM, "DELETE")]),
]
