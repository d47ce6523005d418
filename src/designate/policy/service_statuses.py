# SPDX-License-Identifier: Apache-2.0
"""Rules of the states of services."""

from designate.policy.checks import ADMIN, rule

_COLLECTION = "/v2/service_statuses"
_ITEM = "/v2/service_statuses/{service_id}"

RULES = [
    rule("find_service_status", ADMIN, "Show the state of a service.", [(_ITEM, "GET")]),
    rule("find_service_statuses", ADMIN, "List the states of services.", [(_COLLECTION, "GET")]),
    rule("update_service_status", ADMIN, "Report a service's state, over RPC.", [(_ITEM, "GET")]),
    rule("delete_service_status", ADMIN, "Forget a service; asked nowhere.", [(_ITEM, "GET")]),
]
