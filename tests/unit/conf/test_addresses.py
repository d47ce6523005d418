# SPDX-License-Identifier: Apache-2.0
"""Addresses as options write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.conf.addresses import ENDPOINT, NETWORK, Endpoint, endpoint


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:9001", "127.0.0.1", 9001),
        (" 0.0.0.0:0 ", "0.0.0.0", 0),
        ("[::]:5354", "::", 5354),
        ("[2001:DB8::1]:53", "2001:db8::1", 53),
        ("ns1.example.org:53", "ns1.example.org", 53),
    ],
)
def test_an_endpoint_is_parsed(text: str, host: str, port: int) -> None:
    """Host without brackets, port as a number."""
    assert endpoint(text) == Endpoint(host, port)


@pytest.mark.parametrize(
    "text",
    ["", "9001", ":9001", "host:", "host:x", "host:65536", "host:-1", "::1:53", "[::1]", "[x]:1"],
)
def test_a_wrong_endpoint_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"."):
        endpoint(text)


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_endpoint_survives_being_written(host: object, port: int) -> None:
    """Text and endpoint are two forms of one thing."""
    original = Endpoint(str(host), port)
    assert endpoint(str(original)) == original


def test_values_that_were_parsed_are_accepted_again() -> None:
    """Programs override options with endpoints and networks, files with text."""
    assert ENDPOINT(Endpoint("::1", 53)) == Endpoint("::1", 53)
    assert NETWORK(NETWORK("192.0.2.7/24")) == NETWORK("192.0.2.0/24")
