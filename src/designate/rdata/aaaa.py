# SPDX-License-Identifier: Apache-2.0
"""AAAA: one IPv6 address (RFC 3596), text as in RFC 4291 section 2.2."""

import ipaddress

from designate.rdata.base import InvalidRdata, RecordType


def encode(text: str) -> bytes:
    """Render any text form without zone id, prefix length or brackets."""
    if "%" in text:
        raise InvalidRdata("A zone id has no meaning in the DNS (RFC 4007 section 11.2).")
    try:
        return ipaddress.IPv6Address(text).packed
    except ValueError:
        raise InvalidRdata("This is not an IPv6 address (RFC 4291 section 2.2).") from None


def decode(wire: bytes) -> str:
    """Render 16 bytes in the form of RFC 5952; an IPv4-mapped address ends in a dotted quad."""
    if len(wire) != 16:
        raise InvalidRdata("An AAAA record is 16 bytes.")
    address = ipaddress.IPv6Address(wire)
    mapped = address.ipv4_mapped
    return str(address) if mapped is None else f"::ffff:{mapped}"


TYPE = RecordType("AAAA", 28, encode, decode)
