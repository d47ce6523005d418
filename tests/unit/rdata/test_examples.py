# SPDX-License-Identifier: Apache-2.0
"""Every example of the API's chapter on record types: what clients send keeps working."""

import pytest

from designate.rdata import TYPES, InvalidRdata

_X = "x".__mul__
_HEX40 = "123456789abcdef67890" * 2
_HEX64 = "0123456789abcdef" * 4

ACCEPTED = {
    "A": ["192.0.2.1", "0.0.0.0", "255.255.255.255"],
    "AAAA": ["2001:db8::1", "2001:DB8::1", "::", "::ffff:192.0.2.1"],
    "CNAME": ["web.example.net.", "_dmarc.example.net.", "X.Example.NET."],
    "NS": ["web.example.net.", "_dmarc.example.net.", "X.Example.NET.", "192.0.2.1."],
    "PTR": ["web.example.net.", "_dmarc.example.net.", "X.Example.NET."],
    "MX": ["10 mail.example.net.", "0 .", "10 *.x.", "10 a!b."],
    "SRV": ["0 5 5060 sip.example.net.", "05 5 1 a.x."],
    "TXT": [
        "hello",
        '"hello world"',
        r'"a\"b"',
        "a;b",
        _X(255),
        f'"{_X(253)}"',
        f'"{_X(200)}" "{"y" * 200}"',
        '""',
        "",
    ],
    "SPF": ["v=spf1", '"v=spf1 -all"', f'"{_X(300)}"'],
    "SSHFP": [f"4 2 {_HEX64}", f"1 1 {_HEX40}", "0 0 ABCDEF0123"],
    "NAPTR": [
        '100 10 "U" "E2U+sip" "!^.*$!sip:info@example.com!" a.example.',
        '0 0 S SIP+D2U "" _sip._udp.example.com.',
        '100 10 "" "" "" a.b.',
    ],
    "CAA": [
        "0 issue ca.example.net",
        "0 issue ca.example.net; policy=ev; acct=7",
        "1 issuewild ca.example.net",
        "0 iodef mailto:sec+x@example.com",
        "0 iodef https://example.com/r",
    ],
    "CERT": ["PKIX 1 RSASHA1 YWJj", "65535 1 255 YWJj", "PKIX 1 ED25519 YW Jj"],
    "TLSA": [
        f"3 1 1 {_HEX64}",
        f"3 1 1 ( {_HEX64[:32]} {_HEX64[32:]} )",
        f"3 1 1 (\n    {_HEX64[:32]}\r\n\t{_HEX64[32:]}\n)",
        "3 1 0 abcd",
        "4 255 255 AB",
    ],
    "SVCB": [
        "1 svc.example.net. alpn=h2,h3 port=8443",
        "0 svc.example.net.",
        "1 svc.example.net. ech=YQ==",
        "1 svc.example.net. mandatory=alpn alpn=h2",
        "1 dns.example.net. alpn=h2 dohpath=/dns-query{?dns}",
    ],
    "HTTPS": [
        "1 svc.example.net. alpn=h2,h3 port=8443",
        "0 svc.example.net.",
        "1 svc.example.net. ech=YQ==",
        "1 svc.example.net. mandatory=alpn alpn=h2",
    ],
    "SOA": [
        "ns1.pool. dns.shop.example. 1795236999 3563 600 86400 3600",
        "ns1.pool. dns.shop.example. 1 3563 600 86400 3600",
        "ns1.pool. dns.shop.example. 4294967295 3563 600 86400 3600",
    ],
}

_NO_DOMAIN = [
    "web.example.net",
    "*.example.net.",
    ".",
    "-a.example.net.",
    "a/b.example.net.",
    "a b.c.",
]
_NO_SVCB = [
    "1 svc.x",
    "1 svc.x. port=abc",
    "1 svc.x. no-default-alpn",
    "1 svc.x. mandatory=port alpn=h2",
    "-1 svc.x.",
]

