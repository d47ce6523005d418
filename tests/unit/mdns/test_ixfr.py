# SPDX-License-Identifier: Apache-2.0
"""IXFR: exact, condensed, or an AXFR."""

from pathlib import Path

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.versioned
import dns.xfr
import dns.zone
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import STRANGER, Answering, ask, dispatcher, ixfr_query, lines, stream
from tests.unit.mdns.zone_rows import BASIC, Owner, Values, ZoneRows, open_store

NAME = "example.org."
HALF = 1 << 31
MANY: dict[Owner, Values] = BASIC | {
    (f"filler{n}", "A"): (None, [f"192.0.2.{n}"]) for n in range(30)
}


@pytest.fixture
def zone(tmp_path: Path) -> ZoneRows:
    """A zone large enough for small differences to pay; serial 100."""
    return ZoneRows(open_store(tmp_path)).create(MANY)


def changes(answering: Answering, serial: int) -> list[tuple[str, int, str, str]]:
    """The records of an IXFR over TCP."""
    return lines(stream(answering, ixfr_query(NAME, serial)))


def shape(answering: Answering, serial: int) -> str:
    """Which form an IXFR over TCP has."""
    found = changes(answering, serial)
    if len(found) == 1:
        return "soa"
    return "ixfr" if found[1][2] == "SOA" else "axfr"


def brief(found: list[tuple[str, int, str, str]]) -> list[str]:
    """Serials for SOAs, the rest in full."""
    return [
        text.split()[2] if rrtype == "SOA" else f"{name.split('.')[0]} {ttl} {rrtype} {text}"
        for name, ttl, rrtype, text in found
    ]


def test_a_difference_names_what_went_and_what_came(zone: ZoneRows) -> None:
    """Old SOA, removals, new SOA, additions, between two new SOAs (RFC 1995 section 4)."""
    zone.change({("www", "A"): (None, ["192.0.2.1", "192.0.2.7"])})
    zone.change({("filler3", "A"): None, ("new", "TXT"): (5, ['"x"'])})
    found = brief(changes(dispatcher(zone.store), 100))
    assert found[:3] == ["102", "100", "filler3 3600 A 192.0.2.3"]
    assert found[3] == "102"
    assert sorted(found[4:-1]) == ['new 5 TXT "x"', "www 3600 A 192.0.2.7"]
    assert found[-1] == "102"


def test_what_came_and_went_in_between_does_not_appear(zone: ZoneRows) -> None:
    """The difference is a net one."""
    zone.change({("brief", "A"): (None, ["192.0.2.50"]), ("filler1", "A"): None})
    zone.change({("brief", "A"): None, ("filler1", "A"): MANY["filler1", "A"]})
    assert brief(changes(dispatcher(zone.store), 100)) == ["102", "100", "102", "102"]


def test_a_new_ttl_replaces_every_record_of_the_set(zone: ZoneRows) -> None:
    """An RRset has one TTL (RFC 2181 section 5.2)."""
    zone.change({("www", "A"): (60, ["192.0.2.1", "192.0.2.2"])})
    found = brief(changes(dispatcher(zone.store), 100))
    assert found[1:3] == ["100", "www 3600 A 192.0.2.1"]
    assert found[3:-1] == ["101", "www 60 A 192.0.2.1", "www 60 A 192.0.2.2"]


def test_a_version_that_dns_does_not_show_is_passed_over(zone: ZoneRows) -> None:
    """Its serial is that of the version before."""
    zone.change({}, kind="meta")
    assert shape(dispatcher(zone.store), 100) == "soa"
    zone.change({("www", "A"): None})
    zone.change({}, kind="meta")
    assert brief(changes(dispatcher(zone.store), 100)) == [
        "101",
        "100",
        "www 3600 A 192.0.2.1",
        "101",
        "101",
    ]


def test_a_change_of_the_soa_alone_is_a_difference(zone: ZoneRows) -> None:
    """Both SOAs tell it."""
    zone.change({}, refresh=7200)
    found = changes(dispatcher(zone.store), 100)
    assert [text.split()[2:4] for *_, text in found] == [
        ["101", "7200"],
        ["100", "3600"],
        ["101", "7200"],
        ["101", "7200"],
    ]


@pytest.mark.parametrize("serial", [100, 101, 200, 100 + HALF - 1])
def test_our_own_serial_and_newer_ones_are_answered_with_our_soa(
    zone: ZoneRows, serial: int
) -> None:
    """One record tells that there is nothing new (RFC 1995 section 2), also after a step back."""
    zone.change({}, serial=200)
    zone.change({}, serial=100)
    answering = dispatcher(zone.store)
    assert brief(changes(answering, serial)) == ["100"]
    assert brief(lines([ask(answering, ixfr_query(NAME, serial))])) == ["100"]


@pytest.mark.parametrize("serial", [1, 99, 101 + HALF, 102 + HALF, 4294967295])
def test_a_serial_we_never_had_gets_the_whole_zone(zone: ZoneRows, serial: int) -> None:
    """Older than the journal, or neither older nor newer (RFC 1982)."""
    zone.change({("www", "A"): None})
    assert shape(dispatcher(zone.store), serial) == "axfr"


def test_a_barrier_is_not_crossed(zone: ZoneRows) -> None:
    """The journal does not hold what a barrier changed record by record."""
    zone.change({("a", "A"): (None, ["192.0.2.1"])}, kind="barrier")
    zone.change({("b", "A"): (None, ["192.0.2.1"])})
    answering = dispatcher(zone.store)
    assert (shape(answering, 100), shape(answering, 101)) == ("axfr", "ixfr")


def test_a_new_ttl_of_the_zone_is_not_crossed(zone: ZoneRows) -> None:
    """It is that of records which the journal does not name."""
    zone.change({}, ttl=60)
    assert shape(dispatcher(zone.store), 100) == "axfr"


