# SPDX-License-Identifier: Apache-2.0
"""Answers to DNS queries, whose order of names and whose case are the database's."""

import dns.message
import pytest

from designate.model.tsigkeys import POOL, ZONE, TsigKey
from designate.storage import answers
from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import dispatcher
from tests.unit.mdns.test_wildcards import (
    BEYOND,
    CASES_BEYOND,
    EXAMPLE,
    EXAMPLES,
    kind,
)
from tests.unit.mdns.zone_rows import MADE, Owner, Values, ZoneRows

ZONES = [(EXAMPLE, EXAMPLES), (BEYOND, CASES_BEYOND)]


@pytest.mark.parametrize(("content", "cases"), ZONES, ids=["rfc4592", "beyond"])
def test_wildcards_are_found_in_every_order_of_names(
    store: Store, content: dict[Owner, Values], cases: list[tuple[str, str, str]]
) -> None:
    """Names without data, escaped dots, cuts: whatever the database sorts by."""
    ZoneRows(store, "example.").create(content)
    answering = dispatcher(store)
    found = [(name, rrtype, kind(answering, content, name, rrtype)) for name, rrtype, _ in cases]
    assert found == cases


def test_a_name_is_found_in_any_case(store: Store) -> None:
    """The question keeps its spelling; the data is the same."""
    ZoneRows(store).create()
    data = dns.message.make_query("wWw.ExAmple.ORG.", "A").to_wire()
    answer = dispatcher(store).datagram(data, "127.0.0.1")
    assert answer is not None
    assert [str(rrset.name) for rrset in dns.message.from_wire(answer).answer] == [
        "wWw.ExAmple.ORG."
    ]


def test_a_key_finds_the_zones_of_its_scope(store: Store) -> None:
    """Of a pool, or one; the oldest of a name where there is no key."""
    one = ZoneRows(store, fields={"pool_id": "one"}).create()
    later = MADE.replace(year=2027)
    two = ZoneRows(store, fields={"pool_id": "two", "created_at": later}).create()

    def found(key: TsigKey | None) -> list[str]:
        with store.read() as connection:
            named = answers.zones_named(connection, ["example.org.", "org."], key)
        return [each.zone.id for each in named.values()]

    def key(scope: str, resource_id: str) -> TsigKey:
        return TsigKey("id", "name", "hmac-sha256", "", scope, resource_id)

    assert found(None) == found(key(POOL, "one")) == found(key(ZONE, one.zone.id)) == [one.zone.id]
    assert found(key(POOL, "two")) == found(key(ZONE, two.zone.id)) == [two.zone.id]
    assert found(key(POOL, two.zone.id)) == found(key(ZONE, "two")) == []
