# SPDX-License-Identifier: Apache-2.0
"""TLSA: the certificate of a TLS service (RFC 6698)."""

import re

from designate.rdata.base import InvalidRdata, RecordType, hexadecimal, number, within_limit

_PARENTHESES = str.maketrans("", "", "()")
_BLANKS = re.compile(r"[ \t\r\n]+")
_OWNER = re.compile(r"_([0-9]{1,5})\._[A-Za-z]+\.")
#: Digest length in bytes by matching type (RFC 6698 section 2.1.3).
_DIGESTS = {1: 32, 2: 64}


def encode(text: str) -> bytes:
    """Render ``<usage> <selector> <matching type> <hex>``; parentheses are dropped."""
    parts = _BLANKS.split(text.translate(_PARENTHESES).strip(" \t\r\n"))
    if len(parts) < 4:
        raise InvalidRdata("Expected <usage> <selector> <matching type> <data>.")
    usage = number(parts[0], 255, "certificate usage")
    selector = number(parts[1], 255, "selector")
    matching = number(parts[2], 255, "matching type")
    data = hexadecimal("".join(parts[3:]), "association data")
    if len(data) != _DIGESTS.get(matching, len(data)):
        raise InvalidRdata(
            f"Matching type {matching} takes {_DIGESTS[matching]} bytes (RFC 6698 section 2.1.3)."
        )
    return within_limit(bytes((usage, selector, matching)) + data)


def decode(wire: bytes) -> str:
    """Render the four fields, hex in lower case."""
    if len(wire) < 4:
        raise InvalidRdata("A TLSA record is three bytes and association data.")
    return f"{wire[0]} {wire[1]} {wire[2]} {wire[3:].hex()}"


def is_owner(name: str) -> bool:
    """Whether name starts with ``_port._protocol.``, port 0..65535 (RFC 6698 section 3)."""
    found = _OWNER.match(name)
    return found is not None and int(found[1]) <= 65535


TYPE = RecordType("TLSA", 52, encode, decode)
