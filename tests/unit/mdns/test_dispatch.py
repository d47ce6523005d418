# SPDX-License-Identifier: Apache-2.0
"""Which request gets which answer, whatever it is."""

import struct
from pathlib import Path

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.tsig
import dns.tsigkeyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from designate.mdns.metrics import Metrics
from designate.storage.unit_of_work import Store
from tests.unit.mdns.serving import LOOPBACK, Answering, ask, dispatcher, stream, unframed
from tests.unit.mdns.zone_rows import BASIC, ZoneRows, open_store

QUESTION = b"\x07example\x03org\x00\0\1\0\1"


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """A server for one zone."""
    store = open_store(tmp_path_factory.mktemp("dispatch"))
    ZoneRows(store).create()
    return dispatcher(store)


def request(flags: int, questions: int = 1, body: bytes = QUESTION) -> bytes:
    """A message with a header of its own."""
    return struct.pack("!6H", 7, flags, questions, 0, 0, 0) + body


NOTHING = [b"", b"\0" * 11, request(0x8000), request(0x8400), request(0xA000), b"\xff" * 200]
TABLE = [
    (request(0x0800), "NOTIMP"),
    (request(0x1000), "NOTIMP"),
    (request(0x2800, 0, b""), "NOTIMP"),
    (request(0x7800), "NOTIMP"),
    (request(0x2000), "NOTAUTH"),
    (request(0, 0), "FORMERR"),
    (request(0, 2, QUESTION * 2), "FORMERR"),
    (request(0, 1, b""), "FORMERR"),
    (request(0, 1, QUESTION + b"!"), "FORMERR"),
    (request(0, 1, b"\xc0\x0c\0\1\0\1"), "FORMERR"),
    (request(0, 1, QUESTION[:-4] + b"\0\1\0\3"), "REFUSED"),
    (request(0, 1, QUESTION[:-4] + b"\0\1\0\xff"), "REFUSED"),
    (request(0, 1, QUESTION[:-4] + b"\0\xfd\0\1"), "NOTIMP"),
    (request(0, 1, QUESTION[:-4] + b"\0\xfe\0\1"), "NOTIMP"),
    (request(0, 1, QUESTION[:-4] + b"\0\xf9\0\1"), "FORMERR"),
    (request(0, 1, QUESTION[:-4] + b"\0\x29\0\1"), "FORMERR"),
    (request(0, 1, QUESTION[:-4] + b"\0\0\0\1"), "NOERROR"),
    (request(0, 1, b"\x07unknown\x03org\x00\0\1\0\1"), "REFUSED"),
    (request(0, 1, b"\x03org\x00\0\1\0\1"), "REFUSED"),
    (request(0, 1, b"\x00\0\1\0\1"), "REFUSED"),
    (request(0), "NOERROR"),
]


@pytest.mark.parametrize("data", NOTHING)
def test_some_bytes_deserve_no_answer(answering: Answering, data: bytes) -> None:
    """Without a header there is no id; a response answered would make a loop."""
    assert answering.datagram(data, LOOPBACK) is None
    assert list(answering.stream(data, LOOPBACK)) == []


@pytest.mark.parametrize(("data", "rcode"), TABLE)
def test_every_failure_has_its_rcode(answering: Answering, data: bytes, rcode: str) -> None:
    """Over UDP and TCP; id and opcode are those of the request."""
    over_udp = answering.datagram(data, LOOPBACK)
    over_tcp = unframed(b"".join(answering.stream(data, LOOPBACK)))
    assert over_udp is not None and over_tcp == [over_udp]
    reply = dns.message.from_wire(over_udp)
    assert dns.rcode.to_text(reply.rcode()) == rcode
    assert (reply.id, reply.flags & dns.flags.QR) == (7, dns.flags.QR)
    assert over_udp[2] & 0x78 == data[2] & 0x78


