# SPDX-License-Identifier: Apache-2.0
"""Our reader of requests beside dnspython: they take the same, and read the same in it."""

from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rdatatype
from hypothesis import given
from hypothesis import strategies as st

from designate.wire import cookies, message, numbers
from designate.wire.message import Malformed
from tests.unit.wire.test_message import counts, read

_COUNTS = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1), st.integers(0, 2))
_LABEL = st.binary(min_size=1, max_size=63)
_WIRE_NAMES = st.lists(_LABEL, max_size=5).map(
    lambda labels: b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
)
_OPTIONS = st.lists(
    st.builds(
        lambda code, content, lie: (
            code.to_bytes(2) + max(0, len(content) + lie).to_bytes(2) + content
        ),
        st.sampled_from([numbers.COOKIE, numbers.COOKIE, 12, 65001]),
        st.integers(0, 42).map(bytes),
        st.sampled_from([0] * 8 + [-1, 1]),
    ),
    max_size=3,
).map(b"".join)
_OPTS = st.builds(
    lambda payload, version, dnssec_ok, options, lie: (
        b"\0\0\x29"
        + payload.to_bytes(2)
        + bytes((0, version))
        + (b"\x80\0" if dnssec_ok else b"\0\0")
        + max(0, len(options) + lie).to_bytes(2)
        + options
    ),
    st.integers(0, 65535),
    st.integers(0, 1),
    st.booleans(),
    _OPTIONS,
    st.sampled_from([0] * 8 + [-1, 1]),
)
_QUESTIONS = st.builds(
    lambda name, qtype: name + qtype.to_bytes(2) + b"\0\1",
    _WIRE_NAMES,
    st.sampled_from([1, 6, 16, 28, 251, 252, 255, 65280]),
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Requests as clients send them, most of them sound, and some with a byte gone or changed."""
    question, opt = draw(_QUESTIONS), draw(st.just(b"") | _OPTS)
    data: bytes = counts(1, additionals=1 if opt else 0) + question + opt
    harm = draw(st.sampled_from(["none"] * 6 + ["cut", "more", "change", "count"]))
    if harm == "cut":
        return data[: draw(st.integers(12, len(data)))]
    if harm == "more":
        return data + draw(st.binary(min_size=1, max_size=12))
    if harm == "count":
        return counts(*draw(_COUNTS)) + data[12:]
    if harm == "change":
        at = draw(st.integers(12, len(data) - 1))
        return data[:at] + draw(st.binary(min_size=1, max_size=1)) + data[at + 1 :]
    return data


def by_dnspython(data: bytes) -> tuple[Any, ...] | None:
    """What dnspython reads in a request; None for one that it does not take.

    Three things beside what it does: a question has no compressed name (it could only point to
    itself or ahead), a cookie has one of the lengths that RFC 7873 allows, and there are no
    records but those of a request.
    """
    try:
        found = dns.message.from_wire(data, keyring=False)
    except (dns.exception.DNSException, ValueError):
        return None
    if not holds_only_records_of_a_request(found):
        return None
    cookie = next(
        ((option.to_wire() or b"") for option in found.options if option.otype == 10), None
    )
    if cookie is not None and not cookies.is_well_formed(cookie):
        return None
    if not found.question and cookie is None:
        return None
    if len(found.question) > 1:
        return None
    asked = found.question[0] if found.question else None
    return (
        None if asked is None else asked.name.to_digestable(),
        None if asked is None else int(asked.rdtype),
        found.edns if found.edns >= 0 else None,
        found.payload if found.edns >= 0 else None,
        bool(found.ednsflags & dns.flags.DO),
        cookie or b"",
        len(found.options) > (cookie is not None),
    )


def holds_only_records_of_a_request(found: dns.message.Message) -> bool:
    """The SOA of NOTIFY or IXFR, a signature; OPT and TSIG are not among dnspython's sections."""
    soas = [*found.answer, *found.authority]
    return (
        sum(map(len, soas)) <= 1
        and all(rrset.rdtype == dns.rdatatype.SOA for rrset in soas)
        and all(rrset.rdtype == dns.rdatatype.SIG for rrset in found.additional)
    )


def by_us(data: bytes) -> tuple[Any, ...] | None:
    """The same of our reader."""
    try:
        query = read(data)
    except Malformed:
        return None
    edns = query.edns
    return (
        query.name if query.question else None,
        query.qtype if query.question else None,
        None if edns is None else edns.version,
        None if edns is None else edns.payload,
        edns is not None and edns.dnssec_ok,
        edns.cookie if edns else b"",
        edns is not None and edns.has_others,
    )


@given(messages())
def test_our_reader_and_dnspython_agree(data: bytes) -> None:
    """On what is a request, and on everything in it."""
    assert by_us(data) == by_dnspython(data)


@given(messages(), st.integers(0, 1), st.sampled_from([8, 24]))
def test_a_cookie_is_parted_from_a_query_without_loss(data: bytes, more: int, size: int) -> None:
    """What remains is the query without it, whatever the bytes before it are."""
    option = cookies.option(bytes(range(size)))
    tail = b"\0\0\x29\x04\xd0\0\0\0\0" + len(option).to_bytes(2) + option
    whole = data + tail + bytes(more)
    parted = message.without_cookie(whole)
    if more:
        assert parted is None or parted[2] != bytes(range(size))
        return
    assert parted is not None
    rest, payload, cookie = parted
    assert (payload, cookie) == (1232, bytes(range(size)))
    assert rest == (data + tail[:9] + b"\0\0")[2:]
    assert message.with_cookie(data[:2] + rest, option) == whole
