# SPDX-License-Identifier: Apache-2.0
"""Rules of quotas."""

from designate.policy.checks import ADMIN, READER, rule

_ITEM = "/v2/quotas/{project_id}"
_READ = f"{READER} or (True:%(all_tenants)s and role:reader)"
_OLD_READ = "rule:admin_or_owner or True:%(all_tenants)s"

RULES = [
    rule(
        "get_quotas",
        _READ,
        "Show the quotas of a project.",
        [("/v2/quotas", "GET"), (_ITEM, "GET")],
        old=_OLD_READ,
    ),
    rule("set_quota", ADMIN, "Set quotas of a project.", [(_ITEM, "PATCH")]),
    rule("reset_quotas", ADMIN, "Set all quotas of a project back.", [(_ITEM, "DELETE")]),
]
