# SPDX-License-Identifier: Apache-2.0
"""The check strings that the rules are made of (API.md section 25.1).

Each rule has a predecessor that did not ask for a role of member or reader; oslo.policy lets it
allow as well where a site sets `[oslo_policy] enforce_new_defaults = false`.
"""

from collections.abc import Sequence

from oslo_policy import policy

ADMIN = "role:admin"
MEMBER = "(role:admin) or (role:member and project_id:%(project_id)s)"
READER = "(role:admin) or (role:reader and project_id:%(project_id)s)"
READER_OR_SHARED = f"({READER}) or ('True':%(zone_shared)s)"
ANY = "@"

_OLD_OWNER = "rule:admin_or_owner"
_OLD = {
    ADMIN: "rule:admin",
    MEMBER: _OLD_OWNER,
    READER: _OLD_OWNER,
    READER_OR_SHARED: f"{_OLD_OWNER} or ('True':%(zone_shared)s)",
}
_SINCE = "Wallaby"
_REASON = "The rules tell readers, members and admins of a project apart."


def rule(
    name: str,
    check: str,
    description: str,
    operations: Sequence[tuple[str, str]],
    old: str | None = None,
) -> policy.DocumentedRuleDefault:
    """A rule of project scope; `operations` are pairs of path and method.

    `old` is its predecessor; those of the common checks need not be given.
    """
    before = old or _OLD[check]
    return policy.DocumentedRuleDefault(
        name,
        check,
        description,
        [{"path": path, "method": method} for path, method in operations],
        scope_types=["project"],
        deprecated_rule=policy.DeprecatedRule(
            name, before, deprecated_reason=_REASON, deprecated_since=_SINCE
        ),
    )


def open_rule(
    name: str, description: str, operations: Sequence[tuple[str, str]]
) -> policy.DocumentedRuleDefault:
    """A rule that lets everybody pass, with any scope."""
    return policy.DocumentedRuleDefault(
        name, ANY, description, [{"path": path, "method": method} for path, method in operations]
    )
