# SPDX-License-Identifier: Apache-2.0
"""A: one IPv4 address (RFC 1035 section 3.4.1)."""

from designate.rdata.base import InvalidRdata, RecordType

_OCTETS = {str(octet): octet for octet in range(256)}


def encode(text: str) -> bytes:
    """Render a dotted quad of four canonical decimal octets."""
    try:
        first, second, third, fourth = text.split(".")
        return bytes((_OCTETS[first], _OCTETS[second], _OCTETS[third], _OCTETS[fourth]))
    except (ValueError, KeyError):
        raise InvalidRdata("An IPv4 address is four numbers from 0 to 255 and dots.") from None


def decode(wire: bytes) -> str:
    """Render four bytes as a dotted quad."""
    if len(wire) != 4:
        raise InvalidRdata("An A record is four bytes.")
    return ".".join(map(str, wire))


TYPE = RecordType("A", 1, encode, decode)
