# SPDX-License-Identifier: Apache-2.0
"""Records in the form they are stored in, and in messages.

Stored are a head - owner relative to the apex, a pointer to offset 12, TYPE, CLASS - and the
canonical rdata set, each behind its RDLENGTH. In a transfer message the question is the apex, so
head, TTL and one such piece are a record as it stands.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from designate.wire import numbers

APEX = b"\xc0\x0c"
"""The owner of records at the name in question: a pointer to offset 12."""
SOA_HEAD = APEX + b"\0\x06\0\x01"

_TTL = struct.Struct("!I")
_TYPE_CLASS = struct.Struct("!HH")
_POINTER = 0xC000


class Row(NamedTuple):
    """An RRset as stored; `ttl` is None where that of the zone applies."""

    head: bytes
    ttl: int | None
    wire: bytes


class RRset(NamedTuple):
    """Records of one owner and type, rendered for one message."""

    records: int
    wire: bytes


class _Ttls(dict[int | None, bytes]):
    """TTLs in wire form, made as they are met."""

    def __missing__(self, ttl: int) -> bytes:
        packed = self[ttl] = _TTL.pack(ttl)
        return packed


def pieces(wire: bytes) -> list[bytes]:
    """The stored rdata set as a list, each with its RDLENGTH."""
    found = []
    position = 0
    while position < len(wire):
        end = position + 2 + (wire[position] << 8 | wire[position + 1])
        found.append(wire[position:end])
        position = end
    return found


def pointer(offset: int) -> bytes:
    """A compression pointer (RFC 1035 section 4.1.4)."""
    return (_POINTER | offset).to_bytes(2)


def rrset(owner: bytes, rrtype: int, ttl: int, wire: bytes) -> RRset:
    """Stored rdata under an owner, which is in the form of the message it goes to."""
    head = owner + _TYPE_CLASS.pack(rrtype, numbers.IN) + _TTL.pack(ttl)
    found = pieces(wire)
    return RRset(len(found), b"".join([head + piece for piece in found]))


def packed(rdata: bytes) -> bytes:
    """One rdata behind its RDLENGTH."""
    return len(rdata).to_bytes(2) + rdata


def soa_record(rdata: bytes, ttl: int) -> bytes:
    """The SOA record of the zone in question."""
    return SOA_HEAD + _TTL.pack(ttl) + packed(rdata)


def xfr_records(rows: Iterable[tuple[bytes, int | None, bytes]], zone_ttl: int) -> list[bytes]:
    """Stored rows (see Row) as records of a transfer message, in their order."""
    ttls = _Ttls({None: _TTL.pack(zone_ttl)})
    found: list[bytes] = []
    add = found.append
    for head, ttl, wire in rows:
        if len(wire) == (wire[0] << 8 | wire[1]) + 2:
            add(head + ttls[ttl] + wire)
        else:
            prefix = head + ttls[ttl]
            found += [prefix + piece for piece in pieces(wire)]
    return found
