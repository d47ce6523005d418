# SPDX-License-Identifier: Apache-2.0
"""What a record type is: a mnemonic, a number, and text to wire and back.

Presentation text is RFC 1035 section 5.1 without its line syntax: one value is not a line of a
master file, so ``;``, ``(`` and ``)`` stand for themselves while ``"`` and ``\\`` keep their
meaning.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Bytes of rdata that always fit, with its owner, into one signed transfer message of 65535 bytes:
#: header 12, question 259, owner 255, type/class/TTL/length 10, TSIG 235.
MAX_RDATA = 65535 - 12 - 259 - 255 - 10 - 235


class InvalidRdata(ValueError):
    """One record's text cannot be rendered to wire, or bytes are not rdata of the type.

    ``reason`` is a short sentence that names the rule.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def any_set(owner: str, texts: Sequence[str]) -> None:
    """Accept every set: the type has no rule that needs the owner or the other records."""


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type.

    ``encode`` renders presentation text to canonical wire rdata (RFC 4034 section 6.2: names
    uncompressed, lower-cased where that section as amended by RFC 6840 section 5.1 lists the
    type). ``decode`` renders wire rdata of any origin to canonical text. ``check_set`` takes an
    owner name and the texts of a set. All three raise InvalidRdata and nothing else.
    """

    name: str
    number: int
    encode: Callable[[str], bytes]
    decode: Callable[[bytes], str]
    check_set: Callable[[str, Sequence[str]], None] = any_set


def number(text: str, top: int, what: str) -> int:
    """Read decimal digits, leading zeros allowed, as an integer 0..top."""
    if text.isascii() and text.isdigit():
        significant = text.lstrip("0") or "0"
        if len(significant) <= 10 and (value := int(significant)) <= top:
            return value
    raise InvalidRdata(f"The {what} must be a number from 0 to {top}.")


def canonical_number(text: str, top: int, what: str) -> int:
    """Read a decimal integer 0..top that has no leading zero."""
    if text[:1] == "0" and len(text) > 1:
        raise InvalidRdata(f"The {what} must not have a leading zero.")
    return number(text, top, what)


def fields(text: str, layout: str) -> list[str]:
    """Split text at single spaces into as many fields as layout, a list of names, has."""
    found = text.split(" ")
    if len(found) != layout.count(" ") + 1 or "" in found:
        raise InvalidRdata(f"Expected {layout}, separated by single spaces.")
    return found


def hexadecimal(text: str, what: str) -> bytes:
    """Read an even number of hexadecimal digits without spaces."""
    try:
        return binascii.unhexlify(text)
    except ValueError:
        raise InvalidRdata(f"The {what} must be pairs of hexadecimal digits.") from None


def base64_data(text: str, what: str) -> bytes:
    """Read base64, ignoring characters outside its alphabet; the padding must work out."""
    try:
        data = base64.b64decode(text)
    except ValueError:
        raise InvalidRdata(f"The {what} is not base64 (RFC 4648).") from None
    if not data:
        raise InvalidRdata(f"The {what} is empty.")
    return data


def within_limit(wire: bytes) -> bytes:
    """Return wire if it fits into MAX_RDATA bytes."""
    if len(wire) > MAX_RDATA:
        raise InvalidRdata(f"The record exceeds {MAX_RDATA} bytes on the wire.")
    return wire
