# SPDX-License-Identifier: Apache-2.0
"""Zones: what a client may send, and what it gets."""

from datetime import datetime
from typing import Any

import pytest
from msgspec import UNSET

from designate.api.v2 import zones
from designate.errors import BadRequest, InvalidObject
from designate.model.zones import NewZone, Zone, ZoneChange

ZONE = Zone(
    id="0c5b6a6e-3c1b-4d27-9d0f-0a6e9a2f9b11",
    pool_id="794ccc2c-d751-44fe-b57f-8894c9f5c842",
    project_id="p1",
    name="shop.example.",
    email="dns@shop.example",
    ttl=3600,
    serial=1795236999,
    refresh=3563,
    retry=600,
    expire=86400,
    minimum=3600,
    mname="ns1.pool.example.",
    created_at=datetime(2026, 11, 21, 4, 56, 39),
)
MINIMAL = {"name": "shop.example.", "email": "dns@shop.example"}
SECONDARY = {"name": "shop.example.", "type": "SECONDARY"}


def refusal(body: dict[str, Any]) -> InvalidObject:
    with pytest.raises(InvalidObject) as caught:
        zones.parse_new(body)
    return caught.value


def test_a_zone_is_rendered_in_the_order_of_the_contract() -> None:
    rendered = zones.render(ZONE, "http://dns.test:9001")
    assert list(rendered) == [
        "id", "pool_id", "project_id", "name", "email", "description", "ttl", "serial", "shared",
        "status", "action", "status_reason", "version", "attributes", "type", "masters",
        "created_at", "updated_at", "transferred_at", "links",
    ]  # fmt: skip
    assert rendered["created_at"] == "2026-11-21T04:56:39.000000"
    assert rendered["links"] == {"self": f"http://dns.test:9001/v2/zones/{ZONE.id}"}


def test_a_primary_zone_is_a_name_and_a_mailbox() -> None:
    assert zones.parse_new(MINIMAL) == NewZone(name="shop.example.", email="dns@shop.example")


def test_a_pool_is_read_and_left_to_the_scheduler() -> None:
    assert zones.parse_new(MINIMAL | {"pool_id": ZONE.pool_id}) == zones.parse_new(MINIMAL)
    assert refusal(MINIMAL | {"pool_id": "default"}).message


def test_an_owner_may_be_null_and_nothing_else() -> None:
    assert zones.parse_new(MINIMAL | {"project_id": None}) == zones.parse_new(MINIMAL)
    assert "project_id" in str(refusal(MINIMAL | {"project_id": "p1"}))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:53", "192.0.2.1"),
        ("192.0.2.2:5353", "192.0.2.2:5353"),
        ("ns.example.:053", "ns.example."),
        ("2001:db8::53", "2001:db8::53"),
        ("[2001:db8::1]:54", "[2001:db8::1]:54"),
        ("[2001:db8::1]:53", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::1", "::1"),
    ],
)
def test_the_port_of_dns_goes_without_saying(sent: str, kept: str) -> None:
    assert zones.parse_new(SECONDARY | {"masters": [sent]}).masters == [kept]


@pytest.mark.parametrize(
    "masters",
    [
        *("192.0.2.1", {}, [""], [None], ["a b"]),
        *(["192.0.2.1:0"], ["a:65536"], ["a:b"], ["a:"], [":53"], ["a:\u0663"]),
        *(["[::1"], ["[::1]54"], ["[a]:53"], ["[::1]:x"], ["[]:53"]),
    ],
)
def test_masters_are_a_list_of_addresses(masters: Any) -> None:
    assert refusal(SECONDARY | {"masters": masters}).message


@pytest.mark.parametrize(
    "key",
    ["id", "serial", "shared", "status", "action", "status_reason", "version", "created_at",
     "updated_at", "transferred_at", "links"],
)  # fmt: skip
def test_what_the_service_sets_is_not_sent_not_even_as_null(key: str) -> None:
    assert key in str(refusal(MINIMAL | {key: None}))


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, [("records", 0, "name"), ("type", "email")]),
        ({"name": "a.b.", "email": None}, [("type", "email")]),
        (MINIMAL | {"masters": ["192.0.2.1"]}, [("type",)]),
        (SECONDARY, [("type", "masters")]),
        (SECONDARY | {"masters": []}, [("type", "masters")]),
        (SECONDARY | {"masters": ["a."], "email": "a@b.c", "ttl": 0}, [("type",), ("type",)]),
    ],
)
def test_a_type_has_its_own_fields(
    body: dict[str, Any], problems: list[tuple[str | int, ...]]
) -> None:
    assert [problem.path for problem in refusal(body).problems] == problems


@pytest.mark.parametrize(
    "extra", [{"type": None}, {"type": "primary"}, {"ttl": None}, {"name": None}, {"colour": 1}]
)
def test_one_bad_field_is_a_message(extra: dict[str, Any]) -> None:
    error = refusal(MINIMAL | extra)
    assert error.message
    assert not error.problems


def test_a_catalog_zone_is_left_to_central() -> None:
    assert zones.parse_new({"name": "c.example.", "type": "CATALOG"}).type == "CATALOG"


def test_a_change_holds_what_was_sent() -> None:
    change = zones.parse_change({"ttl": "60", "description": None, "version": 7})
    assert change == ZoneChange(ttl=60, description=None)
    assert change.email is UNSET


@pytest.mark.parametrize("body", [{"email": None}, {"ttl": None}, {"colour": 1}, {"masters": None}])
def test_a_change_follows_the_same_rules(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidObject):
        zones.parse_change(body)


def test_the_whole_zone_may_be_sent_back_but_for_its_name_and_owner() -> None:
    stored = zones.render(ZONE, "http://h")
    echoed = {key: stored[key] for key in stored if key not in ("name", "project_id")}
    zones.parse_change(echoed)
    zones.check_guarded(echoed, stored)
    for key in ("name", "project_id"):
        with pytest.raises(BadRequest) as caught:
            zones.check_guarded({key: stored[key]}, stored)
        assert type(caught.value) is BadRequest


@pytest.mark.parametrize(
    ("key", "value"),
    [("name", "a.b."), ("project_id", "p2"), ("pool_id", None), ("shared", True), ("id", None)],
)
def test_what_stays_is_refused_when_it_differs(key: str, value: Any) -> None:
    with pytest.raises(InvalidObject, match=key):
        zones.check_guarded({key: value}, zones.render(ZONE, "http://h"))
