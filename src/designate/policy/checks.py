# SPDX-License-Identifier: Apache-2.0
"""The check strings that the rules are made of (API.md section 25.1)."""

from collections.abc import Sequence

from oslo_policy import policy

ADMIN = "role:admin"
MEMBER = "(role:admin) or (role:member and project_id:%(project_id)s)"
READER = "(role:admin) or (role:reader and project_id:%(project_id)s)"
READER_OR_SHARED = f"({READER}) or ('True':%(zone_shared)s)"


def rule(
    name: str, check: str, description: str, operations: Sequence[tuple[str, str]]
) -> policy.DocumentedRuleDefault:
    """A rule of project scope; `operations` are pairs of path and method."""
    return policy.DocumentedRuleDefault(
        name,
        check,
        description,
        [{"path": path, "method": method} for path, method in operations],
        scope_types=["project"],
    )
