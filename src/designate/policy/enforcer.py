# SPDX-License-Identifier: Apache-2.0
"""Asks policy on behalf of a caller."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from oslo_policy import policy

from designate.conf import ConfigError, ConfigOpts, ConfigurationError
from designate.conf import of_program as configuration_of_program
from designate.errors import Forbidden, InvalidTokenScope
from designate.model.context import Context
from designate.policy import rules
from designate.policy.compiled import READING, Compiler, Decision

RELOAD = 5.0
"""Seconds after which a changed policy file is noticed at the latest."""

LOG = logging.getLogger(__name__)

#: What a file that is no mapping of names to rules comes to in oslo.policy.
_UNREADABLE = (AttributeError, OSError, TypeError, ValueError, ConfigError)


class Enforcer:
    """The rules with the site's overrides from `[oslo_policy] policy_file` and `policy_dirs`."""

    def __init__(self, conf: ConfigOpts, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the rules; raises ConfigurationError."""
        self._clock = clock
        self._enforcer = policy.Enforcer(conf)
        self._enforcer.suppress_deprecation_warnings = True
        self._enforcer.suppress_default_change_warnings = True
        self._enforcer.register_defaults(rules())
        self._lock = threading.Lock()
        self._seen: Any = None
        self._rules = policy.Rules()
        self._decisions: dict[str, Decision] = {}
        self._loaded = clock()
        try:
            self._load()
        except _UNREADABLE as error:
            raise ConfigurationError([f"[oslo_policy] {_fault(error)}"]) from error

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
            # oslo.policy reads the literals anew at each check.
            with self._lock, READING:
                self._enforcer.authorize(rule, dict(target), _credentials(ctx), do_raise=True)
        except policy.InvalidScope:
            raise InvalidTokenScope from None
        except policy.PolicyNotAuthorized:
            raise Forbidden from None

    def _decision(self, rule: str) -> Decision:
        if self._clock() - self._loaded > RELOAD:
            self._reload()
        decisions = self._decisions
        found = decisions.get(rule)
        if found is None:
            found = decisions[rule] = Compiler(self._enforcer, self._rules, rule).decision()
        return found

    def _reload(self) -> None:
        """Look for changed files, one thread at a time; the rules in force outlive bad ones."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._loaded = self._clock()
            self._load()
        except _UNREADABLE as error:
            LOG.warning("The policy stays as it was: %s", _fault(error))
        finally:
            self._lock.release()

    def _load(self) -> None:
        self._enforcer.load_rules()
        if self._enforcer.rules is not self._seen:
            # oslo.policy fills its rules in place while other threads decide.
            self._seen = self._enforcer.rules
            self._rules = policy.Rules(self._seen, self._seen.default_rule)
            self._decisions = {}


def of_program() -> policy.Enforcer:
    """oslo.policy's own enforcer, for its programs: the entry point `oslo.policy.enforcer`."""
    found = policy.Enforcer(configuration_of_program())
    found.register_defaults(rules())
    return found


def _fault(error: Exception) -> str:
    if isinstance(error, (AttributeError, TypeError)):
        return "A policy file maps names of rules to texts."
    return f"A policy file cannot be read: {error}"


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
