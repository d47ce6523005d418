# SPDX-License-Identifier: Apache-2.0
"""Recordsets: what a client may send, and what it gets."""

from datetime import datetime
from typing import Any

import pytest

from designate.api.v2 import recordsets
from designate.errors import InvalidObject
from designate.model.recordsets import NewRecordSet, RecordSet, RecordSetChange

RECORDSET = RecordSet(
    id="5e0a9a10-0000-4000-8000-000000000000",
    zone_id="0c5b6a6e-3c1b-4d27-9d0f-0a6e9a2f9b11",
    zone_name="shop.example.",
    project_id="p1",
    name="www.shop.example.",
    type="A",
    records=["192.0.2.11", "192.0.2.10"],
    created_at=datetime(2026, 11, 21, 4, 57, 2),
)
NEW = {"name": "www.shop.example.", "type": "A"}


def refusal(body: dict[str, Any]) -> InvalidObject:
    with pytest.raises(InvalidObject) as caught:
        recordsets.parse_new(body)
    return caught.value


def test_a_recordset_is_rendered_in_the_order_of_the_contract() -> None:
    rendered = recordsets.render(RECORDSET, "http://dns.test:9001")
    assert list(rendered) == [
        "id", "zone_id", "project_id", "name", "zone_name", "type", "records", "description",
        "ttl", "status", "action", "version", "created_at", "updated_at", "links",
    ]  # fmt: skip
    place = f"http://dns.test:9001/v2/zones/{RECORDSET.zone_id}/recordsets/{RECORDSET.id}"
    assert rendered["links"] == {"self": place}
    assert rendered["records"] == ["192.0.2.11", "192.0.2.10"]


def test_records_are_passed_on_as_they_were_sent() -> None:
    body = NEW | {"records": ["b", "a", "b", 7], "ttl": None, "description": "x"}
    assert recordsets.parse_new(body) == NewRecordSet(
        name="www.shop.example.", type="A", records=["b", "a", "b", "7"], description="x"
    )


def test_a_recordset_needs_name_and_type() -> None:
    problems = refusal({}).problems
    assert [problem.path for problem in problems] == [("records", 0, "name"), ("recordset", "type")]
    assert problems[1].message == "'None' is not a valid record type"
    assert problems[1].validator_value == [None]


def test_which_types_there_are_is_left_to_central() -> None:
    assert recordsets.parse_new(NEW | {"type": "a"}).type == "a"


@pytest.mark.parametrize(
    ("rtype", "name", "allowed"),
    [
        ("A", "*.shop.example.", True),
        ("A", "_x.shop.example.", True),
        ("NS", "sub.shop.example.", True),
        ("NS", "*.shop.example.", False),
        ("SRV", "_sip._tcp.shop.example.", True),
        ("SRV", "_sip.shop.example.", False),
        ("SRV", "*._tcp.shop.example.", False),
        ("SRV", "www.shop.example.", False),
    ],
)
def test_a_type_may_narrow_the_name(rtype: str, name: str, allowed: bool) -> None:  # noqa: FBT001
    body = {"name": name, "type": rtype}
    if allowed:
        assert recordsets.parse_new(body).name == name
    else:
        assert "name is invalid" in str(refusal(body))


@pytest.mark.parametrize("records", [None, "192.0.2.1", {}, 5])
def test_records_are_a_list(records: Any) -> None:
    (problem,) = refusal(NEW | {"records": records}).problems
    assert (problem.path, problem.validator) == (("records",), "type")


@pytest.mark.parametrize("record", [None, [], {"data": "x"}])
def test_a_record_is_a_text(record: Any) -> None:
    assert "records[0]" in str(refusal(NEW | {"records": [record]}))


@pytest.mark.parametrize(
    "key",
    ["id", "zone_id", "zone_name", "project_id", "status", "action", "version", "created_at",
     "updated_at", "links"],
)  # fmt: skip
def test_what_the_service_sets_is_not_sent(key: str) -> None:
    assert key in str(refusal(NEW | {key: None}))


def test_a_change_holds_what_was_sent() -> None:
    assert recordsets.parse_change({}) == RecordSetChange()
    assert recordsets.parse_change({"ttl": None, "name": "x"}) == RecordSetChange(ttl=None)
    assert recordsets.parse_change({"records": []}) == RecordSetChange(records=[])


def test_the_whole_recordset_may_be_sent_back() -> None:
    stored = recordsets.render(RECORDSET, "http://h")
    recordsets.parse_change(stored)
    recordsets.check_guarded(stored, stored)


@pytest.mark.parametrize(
    ("key", "value"), [("name", "a.b."), ("type", "AAAA"), ("status", "ACTIVE"), ("zone_id", None)]
)
def test_what_stays_is_refused_when_it_differs(key: str, value: Any) -> None:
    with pytest.raises(InvalidObject, match=key):
        recordsets.check_guarded({key: value}, recordsets.render(RECORDSET, "http://h"))
