# SPDX-License-Identifier: Apache-2.0
"""Character-strings: quoting, escapes, and the split at 255 bytes (RFC 1035)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.rdata import charstrings
from designate.rdata.base import InvalidRdata


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a", b"a"),
        ('"a b"', b"a b"),
        (r"\"", b'"'),
        (r"\\", b"\\"),
        (r"\a\;", b"a;"),
        (r"\000\255", b"\0\xff"),
        (r"\0651", b"A1"),
        ('"\t(;)"', b"\t(;)"),
        (r"a\ b", b"a b"),
        ("\\é", b"\xc3\xa9"),
    ],
)
def test_one_string(text: str, data: bytes) -> None:
    """Quotes are dropped and escapes resolved."""
    assert charstrings.parse(text) == data
    assert charstrings.encode(text) == bytes((len(data),)) + data


@pytest.mark.parametrize(
    "text",
    ["\\", "a\\", r"\1", r"\12", r"\1a", r"\256", r"\999", '"\\"', '"\\256"', '"\\1"']
    + ['"', '"a', 'a"', 'a"b', '"a"b"', '"a"b', 'a "b"', '"a" b', '"a""b"', '""a""', "a b"]
    + [' "a"', '"a" ', " ", "a\tb", "a\0b", "a\rb", "a\nb", '"a\nb"', '"a" "b', "\ud800"],
)
def test_text_no_master_file_reader_takes(text: str) -> None:
    """Bad escapes, unbalanced or inner quotes, bare spaces and line breaks are refused."""
    with pytest.raises(InvalidRdata):
        charstrings.encode(text)


@pytest.mark.parametrize("wire", [b"", b"\1", b"\2a", b"\1a\5b"])
def test_bytes_that_are_no_strings(wire: bytes) -> None:
    """No string at all, and a string past the end, are refused."""
    with pytest.raises(InvalidRdata):
        charstrings.decode(wire)


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=600), min_size=1, max_size=4))
def test_long_strings_are_split_by_bytes_and_lose_none(strings: list[bytes]) -> None:
    """Each piece on the wire says its own length, and all pieces together are the input."""
    wire = charstrings.encode(" ".join(map(charstrings.quote, strings)))
    pieces, offset = [], 0
    while offset < len(wire):
        piece, offset = charstrings.read(wire, offset)
        pieces.append(piece)
    assert b"".join(pieces) == b"".join(strings)
    assert len(pieces) == sum(max(1, -(-len(data) // 255)) for data in strings)


def test_fields_keep_quoted_spaces() -> None:
    """A space inside quotes or after a backslash does not end a field."""
    assert charstrings.split_fields(r'1 "a b" c="d e" f\ g') == ["1", '"a b"', 'c="d e"', r"f\ g"]
    for broken in ("", " a", "a ", "a  b", 'a "b', "a\tb", "a \\"):
        with pytest.raises(InvalidRdata):
            charstrings.split_fields(broken)


def test_a_string_longer_than_its_length_byte_is_refused() -> None:
    """Where one string is one field, 256 bytes are too many."""
    assert charstrings.short(b"x" * 255)[0] == 255
    with pytest.raises(InvalidRdata):
        charstrings.short(b"x" * 256)
