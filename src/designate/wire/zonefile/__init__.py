# SPDX-License-Identifier: Apache-2.0
"""Master files (RFC 1035 section 5): read as a stream of records, written as lines."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from designate.rdata import TYPES
from designate.rdata.base import InvalidRdata
from designate.rdata.charstrings import MAX_STRING
from designate.wire.zonefile.lines import Line, Malformed, OriginMissing, ZoneFileError
from designate.wire.zonefile.reader import read

__all__ = [
    "Line",
    "Malformed",
    "OriginMissing",
    "ZoneFileError",
    "chunks",
    "read",
    "safe_text",
    "write",
]

_SYNTAX = frozenset(';()"\\@\r\n')
_LINE_ENDS = re.compile("[\r\n]+")
_LAX: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "CAA": re.compile(" .* .*[ \t]"),
        "CERT": re.compile(""),
        "HTTPS": re.compile("ech="),
        "SVCB": re.compile("ech="),
    }
)
"""Texts that other readers may refuse: blanks outside quotes, foreign characters in base64."""


def chunks(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Pieces of any size as pieces of one size; the last may be shorter."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        while len(kept) >= size:
            yield bytes(kept[:size])
            del kept[:size]
    if kept:
        yield bytes(kept)


def safe_text(rtype: str, text: str) -> str:
    """The text of a record as a line of a master file: as given, where that reads back alike."""
    plain = 0 < len(text.encode()) <= MAX_STRING and not _SYNTAX & set(text)
    if plain and not (rtype in _LAX and _LAX[rtype].search(text)):
        return text
    try:
        return TYPES[rtype].decode(TYPES[rtype].encode(text))
    except InvalidRdata:
        return _LINE_ENDS.sub(" ", text)


def write(
    origin: str, ttl: int, lines: Iterable[tuple[str, int | None, str, str]]
) -> Iterator[str]:
    """Render a zone as the API exports it (API.md 12.1); each line is name, TTL, type and text.

    A TTL of None is left out, and two spaces stay.
    """
    yield f"$ORIGIN {origin}\n$TTL {ttl}\n\n"
    for name, own, rtype, text in lines:
        shown = "" if own is None else own
        yield f"{name} {shown} IN {rtype} {safe_text(rtype, text)}\n"
    yield "\n\n"
