# SPDX-License-Identifier: Apache-2.0
"""Reverse names of addresses and of the zones that hold them."""

import pytest

from designate.rules.reverse_names import pointer, zone

V6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."


@pytest.mark.parametrize(
    ("address", "name"), [("192.0.2.1", "1.2.0.192.in-addr.arpa."), ("2001:DB8::1", V6)]
)
def test_an_address_has_a_name(address: str, name: str) -> None:
    """The least significant part comes first."""
    assert pointer(address) == name


@pytest.mark.parametrize(
    ("address", "prefix", "name"),
    [
        ("192.0.2.1", 24, "2.0.192.in-addr.arpa."),
        ("192.0.2.1", 16, "0.192.in-addr.arpa."),
        ("192.0.2.1", 8, "192.in-addr.arpa."),
        ("2001:db8::1", 124, V6[2:]),
        ("2001:db8::1", 64, "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."),
        ("2001:db8::1", 4, "2.ip6.arpa."),
    ],
)
def test_a_prefix_has_a_zone(address: str, prefix: int, name: str) -> None:
    """A label is eight bits of an IPv4 address, four of an IPv6 one."""
    assert zone(address, {4: prefix, 6: prefix}) == name
