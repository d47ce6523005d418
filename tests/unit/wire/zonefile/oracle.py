# SPDX-License-Identifier: Apache-2.0
"""The whole of a zone file read by dnspython alone: what our reader must agree with."""

import io
from typing import Any, cast

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tokenizer
import dns.transaction
import dns.zonefile

from designate.wire import zonefile
from designate.wire.zonefile import Line


class Transaction:
    """Keeps what dnspython's reader adds."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.origin = ""
        self.add_unicode = self.check_put_rdataset = lambda _ignored: None

    @property
    def manager(self) -> "Transaction":
        return self

    def origin_information(self) -> tuple[None, bool, None]:
        return None, False, None

    def _set_origin(self, origin: dns.name.Name) -> None:
        self.origin = self.origin or origin.to_text()

    def add(self, name: dns.name.Name, ttl: int, rdata: dns.rdata.Rdata) -> None:
        rtype = dns.rdatatype.to_text(rdata.rdtype)
        self.lines.append(Line(name.to_text(), ttl, rtype, rdata.to_text()))


class Tokenizer(dns.tokenizer.Tokenizer):
    """Tells the line of the last word of an entry, or where it began when there is none yet."""

    line = 1
    at_end = True

    def get(self, *args: Any, **options: Any) -> dns.tokenizer.Token:
        if self.at_end and self.ungotten_token is None:
            self.line = self.line_number
        token = super().get(*args, **options)
        self.at_end = token.is_eol_or_eof()
        if not self.at_end:
            self.line = self.line_number - (self.ungotten_char == "\n")
        return token

    def where(self) -> tuple[str, int]:
        return super().where()[0], self.line


def expected(text: bytes) -> tuple[str, list[Line], str | None]:
    """The origin, the records that come before an error, and that error."""
    taken = Transaction()
    try:
        source = io.StringIO(text.decode("utf-8-sig"), newline="")
        sink = cast(dns.transaction.Transaction, taken)
        dns.zonefile.Reader(Tokenizer(source, "line"), dns.rdataclass.IN, sink).read()
    except dns.zonefile.UnknownOrigin:
        return taken.origin, taken.lines, "The $ORIGIN statement is required and must be the first"
    except UnicodeDecodeError as error:
        return "", [], f"Malformed zone file: not UTF-8 ({error.reason})"
    except (dns.exception.DNSException, ValueError) as error:
        return taken.origin, taken.lines, f"Malformed zone file: {error}"
    return taken.origin, taken.lines, None


def found(text: bytes, piece: int = 7) -> tuple[str, list[Line], str | None]:
    """The same by our reader, the file in pieces."""
    origins: set[str] = set()
    lines: list[Line] = []

    def accept(origin: str, line: Line) -> None:
        origins.add(origin)
        lines.append(line)

    pieces = [text[at : at + piece] for at in range(0, len(text), piece)]
    error: Any = None
    try:
        zonefile.read(pieces, accept)
    except zonefile.ZoneFileError as refusal:
        error = str(refusal)
    assert len(origins) <= 1
    return "".join(origins), lines, error
