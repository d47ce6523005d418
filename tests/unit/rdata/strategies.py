# SPDX-License-Identifier: Apache-2.0
"""Generators of names and of RFC-valid record text."""

import base64
import ipaddress

from hypothesis import strategies as st

_EDGE = "abcXYZ019_"


def domains() -> st.SearchStrategy[str]:
    """Names of the API's domain grammar."""
    label = st.tuples(
        st.sampled_from(_EDGE), st.text(_EDGE + "-", max_size=12), st.sampled_from(_EDGE)
    ).map("".join)
    return st.lists(label, min_size=1, max_size=6).map(lambda found: ".".join(found) + ".")


def wire_names() -> st.SearchStrategy[bytes]:
    """Uncompressed names of any bytes."""
    label = st.binary(min_size=1, max_size=30).map(lambda data: bytes((len(data),)) + data)
    return st.lists(label, max_size=5).map(lambda found: b"".join(found) + b"\0")


def u8() -> st.SearchStrategy[int]:
    return st.integers(0, 255)


def u16() -> st.SearchStrategy[int]:
    return st.integers(0, 65535)


def quoted(data: bytes) -> str:
    """Write bytes as a quoted string with every byte that is not a letter as ``\\DDD``."""
    return (
        '"' + "".join(chr(b) if chr(b).isalnum() and b < 128 else f"\\{b:03d}" for b in data) + '"'
    )


def strings(longest: int = 255) -> st.SearchStrategy[str]:
    """Quoted character-strings: of any bytes, or of any printable text with plain escapes."""
    text = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=60)
    plain = text.map(lambda value: '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return st.binary(max_size=longest).map(quoted) | plain


def texts() -> st.SearchStrategy[str]:
    """One to four quoted strings."""
    return st.lists(strings(), min_size=1, max_size=4).map(" ".join)


def joined(*parts: object) -> st.SearchStrategy[str]:
    """Fields separated by single spaces; a part is a strategy or a constant."""
    drawn = [part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts]
    return st.tuples(*drawn).map(lambda found: " ".join(map(str, found)))


def hexadecimal(smallest: int, largest: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=smallest, max_size=largest).map(bytes.hex)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _ech(data: bytes) -> str:
    return _base64(len(data).to_bytes(2, "big") + data)


def _comma_list(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(item, min_size=1, max_size=3).map(",".join)


_IPV4 = st.ip_addresses(v=4).map(str)
_IPV6 = st.ip_addresses(v=6).map(str)
_PROTOCOL = st.sampled_from(["h2", "h3", "http/1.1", "dot", "doq", "x"])
_PARAMS = {
    "alpn": _comma_list(_PROTOCOL),
    "port": u16().map(str),
    "ipv4hint": _comma_list(_IPV4),
    "ech": st.binary(min_size=4, max_size=40).map(_ech),
    "ipv6hint": _comma_list(_IPV6),
    "ohttp": st.just(""),
    "key667": strings(40),
    "key65534": st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True),
}


@st.composite
def _service(draw: st.DrawFn) -> str:
    chosen = draw(st.lists(st.sampled_from(sorted(_PARAMS)), unique=True, max_size=5))
    params = {key: draw(_PARAMS[key]) for key in chosen}
    if "alpn" in params and params["alpn"] > "h":
        params["no-default-alpn"] = ""
    if len(params) > 2:
        params["mandatory"] = ",".join(draw(st.permutations(sorted(params))))
    words = [f"{key}={value}" if value else key for key, value in params.items()]
    target = draw(domains() | st.just("."))
    return " ".join([str(draw(st.integers(1, 65535))), target, *draw(st.permutations(words))])


_REGEXP = st.sampled_from(
    [
        '""',
        '"!^.*$!sip:info@example.com!"',
        '"!^(\\\\+44)(.*)$!tel:\\\\1-\\\\2!i"',
        '"/a b|[^]c-f]{2,3}/x\\\\/y/"',
        '"#((a)b)?#\\\\2\\"#"',
    ]
)
_NUMBER = st.integers(0, 0x7FFFFFFF)

#: Text that both the RFC and dnspython accept, by type.
VALID: dict[str, st.SearchStrategy[str]] = {
    "A": _IPV4,
    "AAAA": _IPV6 | st.ip_addresses(v=6).map(lambda found: found.exploded.upper()),
    "CNAME": domains(),
    "NS": domains(),
    "PTR": domains(),
    "MX": joined(u16(), domains() | st.sampled_from([".", "*.x.", "a!b.", r"A\.b\032c.x."])),
    "SRV": joined(u16(), u16(), u16(), domains() | st.just(".")),
    "TXT": texts(),
    "SPF": texts(),
    "SSHFP": joined(u8(), 1, hexadecimal(20, 20)) | joined(u8(), 2, hexadecimal(32, 32)),
    "SOA": joined(
        domains(),
        domains() | st.just(r"First\.Last.example.net."),
        st.integers(1, 0xFFFFFFFF),
        _NUMBER,
        _NUMBER,
        _NUMBER,
        _NUMBER,
    ),
    "NAPTR": joined(
        u16(),
        u16(),
        st.sampled_from(['""', "U", '"s"', "AP"]),
        st.sampled_from(['""', "SIP+D2U", '"E2U+email:mailto"', "x-eduroam:radius.tls"]),
        _REGEXP,
        domains() | st.just("."),
    ),
    "CAA": joined(
        u8(),
        st.sampled_from(["issue", "issuewild", "issuemail", "issuevmc"]),
        st.sampled_from(['";"', '"ca.example.net; a=b"', "ca.example.net", '""']),
    )
    | joined(u8(), st.from_regex(r"x[a-z0-9]{0,13}", fullmatch=True), strings(400)),
    "CERT": joined(
        st.sampled_from(["PKIX", "PGP", "URI", "OID", "0", "65535"]),
        u16(),
        st.sampled_from(["RSASHA1", "ED448", "0", "255"]),
        st.binary(min_size=1, max_size=100).map(_base64),
    ),
    "HTTPS": _service(),
    "SVCB": _service(),
    "TLSA": joined(u8(), u8(), 1, hexadecimal(32, 32)) | joined(u8(), u8(), 0, hexadecimal(1, 90)),
}


def wire_address(version: int) -> st.SearchStrategy[bytes]:
    """Packed addresses, also those with a special text form."""
    special = st.sampled_from([ipaddress.ip_address("::ffff:192.0.2.1").packed, bytes(16)])
    size = 4 if version == 4 else 16
    drawn = st.binary(min_size=size, max_size=size)
    return drawn if version == 4 else drawn | special
