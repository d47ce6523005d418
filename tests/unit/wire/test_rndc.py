# SPDX-License-Identifier: Apache-2.0
"""Messages of the control channel: what is packed is unpacked, and nothing without the key."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.wire import rndc

ALGORITHMS = ["hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]
KEY = rndc.Key("hmac-sha256", b"0123456789abcdef")
TEXTS = st.dictionaries(st.text("abc_", min_size=1, max_size=5), st.text(max_size=40), max_size=4)


def body(message: bytes) -> bytes:
    """A message without its length."""
    (length,) = rndc.PREFIX.unpack_from(message)
    assert length == len(message) - rndc.PREFIX.size
    return message[rndc.PREFIX.size :]


@given(st.sampled_from(ALGORITHMS), TEXTS, TEXTS)
def test_what_is_packed_is_unpacked(
    algorithm: str, control: dict[str, str], data: dict[str, str]
) -> None:
    """With every algorithm that BIND has."""
    key = rndc.Key(algorithm, b"secret")
    assert rndc.unpack(key, body(rndc.pack(key, control, data))) == (control, data)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_key_is_noticed(algorithm: str) -> None:
    """Answers are believed from the server only."""
    message = body(rndc.pack(rndc.Key(algorithm, b"one"), {}, {"type": "status"}))
    with pytest.raises(rndc.BadMessage, match="not signed"):
        rndc.unpack(rndc.Key(algorithm, b"other"), message)


@given(st.integers(1, 40), st.integers(1, 255))
def test_a_changed_byte_is_noticed(position: int, change: int) -> None:
    """Wherever it is behind the signature."""
    message = bytearray(body(rndc.pack(KEY, {"_ser": "1"}, {"type": "status"})))
    message[-position] ^= change
    with pytest.raises(rndc.BadMessage):
        rndc.unpack(KEY, bytes(message))


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(noise: bytes) -> None:
    """Without the key nothing is a message."""
    with pytest.raises(rndc.BadMessage):
        rndc.unpack(KEY, noise)


def test_a_key_is_read_from_its_file() -> None:
    """As rndc-confgen writes it, or a person."""
    written = """
        # the key of rndc
        key "rndc-key" {
            algorithm hmac-sha256; // not md5
            secret "MDEyMzQ1Njc4OWFiY2RlZg==";
        };
    """
    assert rndc.read_key(written) == KEY


def test_a_key_does_not_show_its_secret() -> None:
    """Not even where somebody logs it."""
    assert "0123" not in repr(KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "options { default-key k; };",
        "key k { algorithm hmac-sha256; };",
        'key k { algorithm hmac-md4; secret "MDEy"; };',
        'key k { algorithm hmac-sha256; secret "MDE"; };',
    ],
)
def test_a_file_without_a_usable_key_has_none(text: str) -> None:
    """Then the program has to know better."""
    assert rndc.read_key(text) is None


@pytest.mark.parametrize("levels", [5, 1000, 100_000])
def test_tables_without_end_are_no_message(levels: int) -> None:
    """However deep they are nested, and though nobody has signed them."""
    nested = b""
    for _ in range(levels):
        nested = b"\1a" + struct.pack("!BI", 2, len(nested)) + nested[: 1 << 10]
    signed = rndc.PREFIX.pack(1) + nested
    with pytest.raises(rndc.BadMessage):
        rndc.unpack(KEY, signed)
