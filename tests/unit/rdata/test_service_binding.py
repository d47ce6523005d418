# SPDX-License-Identifier: Apache-2.0
"""SVCB and HTTPS: parameters, their order and their rules (RFC 9460, 9461)."""

import pytest

from designate.rdata import TYPES, InvalidRdata

SVCB = TYPES["SVCB"]
HEAD = b"\0\1\0"


@pytest.mark.parametrize(
    ("params", "wire"),
    [
        ("", b""),
        ("port=53", b"\0\3\0\2\0\x35"),
        ("key667=hello", b"\x02\x9b\0\5hello"),
        (r'key667="hello\210qoo"', b"\x02\x9b\0\x09hello\xd2qoo"),
        ("key667", b"\x02\x9b\0\0"),
        ('key667=""', b"\x02\x9b\0\0"),
        ("ohttp alpn=doq,dot", b"\0\1\0\x08\3doq\3dot\0\x08\0\0"),
        (r'alpn="f\\\\oo\\,bar,h2"', b"\0\1\0\x0c\x08f\\oo,bar\2h2"),
        (r"alpn=f\\\092oo\092,bar,h2", b"\0\1\0\x0c\x08f\\oo,bar\2h2"),
        (
            "alpn=h2 mandatory=key667,alpn key667=x no-default-alpn=",
            b"\0\0\0\4\0\1\2\x9b\0\1\0\3\2h2\0\2\0\0\x02\x9b\0\1x",
        ),
        ("ipv4hint=192.0.2.1,192.0.2.2", b"\0\4\0\x08\xc0\0\2\1\xc0\0\2\2"),
        ("ipv6hint=::1", b"\0\6\0\x10" + bytes(15) + b"\1"),
        ("ech=YQ==", b"\0\5\0\1a"),
        (r"key1=\002h2", b"\0\1\0\3\2h2"),
        ("dohpath=/q{?dns}", b"\0\7\0\x08/q{?dns}"),
        ('dohpath="/é{x,dns:3}"', b"\0\7\0\x0c/\xc3\xa9{x,dns:3}"),
    ],
)
def test_params_are_sorted_and_survive(params: str, wire: bytes) -> None:
    """Keys rise on the wire, and the canonical text renders the same (RFC 9460 appendix D)."""
    rendered = SVCB.encode(f"1 . {params}".rstrip())
    assert rendered == HEAD + wire
    assert SVCB.encode(SVCB.decode(rendered)) == rendered


@pytest.mark.parametrize(
    "params",
    ["port=65536", "port=", "port", "port=+1", "alpn", "alpn=", "alpn=,", "alpn=h2,", r"alpn=a\\"]
    + ["alpn=" + "x" * 256, "port=1 port=2", "key3=ab port=1", "alpn=h2 no-default-alpn=x"]
    + ["no-default-alpn", "ipv4hint=", "ipv4hint=192.0.2", "ipv4hint=::1", "ipv6hint=192.0.2.1"]
    + [
        "ech=",
        "ech=a",
        r"ech=\YQ==",
        r"port=\0531",
        r"port=1 mandatory=por\t",
        "ohttp=x",
        "mandatory=",
        "mandatory=port",
        "mandatory",
    ]
    + ["mandatory=mandatory", "port=1 mandatory=port,port", "port=1 mandatory=port,", "Port=1"]
    + ["key65535=x", "key65536=x", "key007=x", "key1", r"key1=\003h2", "key3=abc", "key0=x", "=x"]
    + ["foo", "foo=x", '"port=1"', 'port="1', 'port=1"', 'key667=a"b"', "port =1", "key667=\\999"]
    + ["dohpath=q{?dns}", "dohpath=/q", "dohpath=/q{?dns", "dohpath=/q}{?dns}", "dohpath=/%{dns}"]
    + ["dohpath=/q{?ns}", r"dohpath=/\255{dns}", "é=x", "port=٣", "ipv4hint=é"],
)
def test_broken_params_are_refused(params: str) -> None:
    """Wrong values, keys given twice, unknown keys and mandatory keys that are absent."""
    with pytest.raises(InvalidRdata):
        SVCB.encode(f"1 . {params}")
    with pytest.raises(InvalidRdata):
        TYPES["HTTPS"].encode(f"0 svc.x. {params}")


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\0",
        b"\0\1",
        b"\0\1\0\0",
        b"\0\1\0\0\3\0",
        b"\0\1\0\0\3\0\2\0",
        b"\0\1\0\0\3\0\1\0",
        b"\0\1\0\0\4\0\4\1\2\3\4\0\3\0\2\0\1",
        b"\0\1\0\0\3\0\2\0\1\0\3\0\2\0\1",
        b"\0\1\0\0\1\0\0",
        b"\0\1\0\0\1\0\1\0",
        b"\0\1\0\0\2\0\0",
        b"\0\1\0\0\0\0\2\0\3",
        b"\0\1\0\0\0\0\3\0\3\0\0\3\0\2\0\1",
        b"\0\1\0\0\4\0\5\1\2\3\4\5",
        b"\0\1\0\0\5\0\0",
        b"\0\1\0\0\x08\0\1x",
    ],
)
def test_bytes_that_are_no_service_binding(wire: bytes) -> None:
    """Truncated, unordered, repeated and wrong parameters are refused on the wire as well."""
    with pytest.raises(InvalidRdata):
        SVCB.decode(wire)


@pytest.mark.parametrize(
    ("owner", "text"),
    [
        ("_dns.example.com.", "1 dns.x. alpn=h2 dohpath=/dns-query{?dns}"),
        ("_dns.example.com.", "1 dns.x. alpn=dot,doq"),
        ("_853._dns.example.com.", "0 dns.x."),
        ("_dnsx.example.com.", "1 dns.x."),
        ("example.com.", "1 dns.x. alpn=h2"),
    ],
)
def test_bindings_of_dns_servers(owner: str, text: str) -> None:
    """Under _dns an alias, and a service that says its protocol and path, are fine."""
    SVCB.check_set(owner, [text])


@pytest.mark.parametrize("text", ["1 dns.x.", "1 dns.x. alpn=h2", "1 dns.x. alpn=dot,h3", "bad"])
@pytest.mark.parametrize("owner", ["_dns.example.com.", "_853._DNS.example.com."])
def test_bindings_of_dns_servers_need_a_protocol_and_a_path(owner: str, text: str) -> None:
    """Under _dns alpn is required, and dohpath with h2 or h3 (RFC 9461); HTTPS has no such rule."""
    with pytest.raises(InvalidRdata):
        SVCB.check_set(owner, ["0 dns.x.", text])
    TYPES["HTTPS"].check_set(owner, [text])
