# SPDX-License-Identifier: Apache-2.0
"""The rules of single types that the examples of the API do not show."""

import contextlib
import socket

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from designate.rdata import TYPES, InvalidRdata
from designate.rdata.substitution import check_substitution
from designate.rdata.tlsa import is_owner

HEX20, HEX32, HEX64 = "ab" * 20, "ab" * 32, "ab" * 64

ACCEPTED = [
    ("AAAA", "1:2:3:4:5:6:7::"),
    ("CNAME", "com."),
    ("MX", r"10 a\.b\032c.x."),
    ("MX", "65535 a(b;c).x."),
    ("SSHFP", f"255 255 {HEX64}"),
    ("SSHFP", f"0 0 {HEX64}"),
    ("SSHFP", f"4 2 {HEX32[:30]} {HEX32[30:]}"),
    ("SSHFP", f"1 3 {HEX64}"),
    ("NAPTR", '1 1 "U" "E2U+web:http" "!^a b$!http://x/ y!" .'),
    ("NAPTR", r'1 1 u E2U+sip "!^(.*)$!sip:\\1@x!" .'),
    ("CAA", '0 issue ""'),
    ("CAA", '0 issue "ca.x ; a = b ; c=d ;"'),
    ("CAA", "0 issue ca.x; policy=ev trailing"),
    ("CAA", "0 issuevmc ;"),
    ("CAA", "255 contactemail someone@example.com"),
    ("CAA", "0 iodef https://[2001:db8::1]:8443/report?x=1"),
    ("CAA", "0 iodef mailto:a+b@example.com?subject=x"),
    ("CERT", "PKIX 007 PRIVATEOID YWJj"),
    ("TLSA", f"3 1 2 {HEX64}"),
    ("TLSA", "3 1 0 (ab)"),
    ("TLSA", "3 1 0 ab\ncd"),
    ("SOA", r"ns1.x. first\.last.x. 1 0 0 0 2147483647"),
]
REFUSED = [
    ("A", "192.0.2.1.5"),
    ("A", "192.0.2.٣"),
    ("A", "192.0.2.+1"),
    ("A", "192.0.2.1\n"),
    ("AAAA", "fe80::1%"),
    ("AAAA", "::1 "),
    ("AAAA", "::1\n"),
    ("CNAME", "a.b.\n"),
    ("CNAME", r"a\.b."),
    ("MX", '10 a"b.'),
    ("MX", "10 é.x."),
    ("MX", "10 ."[:-1]),
    ("MX", "10\ta."),
    ("MX", "10 " + "a" * 64 + "."),
    ("SSHFP", f"256 1 {HEX20}"),
    ("SSHFP", f"1 256 {HEX20}"),
    ("SSHFP", f"1 1 {HEX64}"),
    ("SSHFP", f"1 1 {HEX32}"),
    ("SSHFP", f"1 2 {HEX20}"),
    ("SSHFP", f"1 3 {'ab' * 256}"),
    ("SSHFP", f"1 1  {HEX20}"),
    ("SSHFP", "1 3 abcdef01"),
    ("SSHFP", f"1 1 {HEX20[:-1]}"),
    ("NAPTR", "1 1 U E2U+sip"),
    ("NAPTR", '1 1 "U" "E2U+sip" "!a!b!" *.x.'),
    ("NAPTR", r'1 1 "U" "E2U+sip" "!(a)!\1!" .'),
    ("NAPTR", '1 1 "U" "' + "a" * 256 + '" "" .'),
    ("CAA", "0 issue "),
    ("CAA", "256 issue ca.x"),
    ("CAA", "01 issue ca.x"),
    ("CAA", "0 issue ca.x."),
    ("CAA", "0 issue ca.x;a"),
    ("CAA", '0 issue "%%%%%"'),
    ("CAA", '0 issue ca"x'),
    ("CAA", '0 issue "ca.x'),
    ("CAA", '0 issue "ca.x" y'),
    ("CAA", "0 is-sue ca.x"),
    ("CAA", "0 " + "a" * 256 + " x"),
    ("CAA", "0 iodef ftp://example.com/"),
    ("CAA", "0 iodef mailto:nobody"),
    ("CAA", "0 iodef https://-bad-.x/"),
    ("CERT", "PKIX 1 5 YWJj\n"),
    ("CERT", "PKIX 1 5 é"),
    ("CERT", "PKIX 1 5 ===="),
    ("TLSA", f"3 1 2 {HEX32}"),
    ("TLSA", "3 1 0 ()"),
    ("SOA", "ns1.x. . 1 1 1 1 1"),
    ("SOA", ". h.x. 1 1 1 1 1"),
    ("SOA", "ns1.x. h.x. 4294967296 1 1 1 1"),
    ("SOA", "ns1.x. h.x. 1 2147483648 1 1 1"),
]
FOREIGN_BYTES = [
    ("A", b"123"),
    ("AAAA", b"1234"),
    ("CNAME", b"\1a\0x"),
    ("MX", b"\0\1"),
    ("SRV", b"\0" * 6),
    ("SSHFP", b"\1\1"),
    ("TLSA", b"\1\1\1"),
    ("CERT", b"\0\1\0\1\5"),
    ("CAA", b"\0"),
    ("CAA", b"\0\0x"),
    ("CAA", b"\0\6issue"),
    ("CAA", b"\0\3a-b"),
    ("NAPTR", b"\0\1\0\1\0\0\0"),
    ("NAPTR", b"\0\1\0\1\0\0\5a\0"),
    ("SOA", b"\0\0" + b"\0" * 19),
]


