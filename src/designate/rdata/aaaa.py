# SPDX-License-Identifier: Apache-2.0
"""AAAA: one IPv6 address (RFC 3596), text as in RFC 4291 section 2.2."""

import ipaddress
import re

from designate.rdata.base import InvalidRdata, RecordType

_GROUPS = 8
_hexadecimal = re.compile(r"(?:[0-9A-Fa-f]{1,4}:){1,7}(?::|[0-9A-Fa-f:]{1,39})").fullmatch


def encode(text: str) -> bytes:
    """Render any text form without zone id, prefix length or brackets."""
    packed = _packed(text)
    if packed is not None:
        return packed
    if "%" in text:
        raise InvalidRdata("A zone id has no meaning in the DNS (RFC 4007 section 11.2).")
    try:
        return ipaddress.IPv6Address(text).packed
    except ValueError:
        raise InvalidRdata("This is not an IPv6 address (RFC 4291 section 2.2).") from None


def _packed(text: str) -> bytes | None:
    """Render the usual forms, which are many in zone files; None for all others."""
    if not _hexadecimal(text):
        return None
    left, gap, right = text.partition("::")
    before = left.split(":")
    behind = right.split(":") if right else []
    missing = _GROUPS - len(before) - len(behind)
    if missing < 1 if gap else missing:
        return None
    groups = [*before, *["0"] * missing, *behind]
    digits = "".join([group.zfill(4) for group in groups if group])
    return bytes.fromhex(digits) if len(digits) == 4 * _GROUPS else None


def decode(wire: bytes) -> str:
    """Render 16 bytes in the form of RFC 5952; an IPv4-mapped address ends in a dotted quad."""
    if len(wire) != 16:
        raise InvalidRdata("An AAAA record is 16 bytes.")
    address = ipaddress.IPv6Address(wire)
    mapped = address.ipv4_mapped
    return str(address) if mapped is None else f"::ffff:{mapped}"


TYPE = RecordType("AAAA", 28, encode, decode)
