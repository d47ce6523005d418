# SPDX-License-Identifier: Apache-2.0
"""Rules of the header switches, and the aliases that other rules build on."""

from oslo_policy import policy

from designate.policy.checks import ADMIN, MEMBER, rule

_ANY = [("/v2/*", "*")]

RULES = [
    policy.RuleDefault("admin", "role:admin or is_admin:True", "Legacy alias."),
    policy.RuleDefault("owner", "project_id:%(tenant_id)s", "Legacy alias."),
    policy.RuleDefault("admin_or_owner", "rule:admin or rule:owner", "Legacy alias."),
    policy.RuleDefault("default", MEMBER, "What names no rule of its own."),
    rule("all_tenants", ADMIN, "Act on the objects of all projects.", _ANY),
    rule("edit_managed_records", ADMIN, "Change managed recordsets.", _ANY),
    rule("use_low_ttl", ADMIN, "Set a TTL below the minimum.", _ANY),
    rule("use_sudo", ADMIN, "Act for another project.", _ANY),
    rule("hard_delete", ADMIN, "Have servers drop the zone's files.", _ANY),
]
