# SPDX-License-Identifier: Apache-2.0
"""Fields: what is coerced, what is refused, and with which words."""

from typing import Any

import pytest

from designate.api import fields
from designate.errors import InvalidObject


@pytest.mark.parametrize(
    ("sent", "meant"), [(300, 300), ("300", 300), (1.7, 1), (0, 0), (2**31 - 1,) * 2]
)
def test_an_integer_is_what_converts_to_one(sent: Any, meant: int) -> None:
    assert fields.integer(0, fields.MAX_INT32)("ttl", sent) == meant


@pytest.mark.parametrize(
    "sent", [None, "", "x", [], {}, True, False, -1, 2**31, "1.7", float("inf"), "9" * 5000]
)
def test_anything_else_is_refused_by_the_name_of_the_field(sent: Any) -> None:
    with pytest.raises(InvalidObject, match="^ttl must be"):
        fields.integer(0, fields.MAX_INT32)("ttl", sent)


def test_a_ttl_may_be_true() -> None:
    """Clients have been told so."""
    assert fields.ttl("ttl", True) == 1  # noqa: FBT003


@pytest.mark.parametrize("sent", [None, 5, 1.5, True, [], {}, "", " ", "x" * 37])
def test_a_project_is_a_text_that_names_one(sent: Any) -> None:
    with pytest.raises(InvalidObject, match="^target_project_id"):
        fields.project("target_project_id", sent)


@pytest.mark.parametrize(
    ("sent", "meant"), [("", ""), ("é" * 160, "é" * 160), (7, "7"), (1.5, "1.5")]
)
def test_a_text_counts_characters_and_takes_numbers(sent: Any, meant: str) -> None:
    assert fields.text(160)("description", sent) == meant


@pytest.mark.parametrize("sent", [None, [], {}, "x" * 161, "a\0b"])
def test_a_text_is_no_list_not_too_long_and_without_nul(sent: Any) -> None:
    with pytest.raises(InvalidObject, match="^description"):
        fields.text(160)("description", sent)


def test_null_passes_where_it_may() -> None:
    assert fields.nullable(fields.text(5))("description", None) is None


@pytest.mark.parametrize(
    "sent",
    [
        "dns@shop.example",
        "a.b@c.d",
        "_a@c.d",
        "a@localhost",
        "dns+zones@shop.example",
        "o'neil@shop.example",
        "-x-@shop.example",
        "a" * 63 + "@b.c",
    ],
)
def test_a_mailbox_is_a_dot_string_at_a_domain(sent: str) -> None:
    assert fields.email("email", sent) == sent


@pytest.mark.parametrize(
    "sent",
    [
        None, 7, "", "shop.example", "@shop.example", "a@", "a@b@c", ".a@b.c", "a.@b.c", "a..b@c.d",
        "a b@c.d", '"a"@b.c', "a\\b@c.d", "ä@b.c", "a@bü.c", "a@b.c.", "a@b..c", "a@-b.c",
        "a" * 64 + "@b.c", "a@" + "b" * 64 + ".c", "a@" + "b." * 126 + "cc",
    ],
)  # fmt: skip
def test_anything_else_is_no_mailbox(sent: Any) -> None:
    with pytest.raises(InvalidObject, match="is not an e-mail address"):
        fields.email("email", sent)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("shop.example", "end with a dot"),
        (".", "root"),
        ("a" * 64 + ".b.", "label exceeds"),
        ("a b.c.", "label must be"),
        ("bü.c.", "ASCII"),
        ("a.\n", "is not valid"),
        (None, "must be a string"),
        (7, "must be a string"),
    ],
)
def test_a_bad_name_is_refused_with_its_reason(sent: Any, why: str) -> None:
    with pytest.raises(InvalidObject, match=why):
        fields.domain("name", sent)


def test_a_star_is_a_host_and_no_domain() -> None:
    assert fields.host("name", "*.shop.example.") == "*.shop.example."
    with pytest.raises(InvalidObject):
        fields.domain("name", "*.shop.example.")


def test_a_uuid_is_written_the_canonical_way() -> None:
    sent = "{11111111-2222-3333-4444-55555555AAAA}"
    assert fields.uuid("pool_id", sent) == "11111111-2222-3333-4444-55555555aaaa"


@pytest.mark.parametrize("sent", [None, 5, "x"])
def test_what_is_no_uuid_is_refused(sent: Any) -> None:
    with pytest.raises(InvalidObject, match="must be a UUID"):
        fields.uuid("pool_id", sent)


def test_a_mapping_is_of_texts() -> None:
    assert fields.mapping(50)("attributes", {"tier": 1, "on": True}) == {"tier": "1", "on": "True"}


@pytest.mark.parametrize("sent", [None, [], "x", {"a": None}, {"a": "x" * 51}, {"x" * 51: "a"}])
def test_other_mappings_are_refused(sent: Any) -> None:
    with pytest.raises(InvalidObject, match="attributes"):
        fields.mapping(50)("attributes", sent)


def test_a_value_that_is_no_list_is_a_problem_with_a_place() -> None:
    with pytest.raises(InvalidObject) as caught:
        fields.texts(10)("records", "192.0.2.1")
    (problem,) = caught.value.problems
    assert (problem.path, problem.validator, problem.validator_value) == (
        ("records",), "type", ["list"],
    )  # fmt: skip


def test_every_bad_field_is_named_at_once() -> None:
    known = {"ttl": fields.integer(0, 9), "description": fields.text(3)}
    with pytest.raises(InvalidObject, match=r"^ttl .*; description "):
        fields.read({"ttl": "x", "description": "long", "other": 1}, known)


def test_a_long_value_is_quoted_in_part() -> None:
    with pytest.raises(InvalidObject) as caught:
        fields.choice("A", "B")("type", "x" * 1000)
    assert len(str(caught.value)) < 200


def test_unknown_keys_are_named_together() -> None:
    with pytest.raises(InvalidObject, match=r"zone .*\['colour', 'size'\]"):
        fields.refuse_unknown("zone", {"colour": 1, "name": 2, "size": 3}, [frozenset({"name"})])


def test_what_is_repeated_unchanged_passes() -> None:
    fields.refuse_changed("zone", {"id": "a", "ttl": 5}, {"id": "a", "status": "ACTIVE"})


def test_what_is_changed_is_named() -> None:
    with pytest.raises(InvalidObject, match=r"\['status'\]"):
        fields.refuse_changed("zone", {"status": "ERROR"}, {"status": "ACTIVE"})
