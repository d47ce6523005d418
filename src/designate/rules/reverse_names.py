# SPDX-License-Identifier: Apache-2.0
"""Names under which addresses are looked up (RFC 1035 section 3.5, RFC 3596 section 2.5)."""

from collections.abc import Mapping
from ipaddress import ip_address

_BITS = {4: 8, 6: 4}
"""Bits of an address that a label stands for, by IP version."""


def pointer(address: str) -> str:
    """The name of an address's PTR record; raises ValueError."""
    return f"{ip_address(address).reverse_pointer}."


def zone(address: str, prefixes: Mapping[int, int]) -> str:
    """The name of the zone for all addresses that begin alike; raises ValueError.

    `prefixes` are the bits that they have in common, by IP version.
    """
    parsed = ip_address(address)
    labels = (parsed.max_prefixlen - prefixes[parsed.version]) // _BITS[parsed.version]
    return pointer(address).split(".", labels)[-1]
