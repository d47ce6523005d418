# SPDX-License-Identifier: Apache-2.0
"""Text, wire and text again: exact forms, and agreement with dnspython."""

from collections.abc import Callable

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.rdata import BY_NUMBER, MAX_RDATA, TYPES, InvalidRdata
from tests.unit.rdata.strategies import VALID, wire_address, wire_names

_NAMES = sorted(TYPES)


def other_side(name: str, text: str) -> bytes:
    """The canonical wire form of text by dnspython."""
    kind = dns.rdatatype.from_text(name)
    return dns.rdata.from_text(dns.rdataclass.IN, kind, text).to_digestable()


def test_the_table_holds_the_seventeen_types_under_their_iana_numbers() -> None:
    """Mnemonic and number agree with dnspython's registry."""
    assert len(TYPES) == len(BY_NUMBER) == 17
    for name, known in TYPES.items():
        assert known.name == name
        assert known.number == dns.rdatatype.from_text(name)
        assert BY_NUMBER[known.number] is known


def test_the_limit_leaves_room_for_a_signed_message() -> None:
    """Header, question, owner, fixed fields and TSIG fit beside the largest rdata."""
    assert MAX_RDATA + 12 + 259 + 255 + 10 + 235 == 65535


@pytest.mark.parametrize("name", _NAMES)
def test_valid_text_renders_as_dnspython_renders_it(name: str) -> None:
    """For RFC-valid text the wire form is dnspython's canonical form, and so is its own text's."""

    @settings(max_examples=25)
    @given(VALID[name])
    def agree(text: str) -> None:
        wire = TYPES[name].encode(text)
        assert wire == other_side(name, text)
        canonical = TYPES[name].decode(wire)
        assert TYPES[name].encode(canonical) == wire
        assert TYPES[name].decode(TYPES[name].encode(canonical)) == canonical
        assert other_side(name, canonical) == wire

    agree()


@pytest.mark.parametrize("name", _NAMES)
def test_any_text_renders_or_is_invalid(name: str) -> None:
    """No text raises anything but InvalidRdata, and what renders is stable and in the limit."""
    known = TYPES[name]
    fragments = st.sampled_from(
        [
            '"',
            "\\",
            "\\999",
            " ",
            "  ",
            ".",
            "=",
            ";",
            "0 ",
            "1 1 ",
            "1 a. ",
            "issue",
            "alpn=",
            "!a!",
        ]
        + ["key1=", "mandatory=", "ab", "\n", "\0", "\ud800", "٣", "é", "1" * 5000, "x" * 300]
    )

    @settings(max_examples=25)
    @given(st.text() | st.lists(fragments, max_size=8).map("".join), st.text(max_size=20))
    def total(text: str, owner: str) -> None:
        for candidate in (text, "0 " + text, "1 a. " + text, "1 1 1 " + text):
            try:
                known.check_set(owner, [candidate])
                wire = known.encode(candidate)
            except InvalidRdata as refused:
                assert refused.reason.isprintable()
                continue
            assert len(wire) <= MAX_RDATA
            assert known.encode(known.decode(wire)) == wire

    total()


@pytest.mark.parametrize("name", _NAMES)
def test_any_bytes_are_rdata_or_invalid(name: str) -> None:
    """No bytes raise anything but InvalidRdata; what is text reads the same for dnspython."""

    @settings(max_examples=25)
    @given(st.binary(max_size=80))
    def total(wire: bytes) -> None:
        try:
            text = TYPES[name].decode(wire)
        except InvalidRdata:
            return
        assert text.isprintable()
        assert text.isascii()

    total()


_counted = st.binary(max_size=40).map(lambda data: bytes((len(data),)) + data)
_short = st.integers(0, 65535).map(lambda number: number.to_bytes(2, "big"))
#: Rdata as another server may send it, within the type but outside the API's grammar.
FOREIGN: dict[str, st.SearchStrategy[bytes]] = {
    "A": wire_address(4),
    "AAAA": wire_address(6),
    "CNAME": wire_names(),
    "NS": wire_names(),
    "PTR": wire_names(),
    "MX": st.tuples(_short, wire_names()).map(b"".join),
    "SRV": st.tuples(_short, _short, _short, wire_names()).map(b"".join),
    "TXT": st.lists(_counted, min_size=1, max_size=4).map(b"".join),
    "SPF": st.lists(_counted, min_size=1, max_size=4).map(b"".join),
    "NAPTR": st.tuples(_short, _short, _counted, _counted, _counted, wire_names()).map(b"".join),
    "SOA": st.tuples(wire_names(), wire_names(), st.binary(min_size=20, max_size=20)).map(b"".join),
    "CAA": st.binary(max_size=60).map(lambda value: b"\0\5Issue" + value),
    "CERT": st.binary(min_size=6, max_size=60),
    "TLSA": st.binary(min_size=1, max_size=60).map(b"\3\1\0".__add__),
    "SSHFP": st.binary(min_size=20, max_size=20).map(b"\4\1".__add__),
    "HTTPS": st.tuples(_short, wire_names()).map(b"".join),
    "SVCB": st.tuples(wire_names(), _counted).map(
        lambda found: b"\0\1" + found[0] + b"\1\0\0" + found[1]
    ),
}


@pytest.mark.parametrize("name", _NAMES)
def test_foreign_rdata_keeps_its_bytes_in_its_text(name: str) -> None:
    """What a primary elsewhere may serve can be shown, and its text is the same bytes again."""

    @settings(max_examples=25)
    @given(FOREIGN[name])
    def same(wire: bytes) -> None:
        text = TYPES[name].decode(wire)
        kind = dns.rdatatype.from_text(name)
        assert dns.rdata.from_text(dns.rdataclass.IN, kind, text).to_wire() == wire

    same()


