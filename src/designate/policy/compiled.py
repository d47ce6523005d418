# SPDX-License-Identifier: Apache-2.0
"""Checks of oslo.policy as closures: the same decisions at a hundredth of the cost.

oslo.policy looks at its files, inspects signatures and builds dictionaries for each check. What a
check tree decides depends only on target and credentials, so it is turned into functions once. A
check that is not known here is left to oslo.policy. Where oslo.policy would end in an error, since
a rule leads a caller back to itself or is no expression, the answer is no.
"""

import ast
import contextlib
import logging
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from oslo_policy import _checks, policy

from designate.errors import Forbidden

Decision = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
"""Takes target and credentials; raises Forbidden where the rule cannot be decided."""

LOG = logging.getLogger(__name__)

READING = threading.Lock()
"""Held by who reads a literal: two threads that do so at once may both fail, with SystemError
(CPython issue 106905)."""

_one_key = re.compile(r"%\((\w+)\)s").fullmatch


class Compiler:
    """Turns one of an enforcer's rules into a decision; `rules` are all of them at one time."""

    def __init__(self, enforcer: policy.Enforcer, rules: Mapping[str, Any], name: str) -> None:
        self._enforcer = enforcer
        self._rules = rules
        self._name = name
        self._made: dict[str, Decision] = {}

    def decision(self) -> Decision:
        """The decision; a rule that does not exist denies."""
        try:
            return self._rule(self._name)
        except RecursionError:
            LOG.warning("policy: %s is nested too deep and refuses everybody", self._name)
            return _refuse

    def _rule(self, name: str) -> Decision:
        found = self._made.get(name)
        if found is None:
            try:
                check = self._rules[name]
            except KeyError:
                return _never
            # What comes back here while the rule is being made is part of a circle.
            self._made[name] = self._later(name)
            found = self._made[name] = self._check(check)
        return found

    def _later(self, name: str) -> Decision:
        """A rule that is still being made; who is led from it back to it is refused.

        Whether one is depends on target and credentials, which are the same each time round.
        """
        made, running = self._made, threading.local()

        def decide(target: Mapping[str, Any], creds: Mapping[str, Any]) -> bool:
            if hasattr(running, "here"):
                raise Forbidden
            running.here = True
            try:
                return made[name](target, creds)
            finally:
                del running.here

        return decide

    def _check(self, check: Any) -> Decision:
        compile_one = self._KINDS.get(type(check))
        made = compile_one(self, check) if compile_one is not None else None
        return made or self._left_to_oslo(check)

    def _left_to_oslo(self, check: Any) -> Decision:
        enforcer, name = self._enforcer, self._name
        reads = isinstance(check, _checks.GenericCheck)

        def decide(target: Mapping[str, Any], creds: Mapping[str, Any]) -> bool:
            try:
                with READING if reads else contextlib.nullcontext():
                    return bool(_checks._check(check, dict(target), dict(creds), enforcer, name))
            except (SyntaxError, TypeError, ValueError) as error:
                LOG.warning("policy: %s has a part that cannot be decided: %s", name, error)
                raise Forbidden from error

        return decide

    def _not(self, check: Any) -> Decision:
        inner = self._check(check.rule)
        return lambda target, creds: not inner(target, creds)

    def _and(self, check: Any) -> Decision:
        inner = [self._check(part) for part in check.rules]
        return lambda target, creds: all(part(target, creds) for part in inner)

    def _or(self, check: Any) -> Decision:
        inner = [self._check(part) for part in check.rules]
        return lambda target, creds: any(part(target, creds) for part in inner)

    def _named(self, check: Any) -> Decision:
        return self._rule(check.match)

    def _role(self, check: Any) -> Decision | None:
        if "%" in check.match:
            return None
        wanted = check.match.lower()
        return lambda _target, creds: wanted in [role.lower() for role in creds.get("roles", ())]

    def _generic(self, check: Any) -> Decision | None:
        """`kind:match`: kind is a literal or one of the credentials, match `%(key)s` or a text."""
        match = _one_key(check.match)
        if match is None:
            return None if "%" in check.match else _constant(check.kind, check.match)
        key = match[1]
        try:
            literal = str(_literal(check.kind))
        except ValueError:
            return _credential(check.kind, key)
        except SyntaxError:
            return None
        return lambda target, _creds: key in target and str(target[key]) == literal

    _KINDS: Mapping[type, Callable[["Compiler", Any], Decision | None]] = {
        _checks.TrueCheck: lambda _self, _check: _always,
        _checks.FalseCheck: lambda _self, _check: _never,
        _checks.NotCheck: _not,
        _checks.AndCheck: _and,
        _checks.OrCheck: _or,
        _checks.RuleCheck: _named,
        _checks.RoleCheck: _role,
        _checks.GenericCheck: _generic,
    }


def _literal(text: str) -> object:
    """The value of a literal of Python's; raises SyntaxError, ValueError."""
    with READING:
        return ast.literal_eval(text)


def _credential(name: str, key: str) -> Decision | None:
    """Whether a credential has the value that the target has under a key."""
    if "." in name:
        return None
    return lambda target, creds: key in target and _has(creds, name, str(target[key]))


def _constant(kind: str, wanted: str) -> Decision | None:
    """Whether a credential has a value; of literals there is no need to ask."""
    try:
        _literal(kind)
    except ValueError:
        return None if "." in kind else lambda _target, creds: _has(creds, kind, wanted)
    except SyntaxError:
        return None
    return None


def _has(creds: Mapping[str, Any], name: str, wanted: str) -> bool:
    if name not in creds:
        return False
    value = creds[name]
    if isinstance(value, list):
        return any(wanted == str(item) for item in value)
    return wanted == str(value)


def _always(_target: Mapping[str, Any], _creds: Mapping[str, Any]) -> bool:
    return True


def _never(_target: Mapping[str, Any], _creds: Mapping[str, Any]) -> bool:
    return False


def _refuse(_target: Mapping[str, Any], _creds: Mapping[str, Any]) -> bool:
    """Deny, whatever stands around it: the negation of what cannot be decided is no permission."""
    raise Forbidden
