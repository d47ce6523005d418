# SPDX-License-Identifier: Apache-2.0
"""DNS messages: a query from bytes, an answer to bytes (RFC 1035 section 4, RFC 6891).

Ordinary queries - one question, nothing else but perhaps an OPT - are read here; whatever holds
more records goes through dnspython.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import dns.exception
import dns.message
import dns.rdatatype

from designate.wire import numbers
from designate.wire.records import RRset
from designate.wire.tsig import Tsig

HEADER = struct.Struct("!HHHHHH")
QUESTION_AT = 12
"""Offset of the first question, which compression pointers point at."""
UDP_PAYLOAD = 1232
"""Largest UDP message we send and announce: never fragmented (DNS flag day 2020)."""
PLAIN_UDP = 512
"""Largest UDP message of a client without EDNS (RFC 1035 section 2.3.4)."""
MAX_MESSAGE = 65535

QR = 0x8000
AA = 0x0400
TC = 0x0200
RD = 0x0100
_OPCODE = 0x7800
_DO = 0x8000
_MAX_LABEL = 63
_MAX_NAME = 255
_TYPE_CLASS = struct.Struct("!HH")
_OPT = struct.Struct("!HHBBHH")
_OPT_SIZE = 1 + _OPT.size


class Malformed(Exception):
    """The bytes after the header are not a message with one question."""


class Header(NamedTuple):
    """The six 16-bit words every message begins with."""

    id: int
    flags: int
    questions: int
    answers: int
    authorities: int
    additionals: int

    @property
    def opcode(self) -> int:
        """The kind of request."""
        return (self.flags & _OPCODE) >> 11


class Edns(NamedTuple):
    """The client's OPT: the UDP payload it takes, its EDNS version, and its wish for DNSSEC."""

    payload: int
    version: int
    dnssec_ok: bool
    has_options: bool


@dataclass(slots=True)
class Query:
    """A request with one question.

    `question` are the bytes as sent, so that the answer keeps their spelling; `name` is its name
    in wire form and lower case. `serial` is that of a SOA in the authority section (RFC 1995).
    """

    header: Header
    question: bytes
    name: bytes
    qtype: int
    qclass: int
    edns: Edns | None = None
    serial: int | None = None
    tsig: Tsig | None = None

    @property
    def udp_limit(self) -> int:
        """Bytes that an answer over UDP may have."""
        if self.edns is None:
            return PLAIN_UDP
        return max(PLAIN_UDP, min(self.edns.payload, UDP_PAYLOAD))


@dataclass(slots=True)
class Answer:
    """What is to be said; RRsets in `additional` are left out when there is no room for them."""

    rcode: int = numbers.NOERROR
    authoritative: bool = False
    answer: list[RRset] = field(default_factory=list)
    authority: list[RRset] = field(default_factory=list)
    glue: list[RRset] = field(default_factory=list)
    additional: list[RRset] = field(default_factory=list)


def read_header(data: bytes) -> Header | None:
    """The header, or None when there is not even that."""
    return Header._make(HEADER.unpack_from(data)) if len(data) >= HEADER.size else None


def read_query(data: bytes, header: Header) -> Query:
    """The request in `data`, which begins with `header`; raises Malformed."""
    if header.questions != 1:
        raise Malformed("not one question")
    end = _end_of_name(data, QUESTION_AT)
    if len(data) < end + 4:
        raise Malformed("the question is cut")
    qtype, qclass = _TYPE_CLASS.unpack_from(data, end)
    end += 4
    question = data[QUESTION_AT:end]
    # Length bytes are below 64, so lower-casing the wire form touches letters only.
    query = Query(header, question, question[:-4].lower(), qtype, qclass)
    if not (header.answers or header.authorities):
        if not header.additionals and len(data) == end:
            return query
        if header.additionals == 1 and data[end : end + 3] == b"\0\0\x29":
            query.edns = _read_opt(data, end)
            return query
    _read_rest(data, query)
    return query


def _end_of_name(data: bytes, start: int) -> int:
    position = start
    size = len(data)
    while position < size:
        length = data[position]
        position += 1
        if length == 0:
            return position
        if length > _MAX_LABEL:
            raise Malformed("the question is compressed")
        position += length
        if position - start >= _MAX_NAME:
            raise Malformed("the name is too long")
    raise Malformed("the name runs past the end")


def _read_opt(data: bytes, start: int) -> Edns:
    if len(data) < start + _OPT_SIZE:
        raise Malformed("OPT is cut")
    _, payload, _, version, flags, length = _OPT.unpack_from(data, start + 1)
    if len(data) != start + _OPT_SIZE + length:
        raise Malformed("OPT does not end the message")
    return Edns(payload, version, bool(flags & _DO), length > 0)


def _read_rest(data: bytes, query: Query) -> None:
    try:
        message = dns.message.from_wire(data, keyring=False)
    except (dns.exception.DNSException, ValueError) as error:
        raise Malformed(str(error)) from error
    if message.edns >= 0:
        query.edns = Edns(
            message.payload, message.edns, bool(message.ednsflags & _DO), bool(message.options)
        )
    if message.tsig is not None:
        query.tsig = Tsig.of(message.tsig)
    for rrset in message.authority:
        if rrset.rdtype == dns.rdatatype.SOA and len(rrset):
            query.serial = rrset[0].serial


def opt(query: Query, rcode: int = 0) -> bytes:
    """Our OPT for an answer to `query`: empty when it had none (RFC 6891 section 7)."""
    if query.edns is None:
        return b""
    flags = _DO if query.edns.dnssec_ok else 0
    return b"\0" + _OPT.pack(numbers.OPT, UDP_PAYLOAD, rcode >> 4, 0, flags, 0)


def flags_of(header: Header, rcode: int, *, authoritative: bool) -> int:
    """The second word of an answer: opcode and RD as asked, RA never, Z bits clear."""
    aa = AA if authoritative else 0
    return QR | (header.flags & (_OPCODE | RD)) | aa | (rcode & 0xF)


def bare(header: Header, rcode: int) -> bytes:
    """An answer of a header only, for requests that could not be read on."""
    return HEADER.pack(header.id, flags_of(header, rcode, authoritative=False), 0, 0, 0, 0)


def render(query: Query, answer: Answer, limit: int, tsig: bytes = b"") -> bytes:
    """The answer in at most `limit` bytes, question repeated, by whole RRsets.

    TC is set when one of answer, authority or glue had to be left out (RFC 2181 section 9, RFC
    9471); nothing follows an RRset that did not fit.
    """
    tail = opt(query, answer.rcode) + tsig
    room = limit - QUESTION_AT - len(query.question) - len(tail)
    parts = [query.question]
    counts = []
    cut = False
    for section in (answer.answer, answer.authority, answer.glue):
        count, room, full = _fill(parts, section, room, full=cut)
        cut = cut or full
        counts.append(count)
    extra, _, _ = _fill(parts, answer.additional, room, full=cut)
    flags = flags_of(query.header, answer.rcode, authoritative=answer.authoritative)
    tail_count = (query.edns is not None) + bool(tsig)
    additionals = counts[2] + extra + tail_count
    head = HEADER.pack(
        query.header.id, flags | (TC if cut else 0), 1, counts[0], counts[1], additionals
    )
    return b"".join((head, *parts, tail))


def _fill(
    parts: list[bytes], section: Sequence[RRset], room: int, *, full: bool
) -> tuple[int, int, bool]:
    count = 0
    for rrset in section:
        if full or len(rrset.wire) > room:
            return count, room, True
        parts.append(rrset.wire)
        room -= len(rrset.wire)
        count += rrset.records
    return count, room, full
