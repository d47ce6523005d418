# SPDX-License-Identifier: Apache-2.0
"""What is no ordinary line, read by dnspython: directives (but $GENERATE), several lines in
parentheses, the SOA, rare types and forms, and everything that is wrong, since it finds the words
for it."""

from typing import Any, cast

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.transaction
import dns.zonefile

from designate.wire.zonefile.lines import Accept, Line, Malformed, OriginMissing, ZoneFileError
from designate.wire.zonefile.source import Source

_MAX_TOKENS = 1 << 16
"""Parts of one record: no rdata has as many, but a file in parentheses might."""


class _Entry:
    """A file for dnspython's tokenizer that ends where the entry does: at the first newline outside
    of quotes and parentheses, be it LF, CR or both."""

    tokenizer: dns.tokenizer.Tokenizer

    def __init__(self, source: Source) -> None:
        self._source = source
        self._over = False

    def read(self, _size: int) -> str:
        if self._over:
            return ""
        character = self._source.take()
        if character == "\r" and not self.tokenizer.quoting:
            self._source.skip("\n")
            character = "\n"
        if character == "\n":
            self._over = not self.tokenizer.quoting and not self.tokenizer.multiline
        return character


class _Tokenizer(dns.tokenizer.Tokenizer):
    """Tells the line of the last word, even where it has looked, or gone, beyond the line's end.

    A record that does not end is refused before it fills the memory.
    """

    _tokens = 0
    _line = 1

    def begin(self, number: int) -> None:
        """Count from this line on."""
        self.line_number = self._line = number

    def get(self, *args: Any, **options: Any) -> dns.tokenizer.Token:
        token = super().get(*args, **options)
        if token.is_eol_or_eof():
            self._tokens = 0
        else:
            self._tokens += 1
            self._line = self.line_number - (self.ungotten_char == "\n")
        if self._tokens > _MAX_TOKENS:
            text = f"a record has more than {_MAX_TOKENS} parts"
            raise dns.exception.SyntaxError(text)  # type: ignore[no-untyped-call]
        return token

    def where(self) -> tuple[str, int]:
        filename, _ = super().where()
        return filename, self._line


class _Sink:
    """Stands where dnspython's reader expects a transaction, and passes each record on."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept
        self.origin: str | None = None

    @property
    def manager(self) -> "_Sink":
        return self

    def origin_information(self) -> tuple[None, bool, None]:
        return None, False, None

    def check_put_rdataset(self, _check: Any) -> None:
        """Central checks what may stand beside a CNAME."""

    def _set_origin(self, origin: dns.name.Name) -> None:
        if self.origin is None:
            self.origin = origin.to_text()

    def add_unicode(self, _kind: str) -> None:
        """How U-labels are encoded makes no difference to us: names must be A-labels."""

    def add(self, name: dns.name.Name, ttl: int, rdata: dns.rdata.Rdata) -> None:
        if self.origin is None:
            raise OriginMissing
        rtype = dns.rdatatype.to_text(rdata.rdtype)
        self._accept(self.origin, Line(name.to_text(), ttl, rtype, rdata.to_text()))


class RareEntries:
    """Reads entries by dnspython, between ordinary lines that somebody else reads.

    The properties are what goes on from one entry to the next, and may be set.
    """

    def __init__(self, accept: Accept) -> None:
        self._sink = _Sink(accept)
        self._reader = dns.zonefile.Reader(
            _Tokenizer("", "line"),
            dns.rdataclass.IN,
            cast(dns.transaction.Transaction, self._sink),
        )
        self._owner: dns.name.Name | None = None
        self._owner_text: str | None = None

    @property
    def zone(self) -> str | None:
        """The first $ORIGIN: the name of the zone."""
        return self._sink.origin

    @property
    def origin(self) -> str | None:
        """The $ORIGIN that holds."""
        origin = self._reader.current_origin
        return None if origin is None else origin.to_text()

    @property
    def owner(self) -> str | None:
        """The owner of the last record."""
        if self._owner is not self._reader.last_name:
            self._owner = self._reader.last_name
            self._owner_text = None if self._owner is None else self._owner.to_text()
        return self._owner_text

    @owner.setter
    def owner(self, text: str | None) -> None:
        if text is not None and text != self._owner_text:
            self._owner = self._reader.last_name = dns.name.from_text(text)
            self._owner_text = text

    @property
    def last_ttl(self) -> int | None:
        """The last TTL that a record stated."""
        return self._reader.last_ttl if self._reader.last_ttl_known else None

    @last_ttl.setter
    def last_ttl(self, ttl: int | None) -> None:
        if ttl is not None:
            self._reader.last_ttl, self._reader.last_ttl_known = ttl, True

    @property
    def default_ttl(self) -> int | None:
        """The TTL of $TTL, or else of the SOA; see `default_is_weak`."""
        return self._reader.default_ttl if self._reader.default_ttl_known else None

    @property
    def default_is_weak(self) -> bool:
        """Whether a record's stated TTL goes before the default: that is the SOA's (RFC 2308)."""
        return bool(getattr(self._reader, "default_ttl_from_soa", False))

    def read(self, source: Source, number: int) -> int:
        """Read the entry that begins on this line; return the number of the line behind it."""
        entry = _Entry(source)
        codec = self._reader.tok.idna_codec  # $UNICODE sets it
        entry.tokenizer = tokenizer = _Tokenizer(entry, "line", codec)
        tokenizer.begin(number)
        self._reader.tok = tokenizer
        try:
            self._reader.read()
        except dns.zonefile.UnknownOrigin:
            raise OriginMissing from None
        except (dns.exception.DNSException, ValueError) as error:
            if isinstance(error, ZoneFileError):
                raise
            raise Malformed(error) from None
        return tokenizer.line_number