@given(data=st.binary(max_size=200))
def test_random_bytes_are_answered_in_form_or_not_at_all(answering: Answering, data: bytes) -> None:
    """No request raises anything."""
    for whole in (data, request(0, 1, QUESTION + data), request(0, 1, data)):
        for answer in (
            answering.datagram(whole, LOOPBACK),
            *unframed(b"".join(answering.stream(whole, LOOPBACK))),
        ):
            if answer is not None:
                assert dns.message.from_wire(answer).rcode() != dns.rcode.SERVFAIL


def test_a_later_version_of_edns_is_told_ours(answering: Answering) -> None:
    """BADVERS with version 0 (RFC 6891 section 6.1.3)."""
    query = dns.message.make_query("example.org.", "SOA", use_edns=1)
    reply = ask(answering, query)
    assert (reply.rcode(), reply.edns, reply.answer) == (dns.rcode.BADVERS, 0, [])


def test_an_unknown_key_is_told(answering: Answering) -> None:
    """NOTAUTH, and an unsigned TSIG with BADKEY and the time of the request (RFC 8945 5.3.2)."""
    query = dns.message.make_query("example.org.", "SOA")
    query.use_tsig(dns.tsigkeyring.from_text({"a.Key.": "c2VjcmV0c2VjcmV0"}))
    reply = ask(answering, query)
    assert query.tsig is not None
    assert (reply.rcode(), reply.answer) == (dns.rcode.NOTAUTH, [])
    assert str(reply.tsig.name) == "a.key."
    tsig = reply.tsig[0]
    assert (tsig.error, tsig.mac, tsig.original_id) == (17, b"", query.id)
    assert tsig.time_signed == query.tsig[0].time_signed


def test_unsigned_queries_are_refused_where_keys_are_enforced(tmp_path: Path) -> None:
    """`query_enforce_tsig` holds for every query."""
    answering = dispatcher(open_store(tmp_path), query_enforce_tsig=True)
    for rrtype in ("SOA", "AXFR"):
        query = dns.message.make_query("example.org.", rrtype)
        assert stream(answering, query)[0].rcode() == dns.rcode.REFUSED


def test_a_zone_being_deleted_or_never_filled_answers_nothing(tmp_path: Path) -> None:
    """REFUSED for one, SERVFAIL for a secondary zone that was never transferred."""
    store = open_store(tmp_path)
    leaving = ZoneRows(store).create()
    ZoneRows(store, "second.org.", fields={"type": "SECONDARY"}).create()
    answering = dispatcher(store)
    leaving.change({}, serial=100, action="DELETE")
    for rrtype in ("SOA", "AXFR", "A"):
        one = dns.message.make_query("example.org.", rrtype)
        assert stream(answering, one)[0].rcode() == dns.rcode.REFUSED
        other = dns.message.make_query("second.org.", rrtype)
        assert stream(answering, other)[0].rcode() == dns.rcode.SERVFAIL


def test_answers_too_large_for_udp_are_cut(tmp_path: Path) -> None:
    """TC over UDP with whole RRsets only; all of it over TCP and with a larger payload."""
    store = open_store(tmp_path)
    texts = [f'"{number:03d} {"x" * 60}"' for number in range(12)]
    ZoneRows(store).create({**BASIC, ("big", "TXT"): (None, texts)})
    answering = dispatcher(store)
    plain = dns.message.make_query("big.example.org.", "TXT")
    cut = ask(answering, plain)
    assert cut.flags & dns.flags.TC and cut.answer == []
    assert len(stream(answering, plain)[0].answer) == 12
    large = ask(answering, dns.message.make_query("big.example.org.", "TXT", payload=4096))
    assert not large.flags & dns.flags.TC and len(large.answer[0]) == 12


