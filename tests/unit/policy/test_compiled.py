# SPDX-License-Identifier: Apache-2.0
"""Compiled rules decide as oslo.policy does."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oslo_policy import policy

from designate import conf as configuration
from designate.policy import rules
from designate.policy.compiled import Compiler

OVERRIDES = {
    "nobody": "!",
    "everybody": "@",
    "negated": "not role:admin",
    "listed": "roles:%(role)s",
    "quoted": "'PRIMARY':%(zone_type)s",
    "truth": "True:%(all_tenants)s",
    "nothing": "None:%(target_project_id)s",
    "constant": "project_id:p1",
    "dotted": "user.id:%(user_id)s",
    "role_of_target": "role:%(role)s",
    "upper": "role:ADMIN",
    "nested": "(rule:negated or rule:listed) and not rule:nobody",
    "missing": "rule:there_is_none",
}
PROJECTS = st.sampled_from(["p1", "p2", "", None])
ROLES = st.lists(st.sampled_from(["admin", "member", "reader", "Member"]), max_size=3)
TARGETS = st.fixed_dictionaries(
    {},
    optional={
        "project_id": PROJECTS,
        "tenant_id": PROJECTS,
        "target_project_id": PROJECTS,
        "recordset_project_id": PROJECTS,
        "zone_type": st.sampled_from(["PRIMARY", "SECONDARY"]),
        "zone_shared": st.booleans(),
        "all_tenants": st.booleans(),
        "user_id": st.sampled_from(["u1", "u2"]),
        "role": st.sampled_from(["admin", "member"]),
    },
)
CREDENTIALS = st.fixed_dictionaries(
    {
        "user_id": st.sampled_from(["u1", None]),
        "project_id": PROJECTS,
        "tenant_id": PROJECTS,
        "roles": ROLES,
        "all_tenants": st.booleans(),
        "is_admin": st.booleans(),
    }
)


@pytest.fixture(scope="module")
def enforcer() -> policy.Enforcer:
    """Our rules and the overrides."""
    made = policy.Enforcer(configuration.load([], search=False))
    made.register_defaults(rules())
    made.load_rules()
    made.set_rules(policy.Rules.from_dict(OVERRIDES), overwrite=False, use_conf=False)
    return made


@settings(max_examples=60, deadline=None)
@given(target=TARGETS, creds=CREDENTIALS)
def test_every_rule_decides_as_oslo_policy_does(
    enforcer: policy.Enforcer, target: dict[str, Any], creds: dict[str, Any]
) -> None:
    """For every registered rule and every kind of check, any target and any credentials."""
    compiler = Compiler(enforcer)
    for name in [*(rule.name for rule in rules()), *OVERRIDES]:
        expected = bool(enforcer.enforce(name, dict(target), dict(creds)))
        assert compiler.rule(name)(target, creds) == expected, name


def test_a_rule_that_does_not_exist_denies(enforcer: policy.Enforcer) -> None:
    """As oslo.policy fails closed."""
    enforcer_without_default = policy.Enforcer(
        configuration.load([], search=False), rules=policy.Rules.from_dict({"a": "@"})
    )
    assert not Compiler(enforcer_without_default).rule("b")({}, {"roles": ["admin"]})
    assert Compiler(enforcer_without_default).rule("a")({}, {"roles": []})
