# SPDX-License-Identifier: Apache-2.0
"""Asks oslo.policy on behalf of a caller."""

from collections.abc import Mapping
from typing import Any

from oslo_policy import policy

from designate.conf import ConfigOpts
from designate.errors import Forbidden, InvalidTokenScope
from designate.model.context import Context
from designate.policy import rules


class Enforcer:
    """The rules with the site's overrides from `[oslo_policy] policy_file`."""

    def __init__(self, conf: ConfigOpts) -> None:
        self._enforcer = policy.Enforcer(conf)
        self._enforcer.register_defaults(rules())
        self._enforcer.load_rules()

    def check(self, ctx: Context, rule: str, target: Mapping[str, Any]) -> None:
        """Raise Forbidden where the rule denies, InvalidTokenScope where the scope is wrong."""
        try:
            allowed = self._enforcer.authorize(rule, dict(target), _credentials(ctx))
        except policy.InvalidScope:
            raise InvalidTokenScope from None
        if not allowed:
            raise Forbidden

    def allows(self, ctx: Context, rule: str, target: Mapping[str, Any]) -> bool:
        """Whether the rule allows; a wrong scope denies."""
        try:
            self.check(ctx, rule, target)
        except Forbidden:
            return False
        return True


def _credentials(ctx: Context) -> dict[str, Any]:
    return {
        "user_id": ctx.user_id,
        "project_id": ctx.project_id,
        "tenant_id": ctx.project_id,
        "domain_id": ctx.domain_id,
        "roles": list(ctx.roles),
        "system_scope": ctx.system_scope,
        "all_tenants": ctx.all_projects,
        "is_admin": False,
    }
