# SPDX-License-Identifier: Apache-2.0
"""DNS messages: a query from bytes, an answer to bytes (RFC 1035 section 4, RFC 6891).

Ordinary queries - one question, nothing else but perhaps an OPT - are read here; whatever holds
more records goes through dnspython.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import dns.edns
import dns.exception
import dns.message
import dns.rdatatype

from designate.wire import cookies, numbers
from designate.wire.records import RRset
from designate.wire.tsig import Signature, Tsig

HEADER = struct.Struct("!HHHHHH")
QUESTION_AT = 12
"""Offset of the first question, which compression pointers point at."""
UDP_PAYLOAD = 1232
"""Largest UDP message we send and announce: never fragmented (DNS flag day 2020)."""
PLAIN_UDP = 512
"""Largest UDP message of a client without EDNS (RFC 1035 section 2.3.4)."""
MAX_MESSAGE = 65535
MAX_REQUEST = 4096
"""Bytes of the longest request, over TCP as well."""

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
_OPTION = struct.Struct("!HH")
_MAC_SIZES = range(10, 65)
_RECORD = struct.Struct("!HHIH")
_POINTER = 0xC0
_MAX_SOAS = 1
_SOAS = frozenset({numbers.SOA})
_MAX_ADDITIONALS = 2
_ADDITIONALS = frozenset({numbers.OPT, numbers.TSIG, numbers.SIG})
_MAX_RDATA = 1024
"""Bytes of the longest: a SOA with two long names, a signature with a long key."""


class Malformed(Exception):
    """The bytes after the header are not a message that can be answered."""


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
    """The client's OPT: the UDP payload it takes, its EDNS version, and its wish for DNSSEC.

    `cookie` is empty without one; `has_others` tells of options beside it.
    """

    payload: int
    version: int
    dnssec_ok: bool
    cookie: bytes = b""
    has_others: bool = False


@dataclass(slots=True)
class Query:
    """A request with one question; or with none, which asks for a cookie only (RFC 7873 5.4).

    `question` are the bytes as sent, so that the answer keeps their spelling; `name` is its name
    in wire form and lower case. `serial` is that of a SOA in the authority section (RFC 1995).
    `options` are those of the OPT that answers it, `signature` is what ends its answer.
    """

    header: Header
    question: bytes
    name: bytes
    qtype: int
    qclass: int
    edns: Edns | None = None
    serial: int | None = None
    tsig: Tsig | None = None
    options: bytes = b""
    signature: Signature | None = None

    @property
    def udp_limit(self) -> int:
        """Bytes that an answer over UDP may have."""
        if self.edns is None:
            return PLAIN_UDP
        return max(PLAIN_UDP, min(self.edns.payload, UDP_PAYLOAD))


@dataclass(slots=True)
class Answer:
    """What is to be said; RRsets in `additional` are left out when there is no room for them.

    `truncated` sends the client to TCP whether all fits or not. `imputed` is a name that stands
    for all those that get this answer alike, where it is not that of the question. `named` are the
    names that it goes on with, or has addresses for: a zone of their own would change it.
    """

    rcode: int = numbers.NOERROR
    authoritative: bool = False
    answer: list[RRset] = field(default_factory=list)
    authority: list[RRset] = field(default_factory=list)
    glue: list[RRset] = field(default_factory=list)
    additional: list[RRset] = field(default_factory=list)
    truncated: bool = field(default=False, kw_only=True)
    imputed: bytes = field(default=b"", kw_only=True)
    named: list[bytes] = field(default_factory=list, kw_only=True)


def read_header(data: bytes) -> Header | None:
    """The header, or None when there is not even that."""
    return Header._make(HEADER.unpack_from(data)) if len(data) >= HEADER.size else None


def read_query(data: bytes, header: Header) -> Query:
    """The request in `data`, which begins with `header`; raises Malformed."""
    if header.questions > 1:
        raise Malformed("more than one question")
    if len(data) > MAX_REQUEST:
        raise Malformed("longer than a request")
    query = _read_question(data, header) if header.questions else Query(header, b"", b"", 0, 0)
    end = QUESTION_AT + len(query.question)
    if header.answers or header.authorities:
        _read_rest(data, query)
    elif header.additionals == 1 and data[end : end + 3] == b"\0\0\x29":
        query.edns = _read_opt(data, end)
    elif header.additionals or len(data) != end:
        _read_rest(data, query)
    if not (query.question or (query.edns and query.edns.cookie)):
        raise Malformed("no question")
    return query


def _read_question(data: bytes, header: Header) -> Query:
    end = _end_of_name(data, QUESTION_AT)
    if len(data) < end + 4:
        raise Malformed("the question is cut")
    qtype, qclass = _TYPE_CLASS.unpack_from(data, end)
    question = data[QUESTION_AT : end + 4]
    # Length bytes are below 64, so lower-casing the wire form touches letters only.
    return Query(header, question, question[:-4].lower(), qtype, qclass)


def _end_of_name(data: bytes, start: int, *, is_owner: bool = False) -> int:
    """Behind a name; that of an `is_owner` may end in a pointer, which is not followed."""
    position = start
    size = len(data)
    while position < size:
        length = data[position]
        position += 1
        if length == 0:
            return position
        if length > _MAX_LABEL:
            if is_owner and length >= _POINTER:
                return position + 1
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
    if not length:
        return Edns(payload, version, bool(flags & _DO))
    return Edns(payload, version, bool(flags & _DO), *_read_options(data[-length:]))


def _read_options(data: bytes) -> tuple[bytes, bool]:
    """The first cookie, and whether there is anything else."""
    cookie, others, position = b"", False, 0
    while position < len(data):
        if len(data) < position + _OPTION.size:
            raise Malformed("an option is cut")
        code, length = _OPTION.unpack_from(data, position)
        position += _OPTION.size + length
        if position > len(data):
            raise Malformed("an option is cut")
        if code != numbers.COOKIE:
            others = True
            continue
        if not cookies.is_well_formed(data[position - length : position]):
            raise Malformed("no cookie has this length")
        others = others or bool(cookie)
        cookie = cookie or data[position - length : position]
    return cookie, others


def without_cookie(data: bytes) -> tuple[bytes, int, bytes] | None:
    """The message behind its id without the cookie that ends it, the client's payload, the cookie.

    None where it does not end in the cookie of a client, alone or with one of ours. Only whether
    what comes out is a query must be found elsewhere: then so is the whole.
    """
    for size, tail in _COOKIE_TAILS:
        start = len(data) - size - len(tail)
        if data[start : start + len(tail)] == tail:
            payload = int.from_bytes(data[start - 6 : start - 4])
            return data[2:start] + b"\0\0", payload, data[-size:]
    return None


_COOKIE_TAILS = [
    (size, (4 + size).to_bytes(2) + cookies.option(bytes(size))[:4])
    for size in (cookies.WHOLE, cookies.CLIENT)
]
"""The sizes of cookies, and what stands before one that is the only option: length, code, size."""


def with_cookie(answer: bytes, option: bytes) -> bytes:
    """An answer that ends in an OPT without options, with this one."""
    return answer[:-2] + len(option).to_bytes(2) + option


def _check_records(data: bytes, start: int, header: Header) -> None:
    """Pass what holds no more than the SOA of NOTIFY or IXFR, an OPT and a signature; Malformed.

    Nobody knows yet who asks, and a record that is no part of a request may cost seconds to read:
    a datagram has room for hundreds of names that are long by compression.
    """
    soas = header.answers + header.authorities
    if soas > _MAX_SOAS or header.additionals > _MAX_ADDITIONALS:
        raise Malformed("more than a request holds")
    position = start
    for number in range(soas + header.additionals):
        position = _end_of_name(data, position, is_owner=True)
        if len(data) < position + _RECORD.size:
            raise Malformed("a record is cut")
        rrtype, _, _, length = _RECORD.unpack_from(data, position)
        if rrtype not in (_SOAS if number < soas else _ADDITIONALS) or length > _MAX_RDATA:
            raise Malformed("a record that no request holds")
        position += _RECORD.size + length


def _read_rest(data: bytes, query: Query) -> None:
    _check_records(data, QUESTION_AT + len(query.question), query.header)
    try:
        message = dns.message.from_wire(data, keyring=False)
    except (dns.exception.DNSException, ValueError) as error:
        raise Malformed(str(error)) from error
    if message.edns >= 0:
        options = _read_options(b"".join(map(_option, message.options)))
        dnssec_ok = bool(message.ednsflags & _DO)
        query.edns = Edns(message.payload, message.edns, dnssec_ok, *options)
    if message.tsig is not None:
        query.tsig = Tsig.of(message.tsig)
        if len(query.tsig.mac) not in _MAC_SIZES:
            raise Malformed("no MAC has this length")
    for rrset in message.authority:
        if rrset.rdtype == dns.rdatatype.SOA and len(rrset):
            query.serial = rrset[0].serial


def _option(option: dns.edns.Option) -> bytes:
    content = option.to_wire() or b""
    return _OPTION.pack(option.otype, len(content)) + content


def opt(query: Query, rcode: int = 0) -> bytes:
    """Our OPT for an answer to `query`: empty when it had none (RFC 6891 section 7)."""
    if query.edns is None:
        return b""
    flags = _DO if query.edns.dnssec_ok else 0
    size = len(query.options)
    return b"\0" + _OPT.pack(numbers.OPT, UDP_PAYLOAD, rcode >> 4, 0, flags, size) + query.options


def flags_of(header: Header, rcode: int, *, authoritative: bool) -> int:
    """The second word of an answer: opcode and RD as asked, RA never, Z bits clear."""
    aa = AA if authoritative else 0
    return QR | (header.flags & (_OPCODE | RD)) | aa | (rcode & 0xF)


def bare(header: Header, rcode: int) -> bytes:
    """An answer of a header only, for requests that could not be read on."""
    return HEADER.pack(header.id, flags_of(header, rcode, authoritative=False), 0, 0, 0, 0)


def room_in(query: Query, limit: int) -> int:
    """Bytes for records in an answer of `limit`: beside header, question, OPT and signature."""
    signature = 0 if query.signature is None else query.signature.size
    return limit - QUESTION_AT - len(query.question) - len(opt(query)) - signature


def rcode_of(answer: bytes) -> int:
    """The whole rcode of an answer of ours: the part in its OPT too, where it has no records.

    With an rcode beyond 15 it never has any (BADVERS, BADCOOKIE).
    """
    low = answer[3] & 0xF
    _, _, questions, answers, authorities, additionals = HEADER.unpack_from(answer)
    if answers or authorities or not additionals:
        return low
    at = _end_of_name(answer, QUESTION_AT) + 4 if questions else QUESTION_AT
    is_opt = answer[at : at + 3] == b"\0" + numbers.OPT.to_bytes(2)
    return answer[at + 5] << 4 | low if is_opt else low


def render(query: Query, answer: Answer, limit: int) -> bytes:
    """The answer in at most `limit` bytes, question repeated, by whole RRsets, signed if it is due.

    TC is set when one of answer, authority or glue had to be left out (RFC 2181 section 9, RFC
    9471); nothing follows an RRset that did not fit.
    """
    tail = opt(query, answer.rcode)
    room = room_in(query, limit)
    parts = [query.question]
    counts = []
    cut = answer.truncated
    for section in (answer.answer, answer.authority, answer.glue):
        count, room, full = _fill(parts, section, room, full=cut)
        cut = cut or full
        counts.append(count)
    extra, _, _ = _fill(parts, answer.additional, room, full=cut)
    flags = flags_of(query.header, answer.rcode, authoritative=answer.authoritative)
    head = HEADER.pack(
        query.header.id,
        flags | (TC if cut else 0),
        1 if query.question else 0,
        counts[0],
        counts[1],
        counts[2] + extra + (query.edns is not None),
    )
    data = b"".join((head, *parts, tail))
    return data if query.signature is None else query.signature.sign(data)


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