@pytest.mark.parametrize(
    ("name", "text", "wire"),
    [
        ("A", "192.0.2.1", b"\xc0\0\2\1"),
        ("CNAME", "X.Example.NET.", b"\1x\7example\3net\0"),
        ("MX", "10 A!b.X.", b"\0\x0a\3a!b\1x\0"),
        ("TXT", "", b"\0"),
        ("TXT", '""', b"\0"),
        ("TXT", '"a" "b"', b"\1a\1b"),
        ("TXT", '"a" \t "b"', b"\1a\1b"),
        ("TXT", "a;b", b"\3a;b"),
        ("TXT", r"a\ b\"\065", b'\5a b"A'),
        ("TXT", "é", b"\2\xc3\xa9"),
        ("TXT", "x" * 256, b"\xff" + b"x" * 255 + b"\1x"),
        ("TXT", f'"{"x" * 300}" "y"', b"\xff" + b"x" * 255 + b"\x2d" + b"x" * 45 + b"\1y"),
        ("TXT", "é" * 128, b"\xff" + ("é" * 127).encode() + b"\xc3" + b"\1\xa9"),
        ("SSHFP", "0 0 ABCDEF0123", b"\0\0\xab\xcd\xef\1\x23"),
        ("NAPTR", '0 0 S SIP+D2U "" .', b"\0\0\0\0\1S\7SIP+D2U\0\0"),
        ("CAA", "128 issue ;", b"\x80\5issue;"),
        ("CAA", '0 issue "ca.x; a=b"', b"\0\5issueca.x; a=b"),
        ("CAA", "0 issue ca.x; a=b", b"\0\5issueca.x; a=b"),
        ("CERT", "PKIX 1 ED25519 YW Jj", b"\0\1\0\1\x0fabc"),
        ("CERT", "PKIX 1 ED25519 *YW-Jj", b"\0\1\0\1\x0fabc"),
        ("TLSA", " 4\t255 255 ( AB ) ", b"\4\xff\xff\xab"),
        ("SVCB", "1 Svc.X. port=53", b"\0\1\3Svc\1X\0\0\3\0\2\0\x35"),
        ("SVCB", "0 .", b"\0\0\0"),
        ("SVCB", "0 . port=1", b"\0\0\0\0\3\0\2\0\1"),
    ],
)
def test_exact_wire(name: str, text: str, wire: bytes) -> None:
    """The bytes are these."""
    assert TYPES[name].encode(text) == wire


@pytest.mark.parametrize(
    ("name", "text", "canonical"),
    [
        ("AAAA", "2001:DB8:0::1", "2001:db8::1"),
        ("AAAA", "::ffff:c000:201", "::ffff:192.0.2.1"),
        ("SRV", "05 5 1 A.x.", "5 5 1 a.x."),
        ("TXT", "hello", '"hello"'),
        ("TXT", 'é"'.replace('"', r"\""), r'"\195\169\""'),
        ("TXT", "x" * 256, f'"{"x" * 255}" "x"'),
        ("SSHFP", "0 0 ABCDEF 0123", "0 0 abcdef0123"),
        ("CAA", "0 issue ca.x; a=b", '0 issue "ca.x; a=b"'),
        ("CERT", "1 01 RSASHA1 YW Jj", "PKIX 1 5 YWJj"),
        ("TLSA", "3 1 0 ( AB cd )", "3 1 0 abcd"),
        ("NAPTR", "1 2 U E2U+sip !a!b! .", '1 2 "U" "E2U+sip" "!a!b!" .'),
        ("SVCB", '1 Svc.x. port="053" alpn=h2', "1 Svc.x. alpn=h2 port=53"),
        ("SVCB", "1 . key667=a\\;b", '1 . key667="a;b"'),
    ],
)
def test_canonical_text(name: str, text: str, canonical: str) -> None:
    """Exports and imports show this text."""
    assert TYPES[name].decode(TYPES[name].encode(text)) == canonical


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("TXT", lambda size: "x" * size),
        ("SPF", lambda size: '"' + '" "'.join(["x" * 255] * (size // 256)) + '"'),
        ("CAA", lambda size: '0 x "' + "y" * size + '"'),
        ("TLSA", lambda size: "3 1 0 " + "ab" * size),
        ("CERT", lambda size: "PKIX 1 5 " + "YWJj" * (size // 3)),
        ("SVCB", lambda size: "1 . key667=" + "x" * size),
        ("HTTPS", lambda size: "1 . alpn=" + ",".join(["x" * 255] * (size // 256))),
    ],
)
def test_rdata_over_the_limit_is_refused(name: str, fits: Callable[[int], str]) -> None:
    """A record that fits renders; one larger than a transfer message can carry does not."""
    assert len(TYPES[name].encode(fits(64000))) > 63500
    with pytest.raises(InvalidRdata, match="exceeds"):
        TYPES[name].encode(fits(65536))


def test_numbers_are_ascii_digits() -> None:
    """Other digits, signs, underscores and spaces are no numbers, however long."""
    for wrong in ("٣", "+1", "-1", "1_0", "", "1" * 5000, "0x1", "1.0"):
        for name, rest in (("MX", " a."), ("SRV", " 1 1 a."), ("TLSA", " 1 0 ab"), ("CAA", " x y")):
            with pytest.raises(InvalidRdata):
                TYPES[name].encode(wrong + rest)


def test_strategies_cover_every_type() -> None:
    """The generators leave no type out."""
    assert set(VALID) == set(FOREIGN) == set(TYPES)