REJECTED = {
    "A": ["192.0.2", "192.0.2.001", "192.0.2.256", "192.0.2.1 ", "1", ""],
    "AAAA": [
        "2001:db8:::1",
        "2001:db8::1/64",
        "fe80::1%eth0",
        "[::1]",
        "192.0.2.1",
        "1:2:3:4:5:6:12345678:",
        "2001::12345678:",
        "1:2:3:4::123456789abc::",
    ],
    "CNAME": _NO_DOMAIN,
    "NS": _NO_DOMAIN,
    "PTR": _NO_DOMAIN,
    "MX": [
        "10 mail.example.net",
        "010 mail.x.",
        "70000 mail.x.",
        "-1 mail.x.",
        "10  mail.x.",
        "mail.x.",
    ],
    "SRV": ["0 5 70000 sip.x.", "-1 5 1 a.x.", "0 5 1 *.x.", "0 5  1 a.x."],
    "TXT": ["hello world", '"unbalanced', '"a"b"', "a\\", "a\nb", '"a\nb"', "a\tb"],
    "SPF": ["v=spf1 -all", '"a"b"', '"a\nb"'],
    "SSHFP": [f"01 1 {_HEX40}", f"1 1 {_HEX40}a", "1 1 abcdef01", "1 1 xyz"],
    "NAPTR": [
        '100 10 "X" "E2U+sip" "!^.*$!sip:info@example.com!" a.example.',
        '100 10 "U" "9x" "!^.*$!sip:info@example.com!" a.example.',
        '100 10 "U" "E2U+sip" "foo" a.example.',
        '70000 0 "U" "E2U+sip" "!^.*$!sip:info@example.com!" a.example.',
        '100 10 "U" "E2U+sip" "!^.*$!sip:info@example.com!" a.example',
    ],
    "CAA": ["0 issue", "0 ISSUE x.org"],
    "CERT": [
        "FOO 1 5 YWJj",
        "pkix 1 5 YWJj",
        "PKIX 65536 5 YWJj",
        "PKIX 1 256 YWJj",
        "PKIX 1 RSASHA1 abc",
        "PKIX 1 RSASHA1",
    ],
    "TLSA": ["3 1 1 abcd", "256 1 0 ab", "3 1 0 abc", "3 1 0 zz", "3 1 0", "a 1 0 ab"],
    "SVCB": _NO_SVCB,
    "HTTPS": _NO_SVCB,
    "SOA": [
        "ns1.pool. dns.shop.example. 1 3563 600 86400",
        "ns1.pool. dns.shop.example. 0 3563 600 86400 3600",
        "ns1.pool dns.shop.example. 1 3563 600 86400 3600",
        "ns1.pool. dns.shop.example 1 3563 600 86400 3600",
    ],
}

#: Rejected by the reference for no good reason (API sections 8 and 30: I8, I9, I10).
NEWLY_ACCEPTED = {
    "SRV": ["0 0 0 ."],
    "TXT": ['"a" "b"', _X(256), f'"{_X(254)}"', f'"{_X(254)}" "y"'],
    "SPF": ['"a" "b"'],
    "SSHFP": [f"5 1 {_HEX40}", f"6 2 {_HEX64}", f"1 3 {_HEX40}"],
    "NAPTR": ['100 10 "U" "E2U+sip" "!^.*$!sip:info@example.com!" .'],
    "CAA": [
        "128 issue ca.example.net",
        '0 issue "ca.example.net"',
        "0 issue ;",
        '0 issue ";"',
        "0 issue ca.example.net;policy=ev",
        "0 issuemail a.b",
        "0 iodef mailto:a.b@example.com",
        "0 iodef https://example.com",
    ],
    "SVCB": [
        "1 . alpn=h2",
        '1 svc.x. alpn="h2"',
        "1 svc.x. alpn=foo",
        "1 svc.x. key65333=ex",
    ],
    "HTTPS": [
        "1 . alpn=h2",
        '1 svc.x. alpn="h2"',
        "1 svc.x. alpn=foo",
        "1 svc.x. key65333=ex",
        "1 dns.example.net. alpn=h2 dohpath=/dns-query{?dns}",
    ],
}

#: Accepted by the reference by accident; no master file or name server reads it.
NEWLY_REJECTED = {
    "TXT": ['"', 'a"b', r'"a\"', f'{_X(200)}" "{"y" * 100}'],
    "SPF": ['"v=spf1'],
    "CERT": ["PKIX 1 RSASHA1 ", "DPKIX 1 5 YWJj", "DPTR 1 5 YWJj"],
}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in table.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), cases(ACCEPTED) + cases(NEWLY_ACCEPTED))
def test_accepted_text_has_a_wire_form_that_survives_its_own_text(name: str, text: str) -> None:
    """Accepted text renders, and the canonical text renders to the same bytes."""
    wire = TYPES[name].encode(text)
    assert TYPES[name].encode(TYPES[name].decode(wire)) == wire


@pytest.mark.parametrize(("name", "text"), cases(REJECTED) + cases(NEWLY_REJECTED))
def test_rejected_text_is_refused_with_a_reason(name: str, text: str) -> None:
    """Rejected text raises InvalidRdata whose reason is one sentence."""
    with pytest.raises(InvalidRdata) as refused:
        TYPES[name].encode(text)
    assert refused.value.reason.endswith(".")
    assert str(refused.value) == refused.value.reason


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_type_has_examples_of_both_kinds(name: str) -> None:
    """A new type comes with accepted and rejected examples."""
    assert ACCEPTED[name]
    assert REJECTED[name]
