# SPDX-License-Identifier: Apache-2.0
"""AAAA: one IPv6 address (RFC 3596), text as in RFC 4291 section 2.2."""

import ipaddress
import re

from designate.rdata.base import InvalidRdata, RecordType

_COUNT = 8
_GROUP = "[0-9A-Fa-f]{1,4}"
_groups = re.compile(f"{_GROUP}(?::{_GROUP})*(?:::(?:{_GROUP}(?::{_GROUP})*)?)?").fullmatch


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
    if not _groups(text):
        return None
    left, gap, right = text.partition("::")
    before = left.split(":")
    behind = right.split(":") if right else []
    missing = _COUNT - len(before) - len(behind)
    if missing < 1 if gap else missing:
        return None
    groups = [*before, *["0"] * missing, *behind]
    return bytes.fromhex("".join([group.zfill(4) for group in groups]))


def decode(wire: bytes) -> str:
    """Render 16 bytes in the form of RFC 5952; an IPv4-mapped address ends in a dotted quad."""
    if len(wire) != 16:
        raise InvalidRdata("An AAAA record is 16 bytes.")
    address = ipaddress.IPv6Address(wire)
    mapped = address.ipv4_mapped
    return str(address) if mapped is None else f"::ffff:{mapped}"


TYPE = RecordType("AAAA", 28, encode, decode)