@pytest.mark.parametrize(("name", "text"), ACCEPTED)
def test_accepted(name: str, text: str) -> None:
    """Text that the RFC or the reference accepts renders and survives."""
    wire = TYPES[name].encode(text)
    assert TYPES[name].encode(TYPES[name].decode(wire)) == wire


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_refused(name: str, text: str) -> None:
    """Text that breaks a rule of its type is refused."""
    with pytest.raises(InvalidRdata):
        TYPES[name].encode(text)


@pytest.mark.parametrize(("name", "wire"), FOREIGN_BYTES)
def test_bytes_that_are_not_the_type(name: str, wire: bytes) -> None:
    """Bytes of the wrong shape are no rdata of the type."""
    with pytest.raises(InvalidRdata):
        TYPES[name].decode(wire)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"!^.*$!x!",
        b"!a!!i",
        b"/(a|b)+c?/\\1/",
        b"!a{2}b{1,}c{0,255}!!",
        b"![]a-z^][^]-][[:digit:]-]!!",
        rb"!\!\(a\\!\\!",
        b"%a%b%",
        b"]a]b]",
        b"^(a)^\\1^",
        b"!(^|x)a($)!\\2!",
        b"!((((a))))!\\4!",
    ],
)
def test_substitutions(value: bytes) -> None:
    """A delimiter, an extended regular expression, a replacement, and perhaps an i."""
    check_substitution(value)


@pytest.mark.parametrize(
    "value",
    [b"foo", b"!", b"!!", b"!!!", b"!a!", b"!a!b", b"!a!b!c!", b"!a!b!x", b"!a!b!ii", b"1a1b1"]
    + [b"iaibi", b"\\a\\b\\", b"!a\\!b!", b"!(a!b!", b"!a)!b!", b"!()!b!", b"!*a!b!", b"!a**!b!"]
    + [b"!^*!b!", b"!a|!b!", b"!|a!b!", b"!(|a)!b!", b"!a{!b!", b"!a{2,1}!b!", b"!a{256}!b!"]
    + [b"!a{x}!b!", b"![!b!", b"![]!b!", b"![^]!b!", b"![b-a]!b!", b"![[:foo:]]!b!", b"![a-b-c]!b!"]
    + [b"!a!\\1!", b"!(a)!\\2!", b"!(a)!\\0!", b"!a\0!b!", b"!\\1!b!"],
)
def test_broken_substitutions(value: bytes) -> None:
    """What POSIX does not define stops a name server's load, so it is refused."""
    with pytest.raises(InvalidRdata):
        check_substitution(value)


@pytest.mark.parametrize("owner", ["_443._tcp.example.com.", "_0._udp.x.", "_65535._sctp.x."])
def test_owners_of_tlsa(owner: str) -> None:
    """A port and a protocol stand before the name."""
    assert is_owner(owner)


@pytest.mark.parametrize(
    "owner",
    ["www.example.com.", "_99999._tcp.x.", "*._tcp.x.", "_443.tcp.x.", "_443._t1.x.", "x._1._a.b."],
)
def test_no_owners_of_tlsa(owner: str) -> None:
    """No other name is one (RFC 6698 section 3)."""
    assert not is_owner(owner)


def test_other_types_take_any_set() -> None:
    """Types without a rule for the set accept every owner."""
    for name in sorted(set(TYPES) - {"SVCB"}):
        TYPES[name].check_set("anything at all", ["x", "x"])


def _as_the_system_reads(text: str) -> bytes | None:
    with contextlib.suppress(OSError):
        return socket.inet_pton(socket.AF_INET6, text)
    return None


_GROUP = st.text("0123456789abcdefABCDEF", max_size=5)
_ADDRESS_LIKE = st.one_of(
    st.text("0123456789abcdefABCDEF:.", max_size=45),
    st.lists(_GROUP, max_size=10).map(":".join),
    st.ip_addresses(v=6).map(lambda address: address.exploded),
    st.lists(_GROUP, max_size=7).map(lambda groups: ":".join([*groups, "192.0.2.1"])),
)


@given(_ADDRESS_LIKE)
@example("1:2:3:4:5:6:12345678:")
@example("2001::12345678:")
@example("1:2:3:4::123456789abc::")
@example("::1.2.3.04")
def test_ipv6_addresses_are_those_of_the_system(text: str) -> None:
    """In AAAA and in the hints of a service binding: the same bytes, or refused."""
    expected = _as_the_system_reads(text)
    if expected is None:
        with pytest.raises(InvalidRdata):
            TYPES["AAAA"].encode(text)
        with pytest.raises(InvalidRdata):
            TYPES["SVCB"].encode(f"1 . ipv6hint={text}")
    else:
        assert TYPES["AAAA"].encode(text) == expected
        assert TYPES["SVCB"].encode(f"1 . ipv6hint={text}").endswith(expected)


@pytest.mark.parametrize("text", ["::1\0", "\ud800::", "::\u0661"])
def test_text_that_is_no_ascii_is_no_address(text: str) -> None:
    """NUL and halves of characters too, which the system does not even look at."""
    with pytest.raises(InvalidRdata):
        TYPES["AAAA"].encode(text)
