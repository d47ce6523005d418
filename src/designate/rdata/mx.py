# SPDX-License-Identifier: Apache-2.0
"""MX: a mail exchange and its preference (RFC 1035 section 3.3.9, null MX RFC 7505)."""

from designate.rdata import names, targets
from designate.rdata.base import InvalidRdata, RecordType, canonical_number, fields


def encode(text: str) -> bytes:
    """Render ``<preference> <exchange>``; the exchange may be any absolute name."""
    preference, exchange = fields(text, "<preference> <exchange>")
    wire = canonical_number(preference, 65535, "preference").to_bytes(2, "big")
    if names.is_domain(exchange):
        return wire + names.encode_domain(exchange.lower())
    return wire + targets.encode_any(exchange)


def decode(wire: bytes) -> str:
    """Render the two fields."""
    if len(wire) < 3:
        raise InvalidRdata("An MX record is two bytes and a name.")
    return f"{int.from_bytes(wire[:2], 'big')} {targets.read_last(wire, 2)}"


TYPE = RecordType("MX", 15, encode, decode)
