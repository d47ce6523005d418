# SPDX-License-Identifier: Apache-2.0
"""Rules of the reports on projects."""

from designate.policy.checks import ADMIN, rule

_COLLECTION = "/admin/reports/tenants"

RULES = [
    rule("find_tenants", ADMIN, "List projects that own zones.", [(_COLLECTION, "GET")]),
    rule("get_tenant", ADMIN, "Show the zones of a project.", [(f"{_COLLECTION}/{{id}}", "GET")]),
    rule("count_tenants", ADMIN, "Count projects.", [("/admin/reports/counts/tenants", "GET")]),
]
