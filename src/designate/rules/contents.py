# SPDX-License-Identifier: Apache-2.0
"""The texts of a recordset as DNS content: a set of canonical rdata (decision 3a.1)."""

import struct
from collections.abc import Collection, Sequence
from typing import NamedTuple

from designate.errors import InvalidObject, Problem
from designate.rdata import TYPES, names
from designate.rdata.base import InvalidRdata
from designate.wire import numbers
from designate.wire import records as wire_records

_TYPE_CLASS = struct.Struct("!HH")
_RECORD = 10
"""Bytes of a record apart from its rdata and the length of that: pointer, TYPE, CLASS, TTL."""
MAX_RRSET = 65000
"""Bytes of an RRset: an answer over TCP must be able to hold it, with question, OPT and TSIG."""

MAX_PROBLEMS = 100
"""Of one recordset: an answer may be larger than the request that it is for, but not at will."""


class Contents(NamedTuple):
    """What a recordset holds: the texts without repetition, and its rdata set in wire form."""

    records: list[str]
    wire: bytes


def check_type(rtype: str, supported: Collection[str]) -> None:
    """Raise InvalidObject unless recordsets of that type are known and enabled."""
    if rtype in TYPES and rtype in supported:
        return
    kind = "a supported" if rtype in TYPES else "a valid"
    message = f"'{rtype}' is not {kind} record type"
    raise InvalidObject(problems=[Problem(("recordset", "type"), message, "value", [rtype])])


def encode(owner: str, rtype: str, texts: Sequence[str]) -> Contents:
    """Render texts to wire; raises InvalidObject with a problem for each bad one.

    Equal texts count once. Different texts of one value are all kept as given, and are one
    record on the wire.
    """
    kind = TYPES[rtype]
    try:
        rdata = {kind.encode(text) for text in texts}
        kind.check_set(owner, texts)
    except InvalidRdata as error:
        raise InvalidObject(problems=_problems(rtype, texts, error)) from None
    return Contents(list(dict.fromkeys(texts)), pack(rdata))


def pack(rdata: Collection[bytes]) -> bytes:
    """Join rdata in canonical order (RFC 4034 section 6.3), each behind its length.

    Raises InvalidObject when no DNS message could hold the set.
    """
    wire = b"".join(map(wire_records.packed, sorted(rdata)))
    size = len(wire) + _RECORD * len(rdata)
    if size > MAX_RRSET:
        message = f"The records are {size} bytes in an answer; at most {MAX_RRSET} fit"
        raise InvalidObject(problems=[Problem(("records",), message, "maxItems", [MAX_RRSET])])
    return wire


def unpack(wire: bytes) -> list[bytes]:
    """Split what `pack` joined."""
    return [piece[2:] for piece in wire_records.pieces(wire)]


def head(name_key: str, zone_key: str, rtype: str) -> bytes:
    """Owner relative to the apex at offset 12, TYPE and CLASS: how each record begins."""
    relative = name_key[: -len(zone_key)]
    owner = names.encode_domain(relative)[:-1] if relative else b""
    return owner + wire_records.APEX + _TYPE_CLASS.pack(TYPES[rtype].number, numbers.IN)


def _problems(rtype: str, texts: Sequence[str], of_set: InvalidRdata) -> list[Problem]:
    """One for each text that has no wire form, else that of the set."""
    problems = []
    for index, text in enumerate(texts):
        try:
            TYPES[rtype].encode(text)
        except InvalidRdata as error:
            problems.append(_problem(index, text, rtype, error.reason))
            if len(problems) == MAX_PROBLEMS:
                break
    return problems or [_problem(0, texts[0] if texts else "", rtype, of_set.reason)]


def _problem(index: int, text: str, rtype: str, reason: str) -> Problem:
    message = f"'{text}' is not a '{rtype}' Record"
    return Problem(("records", index), message, "format", [rtype], reason)
