# SPDX-License-Identifier: Apache-2.0
"""What a zone says of names that lie in another zone of ours below it, without an NS for it."""

from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from designate.storage.unit_of_work import Store
from tests.statements import statements
from tests.unit.mdns.serving import Answering, ask, dispatcher
from tests.unit.mdns.test_tsig import add_key, exchange, key
from tests.unit.mdns.zone_rows import Owner, Values, ZoneRows, open_store

ABOVE: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns1.example.org.", "ns.sub.example.org."]),
    ("ns1", "A"): (None, ["192.0.2.53"]),
    ("a", "CNAME"): (None, ["www.sub.example.org."]),
    ("b", "CNAME"): (None, ["a.example.org."]),
    ("apex", "CNAME"): (None, ["sub.example.org."]),
    ("deep", "CNAME"): (None, ["x.y.sub.example.org."]),
    ("beside", "CNAME"): (None, ["www.subs.example.org."]),
    ("top", "CNAME"): (None, ["example.org."]),
    ("*.made", "CNAME"): (None, ["www.sub.example.org."]),
    ("mx", "MX"): (None, ["1 old.sub.example.org.", "2 ns1.example.org.", "3 sub.example.org."]),
    # From before the zone below was made.
    ("old.sub", "A"): (None, ["192.0.2.66"]),
    ("sub", "A"): (None, ["192.0.2.66"]),
    ("cut", "NS"): (None, ["ns.x.cut.example.org.", "old.sub.example.org.", "ns1.example.org."]),
    ("ns.x.cut", "A"): (None, ["192.0.2.54"]),
    ("into-cut", "CNAME"): (None, ["y.cut.example.org."]),
}
BELOW: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns.sub.example.org."]),
    ("ns", "A"): (None, ["192.0.2.55"]),
    ("www", "A"): (None, ["192.0.2.1"]),
}
NAME = "sub.example.org."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The zone above, of pool one; a zone below is each test's own."""
    store = open_store(tmp_path)
    ZoneRows(store, fields={"pool_id": "one"}).create(ABOVE)
    return store


def told(reply: Any) -> tuple[str, list[str]]:
    """The rcode, and what is said, without the rdata."""
    sections = (reply.answer, reply.authority, reply.additional)
    found = [
        f"{str(rrset.name).removesuffix('example.org.')} {dns.rdatatype.to_text(rrset.rdtype)}"
        for section in sections
        for rrset in section
    ]
    return dns.rcode.to_text(reply.rcode()), found


def asked(answering: Answering, name: str, rrtype: str = "A") -> tuple[str, list[str]]:
    """What is said of a name below `example.org.`."""
    return told(ask(answering, dns.message.make_query(f"{name}.example.org.", rrtype)))


@pytest.mark.parametrize(
    "state", [{}, {"action": "DELETE"}, {"type": "SECONDARY"}], ids=["served", "leaving", "empty"]
)
def test_an_alias_into_a_zone_below_is_told_and_not_followed(
    store: Store, state: dict[str, Any]
) -> None:
    """What is there is not the zone's above to say; whoever asks goes on."""
    ZoneRows(store, NAME, fields={"pool_id": "two", **state}).create(BELOW)
    answering = dispatcher(store)
    assert asked(answering, "a") == ("NOERROR", ["a. CNAME"])
    assert asked(answering, "a", "AAAA") == ("NOERROR", ["a. CNAME"])
    assert asked(answering, "b") == ("NOERROR", ["b. CNAME", "a. CNAME"])
    assert asked(answering, "apex", "MX") == ("NOERROR", ["apex. CNAME"])
    assert asked(answering, "deep") == ("NOERROR", ["deep. CNAME"])
    assert asked(answering, "x.made") == ("NOERROR", ["x.made. CNAME"])
    reply = ask(answering, dns.message.make_query("a.example.org.", "A"))
    assert reply.flags & dns.flags.AA


def test_other_aliases_are_followed_as_ever(store: Store) -> None:
    """Beside a zone below, to the apex, and below a cut."""
    ZoneRows(store, NAME).create(BELOW)
    answering = dispatcher(store)
    assert asked(answering, "beside") == ("NXDOMAIN", ["beside. CNAME", " SOA"])
    assert asked(answering, "top", "SOA") == ("NOERROR", ["top. CNAME", " SOA"])
    assert asked(answering, "into-cut")[1][:2] == ["into-cut. CNAME", "cut. NS"]


