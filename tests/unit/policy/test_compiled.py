# SPDX-License-Identifier: Apache-2.0
"""Compiled rules decide as oslo.policy does."""

import ast
import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oslo_policy import policy

from designate import conf as configuration
from designate.errors import Forbidden
from designate.policy import rules
from designate.policy.compiled import Compiler
from tests.unit.policy import expressions
from tests.unit.policy.expressions import CREDENTIALS, TARGETS
from tests.unit.policy.remote import deciding

OVERRIDES = {
    "nobody": "!",
    "everybody": "@",
    "nothing_said": "",
    "negated": "not role:admin",
    "listed": "roles:%(role)s",
    "quoted": "'PRIMARY':%(zone_type)s",
    "double_quoted": '"PRIMARY":%(zone_type)s',
    "truth": "True:%(zone_shared)s",
    "quoted_truth": "'True':%(zone_shared)s",
    "number": "5:%(number)s",
    "nothing": "None:%(target_project_id)s",
    "constant": "project_id:p1",
    "constant_flag": "is_admin:True",
    "constant_list": "roles:member",
    "constant_literal": "'a':a",
    "absent_credential": "is_public_api:True",
    "dotted": "user.id:%(user_id)s",
    "dotted_list": "grants.role:%(role)s",
    "role_of_target": "role:%(role)s",
    "part_of_target": "project_id:p%(number)s",
    "upper": "role:ADMIN",
    "nested": "(rule:negated or rule:listed) and not rule:nobody",
    "missing": "rule:there_is_none",
    "not_missing": "not rule:there_is_none",
    "no_expression": "role:admin and",
    "no_literal": "is:%(zone_type)s",
    "no_format": "project_id:%(project_id",
    "not_no_format": "not project_id:100%",
    "no_number": "project_id:%(project_id)d",
}
UNDECIDED = "undecided"
"""Where oslo.policy ends in an error; compiled, it is Forbidden."""


def by_oslo(enforcer: policy.Enforcer, name: str, target: Any, creds: Any) -> Any:
    """What oslo.policy decides."""
    try:
        return bool(enforcer.enforce(name, dict(target), dict(creds)))
    except (RecursionError, SyntaxError, TypeError, ValueError):
        return UNDECIDED


def compiled(enforcer: policy.Enforcer, name: str, target: Any, creds: Any) -> Any:
    """What the compiled rule decides."""
    try:
        return Compiler(enforcer, enforcer.rules, name).decision()(target, creds)
    except Forbidden:
        return UNDECIDED


def enforcer_of(overrides: Mapping[str, Any]) -> policy.Enforcer:
    """Nothing but these rules."""
    return policy.Enforcer(
        configuration.load([], search=False),
        rules=policy.Rules.from_dict(dict(overrides), default_rule="default"),
        use_conf=False,
    )


@pytest.fixture(scope="module")
def enforcer() -> policy.Enforcer:
    """Our rules and the overrides."""
    made = policy.Enforcer(configuration.load([], search=False))
    made.register_defaults(rules())
    made.load_rules()
    made.set_rules(policy.Rules.from_dict(OVERRIDES), overwrite=False, use_conf=False)
    return made


@settings(max_examples=60)
@given(target=TARGETS, creds=CREDENTIALS)
@example(target={"zone_shared": True, "number": 5}, creds={"roles": [], "project_id": "p1"})
def test_every_rule_decides_as_oslo_policy_does(
    enforcer: policy.Enforcer, target: dict[str, Any], creds: dict[str, Any]
) -> None:
    """For every registered rule and every kind of check, any target and any credentials."""
    for name in [*(rule.name for rule in rules()), *OVERRIDES, "no_such_rule"]:
        expected = by_oslo(enforcer, name, target, creds)
        assert compiled(enforcer, name, target, creds) == expected, name


def test_the_overrides_come_to_each_decision(enforcer: policy.Enforcer) -> None:
    """The comparison above would not notice if all of them denied."""
    target = {"zone_type": "PRIMARY", "zone_shared": True, "role": "member", "user_id": "u1"}
    creds = {"roles": ["member"], "project_id": "p1", "user": {"id": "u1"}, "is_admin": True}
    found = {name: compiled(enforcer, name, target, creds) for name in OVERRIDES}
    assert {found[name] for name in ("everybody", "listed", "truth", "dotted", "upper")} == {
        True,
        False,
    }
    assert found["constant_flag"] and found["nothing_said"] and found["quoted"]
    undecided = {name for name, decision in found.items() if decision == UNDECIDED}
    assert undecided == {"no_literal", "no_format", "not_no_format"}


@pytest.mark.parametrize("role", ["admin", "reader", "member"])
def test_a_circle_of_rules_refuses(role: str) -> None:
    """Whoever is not let in before the circle is: not even the negation of a circle allows."""
    circles = {
        "circle": "rule:circle",
        "denied": "not rule:circle",
        "left": "role:admin or rule:right",
        "right": "role:reader or not rule:left",
    }
    made = enforcer_of(circles)
    found = {name: compiled(made, name, {}, {"roles": [role]}) for name in circles}
    assert found == {name: by_oslo(made, name, {}, {"roles": [role]}) for name in circles}
    assert found["circle"] == found["denied"] == UNDECIDED


