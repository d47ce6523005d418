# SPDX-License-Identifier: Apache-2.0
"""Messages from and to bytes, with dnspython as the other side."""

import struct

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.wire import message, numbers, records
from designate.wire.message import Answer, Edns, Malformed, Query
from designate.wire.records import RRset

LABELS = st.lists(st.binary(min_size=1, max_size=20), min_size=0, max_size=8)
HEADER = bytes.fromhex("beef0100000100000000 0000".replace(" ", ""))
NAME = b"\x03www\x07example\x03org\x00"
QUESTION = NAME + b"\0\1\0\1"
OPT = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
SECTIONS = ("answers", "authorities", "additionals")


def read(data: bytes) -> Query:
    """The query in a message that has a header."""
    header = message.read_header(data)
    assert header is not None
    return message.read_query(data, header)


def counts(questions: int, answers: int = 0, authorities: int = 0, additionals: int = 0) -> bytes:
    """A header of a query."""
    return struct.pack("!6H", 0xBEEF, 0x0100, questions, answers, authorities, additionals)


@given(
    LABELS,
    st.integers(0, 65535),
    st.integers(0, 65535),
    st.booleans(),
    st.sampled_from([None, 512, 1232, 4096]),
)
def test_a_query_is_read_as_dnspython_wrote_it(
    labels: list[bytes],
    number: int,
    query_id: int,
    dnssec_ok: bool,  # noqa: FBT001
    payload: int | None,
) -> None:
    """Id, name, type, class and EDNS come out as they went in; the name in lower case."""
    name = dns.name.Name([*labels, b""])
    if number in (numbers.OPT, numbers.TSIG):
        number = numbers.A
    written = dns.message.QueryMessage(id=query_id)
    written.question.append(
        dns.rrset.RRset(name, dns.rdataclass.IN, dns.rdatatype.RdataType.make(number))
    )
    if payload is not None:
        written.use_edns(0, dns.flags.DO if dnssec_ok else 0, payload)
    query = read(written.to_wire())
    wire = name.to_wire()
    assert wire is not None
    assert (query.header.id, query.qtype, query.qclass) == (query_id, number, 1)
    assert (query.name, query.question[:-4]) == (wire.lower(), wire)
    if payload is None:
        assert query.edns is None and query.udp_limit == 512
    else:
        assert query.edns == Edns(payload, 0, dnssec_ok)
        assert query.udp_limit == min(payload, 1232)


@pytest.mark.parametrize(
    "data",
    [
        counts(0),
        counts(2) + QUESTION + QUESTION,
        counts(1),
        counts(1) + NAME,
        counts(1) + NAME + b"\0\1\0",
        counts(1) + QUESTION + b"trailing",
        counts(1) + b"\xc0\x00\0\1\0\1",
        counts(1) + b"\x40" + b"a" * 64 + b"\0\0\1\0\1",
        counts(1) + b"\x3f" + b"a" * 10,
        counts(1) + (b"\x3f" + b"a" * 63) * 4 + b"\0\0\1\0\1",
        counts(1, additionals=1) + QUESTION,
        counts(1, additionals=1) + QUESTION + OPT[:-1],
        counts(1, additionals=1) + QUESTION + OPT[:-2] + b"\0\5",
        counts(1, additionals=1) + QUESTION + OPT + b"x",
        counts(1, additionals=2) + QUESTION + OPT + OPT,
        counts(1, answers=1) + QUESTION + OPT,
        counts(1, additionals=1) + QUESTION + NAME + OPT[1:],
        counts(1, authorities=1) + QUESTION + NAME + b"\0\6\0\1\0\0\0\0\0\3abc",
    ],
)
def test_bytes_that_are_no_request_are_malformed(data: bytes) -> None:
    """Cut, overlong, compressed, doubled or trailing parts are told apart from requests."""
    with pytest.raises(Malformed):
        read(data)


@given(st.binary(max_size=80), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3))
def test_any_bytes_are_a_request_or_malformed(
    tail: bytes, answers: int, authorities: int, additionals: int
) -> None:
    """Nothing else can come of reading."""
    for data in (
        counts(1, answers, authorities, additionals) + tail,
        counts(1, answers, authorities, additionals) + QUESTION + tail,
        counts(1, answers, authorities, additionals) + QUESTION + OPT + tail,
    ):
        try:
            query = read(data)
        except Malformed:
            continue
        assert data[12:].startswith(query.question)


def test_less_than_a_header_is_nothing() -> None:
    """Eleven bytes have no id to answer to."""
    assert message.read_header(HEADER[:11]) is None
    assert message.read_header(HEADER) == (0xBEEF, 0x0100, 1, 0, 0, 0)


