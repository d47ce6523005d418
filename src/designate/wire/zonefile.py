# SPDX-License-Identifier: Apache-2.0
"""Master files (RFC 1035 section 5): read as a stream of records, written as lines."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.transaction
import dns.zonefile

from designate.rdata import TYPES
from designate.rdata.base import InvalidRdata

_BUFFER = 1 << 16
_MAX_STRING = 255
_MAX_TOKENS = 1 << 16
"""Parts of one record: no rdata has as many, but a file in parentheses might."""
_UTF8 = "utf-8-sig"
"""UTF-8, perhaps behind a byte order mark."""
_SYNTAX = frozenset(';()"\\@')
_LAX: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "CAA": re.compile(" .* .*[ \t]"),
        "CERT": re.compile(""),
        "HTTPS": re.compile("ech="),
        "SVCB": re.compile("ech="),
    }
)
"""Texts that other readers may refuse: blanks outside quotes, foreign characters in base64."""


class ZoneFileError(ValueError):
    """The text is not a zone file that can be imported."""


class OriginMissing(ZoneFileError):
    """A record stands before the first $ORIGIN."""


class Malformed(ZoneFileError):
    """The text breaks the syntax of master files."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a master file: absolute owner, TTL in seconds, type and canonical text."""

    name: str
    ttl: int
    type: str
    text: str


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file; counts what was read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""
        self.position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self.position += size
        return size


class _Tokenizer(dns.tokenizer.Tokenizer):
    """Tells the line that it read from, even where it has looked at the line's end.

    A record that does not end is refused before it fills the memory.
    """

    _tokens = 0

    def get(self, *args: Any, **options: Any) -> dns.tokenizer.Token:
        token = super().get(*args, **options)
        self._tokens = 0 if token.is_eol_or_eof() else self._tokens + 1
        if self._tokens > _MAX_TOKENS:
            text = f"a record has more than {_MAX_TOKENS} parts"
            raise dns.exception.SyntaxError(text)  # type: ignore[no-untyped-call]
        return token

    def where(self) -> tuple[str, int]:
        filename, line = super().where()
        return filename, line - (self.ungotten_char == "\n")


class _Sink:
    """Stands where dnspython's reader expects a transaction, and passes each record on."""

    def __init__(self, accept: Callable[[str, Line], None]) -> None:
        self._accept = accept
        self._origin: dns.name.Name | None = None
        self._origin_text = ""

    @property
    def manager(self) -> "_Sink":
        return self

    def origin_information(self) -> tuple[None, bool, None]:
        return None, False, None

    def check_put_rdataset(self, _check: Any) -> None:
        """Central checks what may stand beside a CNAME."""

    def _set_origin(self, origin: dns.name.Name) -> None:
        if self._origin is None:
            self._origin = origin
            self._origin_text = origin.to_text()

    def add_unicode(self, _kind: str) -> None:
        """How U-labels are encoded makes no difference to us: names must be A-labels."""

    def add(self, name: dns.name.Name, ttl: int, rdata: dns.rdata.Rdata) -> None:
        if self._origin is None:
            raise OriginMissing("The $ORIGIN statement is required and must be the first")
        rtype = dns.rdatatype.to_text(rdata.rdtype)
        self._accept(self._origin_text, Line(name.to_text(), ttl, rtype, rdata.to_text()))


def read(pieces: Iterable[bytes], accept: Callable[[str, Line], None]) -> None:
    """Parse a zone file given in pieces; call `accept` with the origin and each record of it.

    The first $ORIGIN names the zone, records outside it are dropped, $INCLUDE is refused. Memory
    does not grow with the file. Raises OriginMissing, Malformed, and what `accept` raises.
    """
    source = io.TextIOWrapper(io.BufferedReader(_Pieces(pieces), _BUFFER), _UTF8, newline="\n")
    tokenizer = _Tokenizer(source, "line")
    sink = cast(dns.transaction.Transaction, _Sink(accept))
    reader = dns.zonefile.Reader(tokenizer, dns.rdataclass.IN, sink)
    try:
        reader.read()
    except UnicodeDecodeError as error:
        raise Malformed(f"Malformed zone file: not UTF-8 ({error.reason})") from None
    except dns.zonefile.UnknownOrigin:
        raise OriginMissing("The $ORIGIN statement is required and must be the first") from None
    except (dns.exception.DNSException, ValueError) as error:
        if isinstance(error, ZoneFileError):
            raise
        raise Malformed(f"Malformed zone file: {error}") from None


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
    """The text of a record as a master file can hold it: as given, where that reads back alike."""
    plain = 0 < len(text.encode()) <= _MAX_STRING and not _SYNTAX & set(text)
    if plain and not (rtype in _LAX and _LAX[rtype].search(text)):
        return text
    try:
        return TYPES[rtype].decode(TYPES[rtype].encode(text))
    except InvalidRdata:
        return text


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
