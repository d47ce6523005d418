# SPDX-License-Identifier: Apache-2.0
"""Cookies as other servers make them, and nothing else is taken for one."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.wire import cookies
from designate.wire.siphash import siphash

REFERENCE = (
    "310e0edd47db6f72 fd67dc93c539f874 5a4fa9d909806c0d 2d7efbd796666785 b7877127e09427cf"
    " 8da699cd64557618 cee3fe586e46c9cb 37d1018bf50002ab 6224939a79f5f593 b0e4a90bdf82009e"
    " f3b9dd94c5bb5d7a a7ad6b22462fb3f4 fbe50e86bc8f1e75"
)
"""The first vectors of the reference implementation: key 00..0f, data of 0, 1, 2 ... bytes."""

Vector = tuple[str, str, str, str, int]
VECTORS: list[Vector] = [
    (
        "e5e973e5a6b2a43f48e7dc849e37bfcf",
        "198.51.100.100",
        "2464c4abcf10c957",
        "010000005cf79f111f8130c3eee29480",
        1559731985,
    ),
    (
        "e5e973e5a6b2a43f48e7dc849e37bfcf",
        "198.51.100.100",
        "2464c4abcf10c957",
        "010000005cf7a871d4a564a1442aca77",
        1559734385,
    ),
    (
        "e5e973e5a6b2a43f48e7dc849e37bfcf",
        "203.0.113.203",
        "fc93fc62807ddb86",
        "010000005cf7a9acf73a7810aca2381e",
        1559734700,
    ),
    (
        "445536bcd2513298075a5d379663c962",
        "2001:db8:220:1:59de:d0f4:8769:82b8",
        "22681ab97d52c298",
        "010000005cf7c609a6bb79d16625507a",
        1559741961,
    ),
]
"""RFC 9018 appendix A.1 to A.4: secret, client, its cookie, ours, time."""


def packed(host: str) -> bytes:
    """An address in network form."""
    return socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)


def test_the_hash_is_that_of_the_reference_implementation() -> None:
    """For whole words and all kinds of rests."""
    key = bytes(range(16))
    for size, expected in enumerate(REFERENCE.split()):
        assert siphash(key, bytes(range(size))).hex() == expected


@pytest.mark.parametrize("vector", VECTORS, ids=["A.1", "A.2", "A.3", "A.4"])
def test_cookies_are_those_of_the_rfc(vector: Vector) -> None:
    """So that servers of several makers can share an address."""
    secret, host, client, ours, now = vector
    made = cookies.make(bytes.fromhex(secret), bytes.fromhex(client), packed(host), now)
    assert made.hex() == client + ours
    assert cookies.verify(bytes.fromhex(secret), made, packed(host), now + 60)


def test_what_others_keep_in_reserve_is_part_of_the_cookie() -> None:
    """RFC 9018 appendix A.3: bytes that we leave zero are hashed as they come."""
    secret = bytes.fromhex("e5e973e5a6b2a43f48e7dc849e37bfcf")
    cookie = bytes.fromhex("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5")
    assert cookies.verify(secret, cookie, packed("203.0.113.203"), 1559727985 + 60)


@pytest.mark.parametrize(
    ("late", "valid", "young"),
    [
        (-301, False, True),
        (-300, True, True),
        (0, True, True),
        (1799, True, True),
        (1800, True, False),
        (3600, True, False),
        (3601, False, False),
    ],
)
def test_a_cookie_is_good_for_an_hour(late: int, valid: bool, young: bool) -> None:  # noqa: FBT001
    """Also where 32 bits of seconds begin anew (RFC 9018 section 4.3)."""
    for made_at in (1_559_731_985, 2**32 - 10):
        cookie = cookies.make(b"s" * 16, b"client!!", b"\x7f\0\0\1", made_at)
        assert cookies.verify(b"s" * 16, cookie, b"\x7f\0\0\1", made_at + late) == valid
        assert cookies.is_young(cookie, made_at + late) == young


@given(st.integers(8, 23), st.integers(1, 255))
def test_every_bit_of_a_cookie_counts(position: int, change: int) -> None:
    """As do its client and its secret."""
    address, now = b"\xc0\0\2\1", 1_600_000_000
    cookie = cookies.make(b"s" * 16, b"client!!", address, now)
    other = bytearray(cookie)
    other[position] ^= change
    assert not cookies.verify(b"s" * 16, bytes(other), address, now)
    assert not cookies.verify(b"s" * 16, b"CLIENT!!" + cookie[8:], address, now)
    assert not cookies.verify(b"t" * 16, cookie, address, now)
    assert not cookies.verify(b"s" * 16, cookie, b"\xc0\0\2\2", now)


def test_lengths_of_cookies() -> None:
    """8 bytes, or 16 to 40 (RFC 7873 section 5.2.2)."""
    good = {size for size in range(50) if cookies.is_well_formed(bytes(size))}
    assert good == {8, *range(16, 41)}
