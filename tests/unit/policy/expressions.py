# SPDX-License-Identifier: Apache-2.0
"""Generators of policy rules, and of what they are asked about."""

from typing import Any

from hypothesis import strategies as st

PROJECTS = st.sampled_from(["p1", "p2", "p5", "", None])
ROLES = st.lists(st.sampled_from(["admin", "member", "reader", "Member"]), max_size=3)
TARGETS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
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
        "number": st.sampled_from([1, 5, 5.0, "5"]),
    },
)
CREDENTIALS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "user_id": st.sampled_from(["u1", None]),
        "project_id": PROJECTS,
        "tenant_id": PROJECTS,
        "roles": ROLES,
        "all_tenants": st.booleans(),
        "is_admin": st.booleans(),
    },
    optional={
        "is_public_api": st.booleans(),
        "user": st.sampled_from([{"id": "u1"}, {"id": "u2"}, {}, "u1"]),
        "grants": st.lists(st.fixed_dictionaries({"role": st.sampled_from(["admin", "member"])})),
    },
)

NAMES = ("default", "admin", "owner", "reader", "deep")
_KEYS = ("project_id", "tenant_id", "zone_type", "zone_shared", "role", "number", "absent")
_KINDS = (
    *("project_id", "tenant_id", "roles", "is_admin", "is_public_api", "absent", "user"),
    *("user.id", "grants.role", "user.id.x", "True", "None", "'PRIMARY'", '"p1"', "5", "is", "1x"),
)
_MATCHES = ("True", "p1", "member", "", "p%(number)s", "100%", "%(project_id", "%%", "a:b")

_ATOMS = st.one_of(
    st.sampled_from(["@", "!", "", "noclon", "role:admin", "role:MEMBER", "role:%(role)s"]),
    st.sampled_from([*NAMES, "there_is_none"]).map(lambda name: f"rule:{name}"),
    st.builds("{}:%({})s".format, st.sampled_from(_KINDS), st.sampled_from(_KEYS)),
    st.builds("{}:{}".format, st.sampled_from(_KINDS), st.sampled_from(_MATCHES)),
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"({one})"),
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("({} or {}) and {}".format, inner, inner, inner),
        st.builds("not ({} and {})".format, inner, inner),
    )


def checks() -> st.SearchStrategy[Any]:
    """An expression, or the lists of lists that stood for one in old policy files."""
    listed = st.lists(_ATOMS | st.lists(_ATOMS, max_size=3), max_size=3)
    return st.recursive(_ATOMS, _combined, max_leaves=8) | listed


def linked_sets() -> st.SearchStrategy[dict[str, Any]]:
    """Two rules that name each other behind a role, and one that names both.

    Some callers run into the circle and others do not: a third of these sets tells whether what is
    made in the midst of a circle decides right.
    """
    negation, word = st.sampled_from(["", "not "]), st.sampled_from(["or", "and"])
    role = st.builds("{}role:{}".format, negation, st.sampled_from(["admin", "reader"]))

    def towards(name: str) -> st.SearchStrategy[str]:
        return st.builds("{} {} {}rule:{}".format, role, word, negation, st.just(name))

    both = st.builds("rule:left {} rule:right".format, word)
    return st.fixed_dictionaries({"left": towards("right"), "right": towards("left"), "top": both})


def rule_sets() -> st.SearchStrategy[dict[str, Any]]:
    """Rules that name one another."""
    return st.dictionaries(st.sampled_from(NAMES), checks(), min_size=1)
