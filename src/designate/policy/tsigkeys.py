# SPDX-License-Identifier: Apache-2.0
"""Rules of TSIG keys."""

from designate.policy.checks import ADMIN, rule

_COLLECTION = "/v2/tsigkeys"
_ITEM = "/v2/tsigkeys/{tsigkey_id}"

RULES = [
    rule("create_tsigkey", ADMIN, "Create a TSIG key.", [(_COLLECTION, "POST")]),
    rule("find_tsigkeys", ADMIN, "List TSIG keys.", [(_COLLECTION, "GET")]),
    rule("get_tsigkey", ADMIN, "Show a TSIG key.", [(_ITEM, "GET")]),
    rule("update_tsigkey", ADMIN, "Update a TSIG key.", [(_ITEM, "PATCH")]),
    rule("delete_tsigkey", ADMIN, "Delete a TSIG key.", [(_ITEM, "DELETE")]),
]
