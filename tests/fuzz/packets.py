# SPDX-License-Identifier: Apache-2.0
"""Generators of DNS messages that are almost right, and of others."""

import struct

import dns.message
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
from hypothesis import strategies as st

_u8, _u16, _u32 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 32))
_rest = st.binary(max_size=40)
_KNOWN = [
    b"\7example\3org\0",
    b"\3www\7example\3org\0",
    b"\7eXaMple\3ORG\0",
    b"\1*\7example\3org\0",
    b"\0",
]
_labels = st.binary(min_size=1, max_size=63).map(lambda data: bytes((len(data),)) + data)
_pointers = st.integers(0, 0x3FFF).map(lambda offset: struct.pack("!H", 0xC000 | offset))
_odd = st.binary(max_size=3) | st.sampled_from([b"\xc0", b"\x40a", b"\x80a", b"\x3fa", b"\xff\xff"])
_names = st.one_of(
    st.sampled_from(_KNOWN),
    st.lists(_labels, max_size=6).map(lambda found: b"".join(found) + b"\0"),
    st.builds(lambda found, end: b"".join(found) + end, st.lists(_labels, max_size=5), _pointers),
    st.builds(lambda found, end: b"".join(found) + end, st.lists(_labels, max_size=4), _odd),
)
_types = st.sampled_from(
    [0, 1, 2, 5, 6, 15, 16, 28, 33, 35, 41, 43, 64, 65, 99, 249, 250]
) | st.one_of(st.sampled_from([251, 252, 253, 254, 255, 257, 65535]), _u16)
_classes = st.sampled_from([1, 1, 1, 1, 3, 254, 255]) | _u16
_questions = st.builds(
    lambda name, rtype, rclass: name + struct.pack("!HH", rtype, rclass), _names, _types, _classes
)
_counted = st.binary(max_size=60).map(lambda data: struct.pack("!H", len(data)) + data)
_length = _counted | st.builds(lambda size, data: struct.pack("!H", size) + data, _u16, _rest)
_soa = st.builds(
    lambda one, two, numbers: one + two + struct.pack("!5I", *numbers),
    _names,
    _names,
    st.tuples(_u32, _u32, _u32, _u32, _u32),
).map(lambda data: struct.pack("!H", len(data)) + data)
_records = st.builds(
    lambda name, rtype, rclass, ttl, rdata: name + struct.pack("!HHI", rtype, rclass, ttl) + rdata,
    _names,
    _types,
    _classes,
    _u32,
    _length | _soa,
)
_option = st.builds(
    lambda code, data: struct.pack("!HH", code, len(data)) + data,
    st.sampled_from([0, 3, 8, 9, 10, 10, 10, 11, 12, 15, 65001]) | _u16,
    st.binary(min_size=8, max_size=8)
    | st.binary(min_size=24, max_size=24)
    | st.binary(max_size=40),
)
_options = st.lists(_option, max_size=4).map(b"".join) | _rest
_opts = st.builds(
    lambda name, payload, code, version, flags, data, cut: (
        name + struct.pack("!HHBBHH", 41, payload, code, version, flags, len(data)) + data
    )[: None if cut is None else -cut],
    st.just(b"\0") | _names,
    st.sampled_from([0, 511, 512, 1232, 4096, 65535]) | _u16,
    st.just(0) | _u8,
    st.just(0) | _u8,
    st.sampled_from([0, 0x8000]) | _u16,
    _options,
    st.none() | st.integers(1, 12),
)
_tsigs = st.builds(
    lambda name, mac, size, other: _sized(
        name + b"\0\xfa\0\xff\0\0\0\0",
        b"\x0bhmac-sha256\0"
        + struct.pack("!HIHH", 0, 0, 300, size if size is not None else len(mac))
        + mac
        + struct.pack("!HHH", 7, 0, len(other))
        + other,
    ),
    _names,
    st.binary(max_size=64),
    st.none() | _u16,
    _rest,
)


def _sized(head: bytes, rdata: bytes) -> bytes:
    return head + struct.pack("!H", len(rdata)) + rdata


@st.composite
def _built(draw: st.DrawFn) -> bytes:
    """A message part by part; its counts are those of the parts, mostly."""
    parts = [draw(st.lists(_questions, min_size=1, max_size=2))]
    parts += [draw(st.lists(_records, max_size=2)) for _ in range(2)]
    parts.append(draw(st.lists(_opts | _opts | _tsigs | _records, max_size=3)))
    honest = [len(part) for part in parts]
    counts = honest if draw(st.booleans()) else draw(st.lists(_u16, min_size=4, max_size=4))
    flags = draw(st.sampled_from([0, 0x0100, 0x2000, 0x2800, 0x8000]) | _u16)
    head = struct.pack("!6H", draw(_u16), flags, *counts)
    return head + b"".join(b"".join(part) for part in parts) + draw(st.just(b"") | _rest)


def _valid() -> list[bytes]:
    made = []
    for rtype in ("A", "SOA", "NS", "ANY", "TXT", "AXFR", "IXFR", "DS"):
        for name in ("example.org", "www.example.org", "a.b.c.example.org", "elsewhere.net"):
            query = dns.message.make_query(name, rtype, use_edns=0, payload=1232, want_dnssec=True)
            made.append(query.to_wire())
    ixfr = dns.message.make_query("example.org", "IXFR")
    text = "example.org. 0 IN SOA ns1.example.org. a.example.org. 100 1 1 1 1"
    ixfr.authority.append(dns.message.from_text(f"id 1\n;AUTHORITY\n{text}").authority[0])
    made.append(ixfr.to_wire())
    signed = dns.message.make_query("example.org", "AXFR")
    signed.use_tsig(dns.tsigkeyring.from_text({"key.": "c2VjcmV0"}), algorithm=dns.tsig.HMAC_SHA256)
    made.append(signed.to_wire())
    return made


VALID = _valid()


@st.composite
def mutated(draw: st.DrawFn, originals: st.SearchStrategy[bytes]) -> bytes:
    """Bytes with a few of them changed, inserted, removed or doubled."""
    data = bytearray(draw(originals))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(len(data), at + 8)))
        data[at:end] = draw(st.binary(max_size=8) | st.just(bytes(data[at:end]) * 2))
    return bytes(data)


def messages() -> st.SearchStrategy[bytes]:
    """Any of them."""
    return st.one_of(_built(), mutated(st.sampled_from(VALID)), st.binary(max_size=600))
