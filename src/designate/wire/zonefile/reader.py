# SPDX-License-Identifier: Apache-2.0
"""Reads master files (RFC 1035 section 5) as a stream of records."""

import re
from collections.abc import Iterable

from designate.wire.zonefile.generate import Generator
from designate.wire.zonefile.lines import Accept, Line
from designate.wire.zonefile.ordinary import LINE, READERS, Names, seconds
from designate.wire.zonefile.rare import RareEntries
from designate.wire.zonefile.source import Source

_LONG = 1 << 16
"""Characters of a line that are not waited for: its end may never come."""


def read(pieces: Iterable[bytes], accept: Accept) -> None:
    """Parse a zone file given in pieces; call `accept` with the origin and each record of it.

    The first $ORIGIN names the zone, records outside it are dropped, $INCLUDE is refused. Memory
    does not grow with the file. Raises OriginMissing, Malformed, and what `accept` raises.
    """
    _Reader(pieces, accept).read()


class _Reader:
    """Where the file stands, and what goes on from one record to the next."""

    def __init__(self, pieces: Iterable[bytes], accept: Accept) -> None:
        self._source = Source(pieces)
        self._rare = RareEntries(accept)
        self._generator = Generator()
        self._accept = accept
        self._number = 1
        self._zone = ""
        self._suffix = ""
        self._names: Names | None = None
        self._owner: str | None = None
        self._last_ttl: int | None = None
        self._default_ttl: int | None = None
        self._default_is_weak = False

    def read(self) -> None:
        """Read all of it."""
        source, line = self._source, LINE.match
        while True:
            while source.position < source.end:
                found = line(source.buffer, source.position)
                if found is not None and self._take(found):
                    source.position = found.end()
                    self._number += 1
                else:
                    self._read_other()
            long = len(source.buffer) - source.position > _LONG
            if long or (not source.fill() and source.position < len(source.buffer)):
                self._read_other()
            elif not source.buffer:
                return

    def _read_other(self) -> None:
        source = self._source
        if self._generator.begins(source.buffer, source.position):
            self._generate()
            self._number += 1
        else:
            self._number = self._read_rare(source)

    def _generate(self) -> None:
        """Read each record that a line of $GENERATE stands for as if it stood there."""
        source, owner, rare_owner = self._source, self._owner, self._rare.owner
        number = self._number
        source.position, lines = self._generator.read(source.buffer, source.position, number)
        for text in lines:
            found = LINE.match(text)
            if found is None or not self._take(found):
                self._read_rare(Source([text.encode()]))
        # A record without an owner that follows is of the one before, as in BIND.
        self._owner, self._rare.owner = owner, rare_owner

    def _read_rare(self, source: Source) -> int:
        """Let dnspython read an entry; return the number of the line behind it."""
        rare = self._rare
        rare.owner, rare.last_ttl = self._owner, self._last_ttl
        number = rare.read(source, self._number)
        # An escaped dot is none: names with escapes cannot be compared as texts, dnspython does.
        self._owner = None if rare.owner is None or "\\" in rare.owner else rare.owner
        self._last_ttl = rare.last_ttl
        self._default_ttl, self._default_is_weak = rare.default_ttl, rare.default_is_weak
        zone, origin = rare.zone, rare.origin
        if zone is None or origin is None or "\\" in origin:
            self._names = None
        elif self._names is None or self._names.origin != origin:
            self._names = Names(origin)
            self._zone = zone
            self._suffix = "." if zone == "." else f".{zone.lower()}"
        return number

    def _take(self, found: re.Match[str]) -> bool:
        """Take an ordinary line; False, with nothing done, where it is not ordinary enough."""
        owner, ttl_text, later_ttl_text, rtype, rdata = found.groups()
        names = self._names
        if names is None:
            return False
        if rtype is None:
            return True
        name = names.absolute(owner) if owner else self._owner
        if name is None:
            return False
        if not f".{name.lower()}".endswith(self._suffix):
            self._owner = name
            return True
        ttl = seconds(ttl_text or later_ttl_text) if ttl_text or later_ttl_text else self._ttl()
        known = READERS.get(rtype)
        text = known and known[1](rdata, names.absolute)
        if ttl is None or not known or not text:
            return False
        self._owner = name
        if ttl_text or later_ttl_text:
            self._last_ttl = ttl
        self._accept(self._zone, Line(name, ttl, known[0], text))
        return True

    def _ttl(self) -> int | None:
        """The TTL of a record that states none."""
        if self._default_ttl is None or (self._default_is_weak and self._last_ttl is not None):
            return self._last_ttl
        return self._default_ttl
