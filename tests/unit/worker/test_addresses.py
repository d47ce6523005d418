# SPDX-License-Identifier: Apache-2.0
"""Addresses are at hand, or come later; nobody waits for them."""

import threading
import time

import pytest

from designate.worker.addresses import Addresses


def refuse(host: str) -> str:
    """A lookup that fails."""
    raise OSError(f"no {host}")


@pytest.mark.parametrize(
    ("given", "found"), [("192.0.2.1", "192.0.2.1"), ("2001:DB8::01", "2001:db8::1")]
)
def test_an_address_is_its_own_in_the_form_that_sockets_use(given: str, found: str) -> None:
    """So that senders can be compared with it."""
    assert Addresses(refuse).find(given) == found


def test_a_name_is_looked_up_beside_and_known_later() -> None:
    """Until then it has no address."""
    go, looked = threading.Event(), []

    def lookup(host: str) -> str:
        looked.append(host)
        go.wait(5)
        return "192.0.2.1"

    addresses = Addresses(lookup)
    assert addresses.find("ns1.example.org.") is None
    go.set()
    deadline = time.monotonic() + 5
    while addresses.find("ns1.example.org.") != "192.0.2.1":
        assert time.monotonic() < deadline
    assert looked == ["ns1.example.org."]


def test_a_name_that_cannot_be_looked_up_has_no_address() -> None:
    """It is asked for again later, not at once."""
    addresses = Addresses(refuse)
    assert [addresses.find("nowhere.example.") for _ in range(3)] == [None] * 3
