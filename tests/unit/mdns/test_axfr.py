# SPDX-License-Identifier: Apache-2.0
"""AXFR: whole, from one snapshot, in constant memory, to those who may."""

import tracemalloc
from contextlib import closing
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import pytest
from prometheus_client import CollectorRegistry

from designate.mdns.metrics import Metrics
from designate.mdns.spool import IN_MEMORY, Spool
from designate.wire.packing import Part
from tests.unit.mdns.serving import LOOPBACK, STRANGER, ask, dispatcher, lines, stream
from tests.unit.mdns.zone_rows import Owner, Values, ZoneRows, open_store

CONTENT: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns1.example.org.", "NS2.example.org."]),
    ("www", "A"): (0, ["192.0.2.1", "192.0.2.2"]),
    ("www", "AAAA"): (60, ["2001:db8::1", "2001:DB8::1"]),
    ("empty", "TXT"): (None, []),
    ("*.Wild", "MX"): (None, ["10 mail.example.org."]),
    (r"we\.ird\032", "TXT"): (None, ['"text"']),
}


class Seen:
    """A worker that only listens."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def wake(self, names: frozenset[str]) -> None:
        """See `Worker`."""

    def seen(self, name_key: str, host: str) -> None:
        """See `Worker`."""
        self.calls.append((name_key, host))


def test_all_of_a_zone_stands_between_two_soas(tmp_path: Path) -> None:
    """Equal records once, no trace of a recordset without records, TTL 0 kept."""
    store = open_store(tmp_path)
    zone = ZoneRows(store, serial=4294967295).create(CONTENT)
    ZoneRows(store, "other.org.").create(CONTENT)
    worker = Seen()
    messages = stream(dispatcher(store, worker=worker), dns.message.make_query(zone.name, "AXFR"))
    found = lines(messages)
    soa = "ns1.example.org. hostmaster.example.org. 4294967295 3600 600 86400 300"
    assert found[0] == found[-1] == ("example.org.", 3600, "SOA", soa)
    assert sorted(found[1:-1]) == [
        ("*.wild.example.org.", 3600, "MX", "10 mail.example.org."),
        ("example.org.", 3600, "NS", "ns1.example.org."),
        ("example.org.", 3600, "NS", "ns2.example.org."),
        (r"we\.ird\032.example.org.", 3600, "TXT", '"text"'),
        ("www.example.org.", 0, "A", "192.0.2.1"),
        ("www.example.org.", 0, "A", "192.0.2.2"),
        ("www.example.org.", 60, "AAAA", "2001:db8::1"),
    ]
    assert all(message.flags & dns.flags.AA for message in messages)
    assert worker.calls == [("example.org.", LOOPBACK)]


def test_messages_are_as_large_as_the_option_says(tmp_path: Path) -> None:
    """And the question is repeated, as its sender spelled it."""
    store = open_store(tmp_path)
    ZoneRows(store).create({(f"h{n}", "A"): (None, [f"192.0.2.{n}"]) for n in range(100)})
    answering = dispatcher(store, max_message_size=512)
    query = dns.message.make_query("Example.ORG.", "AXFR", use_edns=0)
    messages = stream(answering, query)
    assert len(messages) > 4
    assert all(len(message.wire or b"") <= 512 for message in messages)
    assert {str(message.question[0].name) for message in messages} == {"Example.ORG."}
    assert [message.edns for message in messages] == [0] + [-1] * (len(messages) - 1)
    assert len(lines(messages)) == 102


def test_a_record_too_large_for_a_message_fails_the_transfer(tmp_path: Path) -> None:
    """SERVFAIL, instead of a zone without the record."""
    store = open_store(tmp_path)
    ZoneRows(store).create({("@", "TXT"): (None, [" ".join(['"' + "x" * 250 + '"'] * 3)])})
    metrics = Metrics(registry := CollectorRegistry())
    answering = dispatcher(store, metrics, max_message_size=512)
    messages = stream(answering, dns.message.make_query("example.org.", "AXFR"))
    assert [message.rcode() for message in messages] == [dns.rcode.SERVFAIL]
    assert _count(registry, "axfr", "failed") == 1


@pytest.mark.parametrize("name", ["other.org.", "www.example.org.", "org."])
def test_only_the_apex_can_be_transferred(tmp_path: Path, name: str) -> None:
    """Whatever is not the name of a zone is refused."""
    store = open_store(tmp_path)
    ZoneRows(store).create()
    messages = stream(dispatcher(store), dns.message.make_query(name, "AXFR"))
    assert [message.rcode() for message in messages] == [dns.rcode.REFUSED]


def test_strangers_and_datagrams_get_no_zone(tmp_path: Path) -> None:
    """REFUSED for the address, FORMERR over UDP as BIND does (RFC 5936 section 4.2)."""
    store = open_store(tmp_path)
    ZoneRows(store).create()
    worker = Seen()
    metrics = Metrics(registry := CollectorRegistry())
    answering = dispatcher(store, metrics, worker)
    query = dns.message.make_query("example.org.", "AXFR")
    assert stream(answering, query, STRANGER)[0].rcode() == dns.rcode.REFUSED
    assert ask(answering, query).rcode() == dns.rcode.FORMERR
    assert worker.calls == []
    assert _count(registry, "axfr", "refused") == 1


def test_a_client_that_goes_away_ends_its_transfer(tmp_path: Path) -> None:
    """It is counted as aborted, and the worker is not told."""
    store = open_store(tmp_path)
    ZoneRows(store).create()
    worker = Seen()
    metrics = Metrics(registry := CollectorRegistry())
    pieces = dispatcher(store, metrics, worker).stream(
        dns.message.make_query("example.org.", "AXFR").to_wire(), LOOPBACK
    )
    assert next(pieces)
    pieces.close()
    assert worker.calls == []
    assert _count(registry, "axfr", "aborted") == 1


def test_the_snapshot_ends_before_the_client_has_read_anything(tmp_path: Path) -> None:
    """A version made while a slow client reads does not show, and does not wait."""
    store = open_store(tmp_path)
    zone = ZoneRows(store).create()
    pieces = dispatcher(store).stream(
        dns.message.make_query("example.org.", "AXFR").to_wire(), LOOPBACK
    )
    first = next(pieces)
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    zone.change({("new", "A"): (None, ["192.0.2.9"])})
    whole = first + b"".join(pieces)
    assert b"\x03new" not in whole


def test_memory_does_not_grow_with_the_zone() -> None:
    """What is more than a spool holds in memory goes through a file."""
    part = Part(1, bytes(65000))
    with closing(Spool()) as spooled:
        tracemalloc.start()
        try:
            spooled.fill(part for _ in range(200))
            size = sum(len(wire) for _, wire in spooled.parts())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert size == 200 * 65000
    assert peak < 3 * IN_MEMORY


def _count(registry: CollectorRegistry, kind: str, result: str) -> float | None:
    labels = {"kind": kind, "result": result}
    return registry.get_sample_value("designate_mdns_xfrs_total", labels)