def test_addresses_in_a_zone_below_are_not_told_along(store: Store) -> None:
    """What the zone above has of them is nobody's answer any more, but for the glue of a cut."""
    answering = dispatcher(store)
    assert asked(answering, "mx", "MX")[1] == ["mx. MX", "ns1. A", "old.sub. A", "sub. A"]
    ZoneRows(store, NAME).create(BELOW)
    ZoneRows(store, "x.cut.example.org.").create(BELOW)
    assert asked(answering, "mx", "MX")[1] == ["mx. MX", "ns1. A"]
    assert asked(answering, "z.cut")[1] == ["cut. NS", "ns.x.cut. A", "ns1. A"]


def test_what_is_remembered_follows_zones_below_as_they_come_and_go(store: Store) -> None:
    """At once, although no answer was asked for by their names."""
    answering = dispatcher(store)
    answering.packets.clock = lambda: 0.0
    questions = [("a", "A"), ("deep", "A"), ("mx", "MX")]
    alone = [asked(answering, *question) for question in questions]
    assert [rcode for rcode, _ in alone] == ["NXDOMAIN", "NXDOMAIN", "NOERROR"]

    def remembered() -> list[bool]:
        queries = [dns.message.make_query(f"{n}.example.org.", rtype) for n, rtype in questions]
        return [answering.packets.get(query.to_wire()[2:]) is not None for query in queries]

    assert remembered() == [True] * 3
    below = ZoneRows(store, NAME).create(BELOW)
    assert remembered() == [False] * 3
    with_it = [asked(answering, *question) for question in questions]
    assert [len(said) for _, said in with_it] == [1, 1, 2]
    assert remembered() == [True] * 3
    below.remove()
    assert remembered() == [False] * 3
    assert [asked(answering, *question) for question in questions] == alone


def test_a_key_sees_the_zones_below_that_are_in_its_scope(store: Store) -> None:
    """As it sees them when it asks for their names."""
    ZoneRows(store, NAME, fields={"pool_id": "two"}).create(BELOW)
    add_key(store, "one.key", "POOL", "one")
    answering = dispatcher(store)

    def with_key(name: str) -> tuple[str, list[str]]:
        query = dns.message.make_query(f"{name}.example.org.", "A")
        return told(exchange(answering, query, key("one.key"))[0])

    assert with_key("a") == ("NXDOMAIN", ["a. CNAME", " SOA"])
    assert with_key("www.sub") == ("NXDOMAIN", [" SOA"])
    ZoneRows(store, NAME, fields={"pool_id": "one"}).create(BELOW)
    assert with_key("a") == ("NOERROR", ["a. CNAME"])
    assert with_key("www.sub")[0] == "NOERROR"


@pytest.mark.parametrize("content", [{}, {("*", "CNAME"): (None, ["elsewhere.net."])}])
def test_a_zone_below_is_there_for_the_zone_above(
    tmp_path: Path, content: dict[Owner, Values]
) -> None:
    """Asked for the DS it says that there is none: not that there is no name, and no wildcard's."""
    store = open_store(tmp_path)
    ZoneRows(store).create({("@", "NS"): (None, ["ns.a."]), **content})
    answering = dispatcher(store)
    assert asked(answering, "sub", "DS") != ("NOERROR", [" SOA"])
    ZoneRows(store, NAME).create(BELOW)
    assert asked(answering, "sub", "DS") == ("NOERROR", [" SOA"])
    assert asked(answering, "sub", "A") == ("NOERROR", ["sub. SOA"])
    assert asked(answering, "no.sub", "A") == ("NXDOMAIN", ["sub. SOA"])


def test_zones_below_cost_a_statement_where_a_name_leads_on(store: Store) -> None:
    """And none where none does; the target of an alias into one is not looked up."""

    def costs() -> list[int]:
        found = []
        ask(dispatcher(store), dns.message.make_query("example.org.", "SOA"))
        for name, rrtype in (("ns1", "A"), ("none", "A"), ("mx", "MX"), ("a", "A")):
            answering = dispatcher(store)
            with statements(store.engine) as seen:
                asked(answering, name, rrtype)
            found.append(len(seen))
        return found

    alone = costs()
    ZoneRows(store, NAME).create(BELOW)
    more = [after - before for before, after in zip(alone, costs(), strict=True)]
    assert (more[:3], more[3] <= 0) == ([0, 0, 1], True)