def test_a_pruned_journal_gives_the_whole_zone(zone: ZoneRows) -> None:
    """Every version in between must be there."""
    for number in range(4):
        zone.change({("a", "A"): (None, [f"192.0.2.{number}"])})
    zone.prune(below=3)
    answering = dispatcher(zone.store)
    assert [shape(answering, serial) for serial in (100, 101, 102, 104)] == [
        "axfr",
        "axfr",
        "ixfr",
        "soa",
    ]


def test_a_serial_that_came_twice_means_its_last_version(zone: ZoneRows) -> None:
    """A zone whose serial was moved back and on."""
    zone.change({("a", "A"): (None, ["192.0.2.1"])}, serial=200)
    zone.change({("b", "A"): (None, ["192.0.2.1"])}, kind="barrier", serial=100)
    zone.change({("c", "A"): (None, ["192.0.2.1"])})
    assert brief(changes(dispatcher(zone.store), 100))[3:-1] == ["c 3600 A 192.0.2.1"]


def test_a_difference_larger_than_the_zone_is_not_sent(tmp_path: Path) -> None:
    """The whole zone is the shorter answer."""
    zone = ZoneRows(open_store(tmp_path)).create({("w", "A"): (1, ["192.0.2.1", "192.0.2.2"])})
    zone.change({("w", "A"): (2, ["192.0.2.1", "192.0.2.2"])})
    assert shape(dispatcher(zone.store), 100) == "axfr"


def test_over_udp_what_does_not_fit_is_our_soa(zone: ZoneRows) -> None:
    """The client comes again over TCP (RFC 1995 section 2)."""
    answering = dispatcher(zone.store)
    zone.change({("www", "A"): None})
    over_udp = dns.message.from_wire(
        answering.datagram(ixfr_query(NAME, 100).to_wire(), "127.0.0.1") or b"",
        one_rr_per_rrset=True,
    )
    assert brief(lines([over_udp])) == ["101", "100", "www 3600 A 192.0.2.1", "101", "101"]
    for number in range(20):
        zone.change({(f"new{number}", "A"): (None, ["192.0.2.1"])})
    assert brief(lines([ask(answering, ixfr_query(NAME, 100))])) == ["121"]
    assert brief(lines([ask(answering, ixfr_query(NAME, 5))])) == ["121"]
    assert brief(lines([ask(answering, ixfr_query(NAME, 121))])) == ["121"]


def test_a_request_without_its_soa_is_malformed(zone: ZoneRows) -> None:
    """There is no version to start from."""
    query = dns.message.make_query(NAME, "IXFR")
    answering = dispatcher(zone.store)
    assert ask(answering, query).rcode() == dns.rcode.FORMERR
    assert stream(answering, query)[0].rcode() == dns.rcode.FORMERR


def test_strangers_are_refused(zone: ZoneRows) -> None:
    """Over UDP as over TCP."""
    query = ixfr_query(NAME, 100)
    answering = dispatcher(zone.store)
    assert ask(answering, query, STRANGER).rcode() == dns.rcode.REFUSED
    assert stream(answering, query, STRANGER)[0].rcode() == dns.rcode.REFUSED


OWNERS = st.sampled_from(["@", "a", "b", "c.d", "*.e"])
TTLS = st.sampled_from([None, 0, 60, 3600])
ADDRESSES = st.lists(st.sampled_from([f"192.0.2.{n}" for n in range(5)]), min_size=1, unique=True)
VALUES = st.one_of(st.none(), st.tuples(TTLS, ADDRESSES))
EDITS = st.dictionaries(st.tuples(OWNERS, st.just("A")), VALUES, max_size=3)
VERSION = st.tuples(EDITS, st.sampled_from(["change", "change", "change", "meta", "barrier"]))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One database for many histories."""
    return open_store(tmp_path_factory.mktemp("histories"))


def receive(
    secondary: dns.versioned.Zone, messages: list[dns.message.Message], serial: int | None
) -> None:
    """Apply a transfer as a secondary does; raises where it does not follow from what is there."""
    rdtype = dns.rdatatype.AXFR if serial is None else dns.rdatatype.IXFR
    with dns.xfr.Inbound(secondary, rdtype, serial) as inbound:
        done = [inbound.process_message(message) for message in messages]
    assert done == [False] * (len(done) - 1) + [True]


def held(secondary: dns.versioned.Zone) -> set[tuple[str, int, str, str]]:
    """The content of a secondary, the SOA apart."""
    return {
        (str(name.derelativize(secondary.origin or dns.name.root)), ttl, kind, rdata.to_text())
        for name, ttl, rdata in secondary.iterate_rdatas()
        if (kind := dns.rdatatype.to_text(rdata.rdtype)) != "SOA"
    }


@settings(max_examples=15, deadline=None)
@given(history=st.lists(VERSION, min_size=1, max_size=5))
def test_a_secondary_at_any_version_arrives_at_ours(
    store: Store, history: list[tuple[dict[Owner, Values | None], str]]
) -> None:
    """Whatever happened since, what it holds after an IXFR is what an AXFR would have given."""
    zone = ZoneRows(store).create(MANY)
    answering = dispatcher(store)
    axfr = dns.message.make_query(NAME, "AXFR")
    secondaries = []
    for edits, kind in history:
        secondary = dns.versioned.Zone(NAME, relativize=False)
        receive(secondary, stream(answering, axfr), None)
        secondaries.append((zone.zone.serial, secondary))
        zone.change({} if kind == "meta" else edits, kind)
    for serial, secondary in secondaries:
        receive(secondary, stream(answering, ixfr_query(NAME, serial)), serial)
        assert held(secondary) == zone.records()
    zone.remove()