def test_the_serial_of_an_ixfr_request_is_read() -> None:
    """It stands in the authority section, whose names may be compressed (RFC 1995)."""
    soa = b"\xc0\x0c\0\6\0\1\0\0\0\0\0\x18\xc0\x0c\xc0\x0c" + struct.pack(
        "!5I", 4294967295, 1, 2, 3, 4
    )
    query = read(counts(1, authorities=1) + NAME + b"\0\xfb\0\1" + soa)
    assert (query.qtype, query.serial, query.edns) == (numbers.IXFR, 4294967295, None)


def a_query(payload: int | None = None) -> Query:
    """www.example.org A, with the payload of its OPT."""
    if payload is None:
        return read(counts(1) + QUESTION)
    return read(counts(1, additionals=1) + QUESTION + OPT[:3] + payload.to_bytes(2) + OPT[5:])


def rrset(count: int, rdata_size: int = 4) -> RRset:
    """Records of unknown type at the name in question."""
    rdatas = [bytes([index]) * rdata_size for index in range(count)]
    wire = b"".join(records.packed(rdata) for rdata in rdatas)
    return records.rrset(records.APEX, 65280, 300, wire)


@given(
    st.lists(st.integers(1, 6), max_size=4),
    st.lists(st.integers(1, 6), max_size=2),
    st.lists(st.integers(1, 6), max_size=2),
    st.lists(st.integers(1, 6), max_size=3),
    st.integers(60, 400),
)
def test_an_answer_stays_within_its_limit(
    answer: list[int], authority: list[int], glue: list[int], extra: list[int], limit: int
) -> None:
    """dnspython reads it; TC tells that a part which counts is missing; RRsets stay whole."""
    sections = [[rrset(size) for size in sizes] for sizes in (answer, authority, glue, extra)]
    data = message.render(a_query(1232), Answer(0, True, *sections), limit)  # noqa: FBT003
    reply = dns.message.from_wire(data, one_rr_per_rrset=True)
    assert len(data) <= limit
    found = (len(reply.answer), len(reply.authority), len(reply.additional))
    wanted = (sum(answer), sum(authority), sum(glue))
    if reply.flags & dns.flags.TC:
        assert found < wanted
    else:
        assert found[:2] == wanted[:2]
        assert found[2] in [wanted[2] + sum(extra[:kept]) for kept in range(len(extra) + 1)]
    assert reply.edns == 0 and reply.payload == 1232


def test_flags_of_an_answer() -> None:
    """QR, RD as asked, AA as told; never RA, nor bits that have no meaning here."""
    asked = read(counts(1)[:2] + b"\x01\x7f" + counts(1)[4:] + QUESTION)
    flags = struct.unpack_from("!H", message.render(asked, Answer(3), 512), 2)[0]
    assert flags == dns.flags.QR | dns.flags.RD | 3


def test_an_extended_rcode_is_split() -> None:
    """BADVERS is 16: 0 in the header, 1 in OPT (RFC 6891 section 6.1.3)."""
    reply = dns.message.from_wire(message.render(a_query(1232), Answer(numbers.BADVERS), 512))
    assert reply.rcode() == dns.rcode.BADVERS


@pytest.mark.parametrize(
    ("payload", "limit"), [(None, 512), (0, 512), (600, 600), (1232, 1232), (65535, 1232)]
)
def test_the_room_of_a_udp_answer(payload: int | None, limit: int) -> None:
    """What the client takes, at least 512 and at most 1232 bytes."""
    assert a_query(payload).udp_limit == limit


LONG = b"\1x" * 127 + b"\0\0\1\0\1"
"""A question whose name is as long as any, and has as many labels."""


def record(rrtype: int, rdata: bytes = b"") -> bytes:
    """A record of the name of the question."""
    return b"\xc0\x0c" + struct.pack("!HHIH", rrtype, 1, 0, len(rdata)) + rdata


@pytest.mark.parametrize(
    ("which", "records"),
    [
        *[(each, [record(kind) for kind in range(256, 556)]) for each in SECTIONS],
        # Names without end in one record: half a second with some releases of dnspython.
        *[(each, [record(55, b"\0\2\0\0" + b"\xc0\x0c" * 1900)]) for each in SECTIONS],
        *[(each, [record(numbers.SOA)] * 2) for each in SECTIONS],
        ("answers", [record(numbers.OPT)]),
        ("additionals", [record(numbers.SOA)]),
        ("additionals", [OPT] * 3),
        ("additionals", [OPT, record(numbers.TSIG, bytes(2000))]),
        ("additionals", [OPT, record(numbers.TSIG)[:-1]]),
        ("additionals", [OPT, b"\1"]),
        ("additionals", [OPT, record(numbers.TSIG) + bytes(message.MAX_REQUEST)]),
    ],
)
def test_what_no_request_holds_is_not_read(
    which: str, records: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anybody knows who asks it would cost a tenth of a second, or more."""
    data = counts(1, **{which: len(records)}) + LONG + b"".join(records)
    monkeypatch.delattr(dns.message, "from_wire")
    with pytest.raises(Malformed):
        read(data)