def test_a_circle_that_is_not_run_into_refuses_nobody() -> None:
    """Whichever of its rules is asked first: a part of it is made once, and decides for all."""
    rules = {
        "left": "role:admin or rule:right",
        "right": "role:reader or rule:left",
        "top": "rule:left and rule:right",
        "twice": "rule:right and rule:top and rule:right",
    }
    made = enforcer_of(rules)
    for roles, expected in (["admin"], True), (["reader"], True), (["member"], UNDECIDED):
        for name in rules:
            assert compiled(made, name, {}, {"roles": roles}) == expected
            assert by_oslo(made, name, {}, {"roles": roles}) == expected


def test_a_circle_refuses_each_caller_for_himself() -> None:
    """Whoever ran into it before, and in whichever thread."""
    made = enforcer_of({"left": "role:admin or rule:right", "right": "rule:left"})
    decide = Compiler(made, made.rules, "right").decision()
    for _ in range(2):
        with pytest.raises(Forbidden):
            decide({}, {"roles": []})
        assert decide({}, {"roles": ["admin"]})


@settings(max_examples=40)
@given(overrides=expressions.linked_sets(), roles=st.sampled_from([[], ["admin"], ["reader"]]))
def test_rules_in_circles_decide_as_oslo_policy_does(
    overrides: dict[str, Any], roles: list[str]
) -> None:
    """They are undecided where the way leads back, and only there."""
    made = enforcer_of(overrides)
    for name in overrides:
        found = compiled(made, name, {}, {"roles": roles})
        assert found == by_oslo(made, name, {}, {"roles": roles})


@settings(max_examples=60)
@given(
    overrides=expressions.rule_sets(),
    target=TARGETS,
    creds=CREDENTIALS,
)
def test_any_rules_decide_as_oslo_policy_does(
    overrides: dict[str, Any], target: dict[str, Any], creds: dict[str, Any]
) -> None:
    """Whatever expressions a site writes, with rules that name one another, in circles too."""
    made = enforcer_of(overrides)
    for name in overrides:
        assert compiled(made, name, target, creds) == by_oslo(made, name, target, creds)


def test_a_rule_that_does_not_exist_denies() -> None:
    """As oslo.policy fails closed; where there is a default rule, that one decides."""
    without = policy.Enforcer(
        configuration.load([], search=False), rules=policy.Rules.from_dict({"a": "@"})
    )
    assert compiled(without, "b", {}, {"roles": ["admin"]}) is False
    assert compiled(without, "a", {}, {"roles": []}) is True
    assert compiled(enforcer_of({"default": "@"}), "b", {}, {"roles": []}) is True


def test_rules_that_name_each_other_often_are_compiled_once() -> None:
    """Thirty levels that each name the one below twice are no billion checks to compile."""
    overrides = {"r0": "role:admin"} | {
        f"r{n}": f"rule:r{n - 1} or rule:r{n - 1}" for n in range(1, 31)
    }
    assert compiled(enforcer_of(overrides), "r30", {}, {"roles": ["admin"]}) is True


@given(depth=st.integers(1, 3000))
@settings(max_examples=6)
@example(depth=3000)
def test_a_rule_nested_too_deep_refuses(depth: int) -> None:
    """It neither ends the request with an error nor lets anybody in."""
    overrides = {"r0": "@"} | {f"r{n}": f"not rule:r{n - 1}" for n in range(1, depth + 1)}
    found = compiled(enforcer_of(overrides), f"r{depth}", {}, {"roles": ["admin"]})
    assert found in (depth % 2 == 0, UNDECIDED)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_remote_check_is_asked_as_by_oslo_policy(*, allowed: bool) -> None:
    """The server behind `http:` hears of rule, target and credentials what it always heard."""
    with deciding(str(allowed)) as (address, heard):
        made = enforcer_of({"create_zone": f"not role:x and http:{address}/%(project_id)s"})
        target, creds = {"project_id": "p1"}, {"roles": ["member"], "project_id": "p1"}
        assert compiled(made, "create_zone", target, creds) is allowed
        assert by_oslo(made, "create_zone", target, creds) is allowed
    ours, theirs = heard
    assert ours == theirs
    assert b"create_zone" in ours


def test_one_thread_at_a_time_reads_literals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's parser may fail in two that meet there, when a service has just begun."""
    made = enforcer_of(OVERRIDES | {"left": "'%(number)s':%(number)s and 'a':%(number)s%(number)s"})
    inside = threading.Semaphore()
    met: list[str] = []
    read = ast.literal_eval

    def literal_eval(text: str) -> object:
        if not inside.acquire(blocking=False):
            met.append(text)
            return read(text)
        time.sleep(0.001)  # others run meanwhile, and come in where nothing keeps them out
        inside.release()
        return read(text)

    def decide() -> None:
        for name in ("quoted", "constant", "left"):
            compiled(made, name, {"number": 5}, {"roles": ["member"]})

    monkeypatch.setattr(ast, "literal_eval", literal_eval)
    threads = [threading.Thread(target=decide) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert met == []