def test_answers_from_memory_follow_every_commit(tmp_path: Path) -> None:
    """Data, denials and refusals alike."""
    store = open_store(tmp_path)
    answering = dispatcher(store)
    # However slow the machine is, what is remembered stays so until a commit.
    answering.packets.clock = lambda: 0.0
    query = dns.message.make_query("www.example.org.", "A")

    def told() -> tuple[str, list[str]]:
        reply = ask(answering, query)
        remembered = answering.packets.get(query.to_wire()[2:])
        assert remembered is not None
        assert query.to_wire()[:2] + remembered.answer == reply.wire
        return dns.rcode.to_text(reply.rcode()), sorted(str(r) for s in reply.answer for r in s)

    assert told() == ("REFUSED", [])
    zone = ZoneRows(store).create({("@", "NS"): (None, ["ns.a."])})
    assert told() == ("NXDOMAIN", [])
    zone.change({("www", "A"): (None, ["192.0.2.1"])})
    assert told() == ("NOERROR", ["192.0.2.1"])
    zone.change({("www", "A"): (None, ["192.0.2.1", "192.0.2.2"])})
    assert told() == ("NOERROR", ["192.0.2.1", "192.0.2.2"])
    ZoneRows(store, "www.example.org.").create({("@", "NS"): (None, ["ns.a."])})
    assert told() == ("NOERROR", [])


def test_a_server_of_a_pool_sees_the_commits_of_other_processes(tmp_path: Path) -> None:
    """At once: it asks because it was told. Others may see what was true a moment ago."""
    store = open_store(tmp_path)
    zone = ZoneRows(store).create()
    elsewhere = dispatcher(Store(store.engine), servers=["192.0.2.53"])
    query = dns.message.make_query("example.org.", "SOA")

    def serial(host: str) -> int:
        reply = ask(elsewhere, query, host)
        return int(reply.answer[0][0].serial)

    assert serial(LOOPBACK) == serial("192.0.2.53") == 100
    zone.change({})
    assert serial("192.0.2.53") == 101
    assert elsewhere.is_exempt("192.0.2.53") and not elsewhere.is_exempt(LOOPBACK)
    assert elsewhere.packets.get(query.to_wire()[2:]) is not None


def test_queries_with_options_are_not_remembered(answering: Answering) -> None:
    """Cookies differ with every client: they would only push out what is asked again."""
    options: list[dns.edns.Option] = [dns.edns.CookieOption(b"12345678", b"")]
    query = dns.message.make_query("example.org.", "SOA", use_edns=0, options=options)
    assert ask(answering, query).answer
    assert answering.packets.get(query.to_wire()[2:]) is None


def test_answers_are_counted_by_protocol_and_rcode(tmp_path: Path) -> None:
    """Transfers have counters of their own."""
    store = open_store(tmp_path)
    ZoneRows(store).create()
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    answering = dispatcher(store, metrics)
    for name, rrtype in (("example.org.", "SOA"), ("no.example.org.", "A"), ("other.org.", "A")):
        ask(answering, dns.message.make_query(name, rrtype))
    stream(answering, dns.message.make_query("example.org.", "SOA"))
    stream(answering, dns.message.make_query("example.org.", "AXFR"))
    ask(answering, dns.message.make_query("example.org.", "SOA", use_edns=1))
    tally = metrics.queries.tally("udp")
    tally[0] += 5
    tally[dns.rcode.BADCOOKIE & 0xF] += 2

    def count(protocol: str, rcode: str) -> float | None:
        labels = {"protocol": protocol, "rcode": rcode}
        return registry.get_sample_value("designate_mdns_queries_total", labels)

    assert (count("udp", "NOERROR"), count("tcp", "NOERROR")) == (6, 1)
    assert (count("udp", "NXDOMAIN"), count("udp", "REFUSED")) == (1, 1)
    assert (count("udp", "BADVERS"), count("udp", "BADCOOKIE")) == (1, 2)
    assert count("udp", "YXRRSET") is None
    xfrs = {"kind": "axfr", "result": "done"}
    assert registry.get_sample_value("designate_mdns_xfrs_total", xfrs) == 1
