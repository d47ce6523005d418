# SPDX-License-Identifier: Apache-2.0
"""A domain name as (part of) rdata: the API's grammar on the way in, any name on the way out."""

from designate.rdata import names
from designate.rdata.base import InvalidRdata


def encode_domain(text: str) -> bytes:
    """Render a domain, lower-cased (RFC 4034 section 6.2)."""
    if not names.is_domain(text):
        raise InvalidRdata(names.domain_fault(text))
    return names.encode_domain(text.lower())


def encode_domain_or_root(text: str) -> bytes:
    """Render a domain, lower-cased, or ``.``."""
    return b"\0" if text == "." else encode_domain(text)


def encode_any(text: str) -> bytes:
    """Render any absolute name, lower-cased."""
    try:
        return names.to_wire(text).lower()
    except names.InvalidName as error:
        raise InvalidRdata(error.reason) from None


def read(wire: bytes, offset: int) -> tuple[str, int]:
    """Read the name at offset; return its text and the next offset."""
    try:
        return names.from_wire(wire, offset)
    except names.InvalidName as error:
        raise InvalidRdata(error.reason) from None


def read_last(wire: bytes, offset: int) -> str:
    """Read the name that fills the rdata from offset to its end."""
    name, end = read(wire, offset)
    if end != len(wire):
        raise InvalidRdata("Bytes follow the name.")
    return name


def decode(wire: bytes) -> str:
    """Render rdata that is one name."""
    return read_last(wire, 0)
