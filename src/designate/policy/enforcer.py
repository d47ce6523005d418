# SPDX-License-Identifier: Apache-2.0
"""Asks policy on behalf of a caller."""

import time
from collections.abc import Mapping
from typing import Any

from oslo_policy import policy

from designate.conf import ConfigOpts
from designate.errors import Forbidden, InvalidTokenScope
from designate.model.context import Context
from designate.policy import rules
from designate.policy.compiled import Compiler, Decision

RELOAD = 5.0
"""Seconds after which a changed policy file is noticed at the latest."""


class Enforcer:
    """The rules with the site's overrides from `[oslo_policy] policy_file`."""

    def __init__(self, conf: ConfigOpts) -> None:
        self._enforcer = policy.Enforcer(conf)
        self._enforcer.register_defaults(rules())
        self._decisions: dict[str, Decision] = {}
        self._rules: Any = None
        self._loaded = 0.0
        self._load()

    def check(self, ctx: Context, rule: str, target: Mapping[str, Any]) -> None:
        """Raise Forbidden where the rule denies, InvalidTokenScope where the scope is wrong."""
        if ctx.system_scope or ctx.domain_id:
            self._check_scoped(ctx, rule, target)
        elif not self._decision(rule)(target, _credentials(ctx)):
            raise Forbidden

    def allows(self, ctx: Context, rule: str, target: Mapping[str, Any]) -> bool:
        """Whether the rule allows; a wrong scope denies."""
        try:
            self.check(ctx, rule, target)
        except Forbidden:
            return False
        return True

    def _check_scoped(self, ctx: Context, rule: str, target: Mapping[str, Any]) -> None:
        """Every rule is made for project scope; oslo.policy knows what others may do."""
        try:
            self._enforcer.authorize(rule, dict(target), _credentials(ctx), do_raise=True)
        except policy.InvalidScope:
            raise InvalidTokenScope from None
        except policy.PolicyNotAuthorized:
            raise Forbidden from None

    def _decision(self, rule: str) -> Decision:
        if time.monotonic() - self._loaded > RELOAD:
            self._load()
        found = self._decisions.get(rule)
        if found is None:
            found = self._decisions[rule] = Compiler(self._enforcer).rule(rule)
        return found

    def _load(self) -> None:
        self._loaded = time.monotonic()
        self._enforcer.load_rules()
        if self._enforcer.rules is not self._rules:
            self._rules = self._enforcer.rules
            self._decisions = {}


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
