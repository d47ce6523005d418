# SPDX-License-Identifier: Apache-2.0
"""SOA queries as other software reads them, and its answers as we read them."""

import struct
import time

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.wire import notify, soa_query

QUESTION = notify.question("example.org.")
SOA = "ns1.example.org. admin.example.org. 2026112101 3600 600 86400 60"


def answer_to(question: bytes, *records: dns.rrset.RRset) -> dns.message.Message:
    """An authoritative answer with these records."""
    query = dns.message.from_wire(soa_query.request(7, question))
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.AA
    answer.answer.extend(records)
    return answer


def rrset(owner: str, rdtype: str, text: str) -> dns.rrset.RRset:
    """One record."""
    return dns.rrset.from_text(owner, 60, "IN", rdtype, text)


def test_a_query_asks_for_the_soa_without_recursion() -> None:
    """RD is clear: a server that would have to ask others does not serve the zone."""
    message = dns.message.from_wire(soa_query.request(7, QUESTION))
    (question,) = message.question
    assert (str(question.name), question.rdtype) == ("example.org.", dns.rdatatype.SOA)
    assert (message.id, message.flags) == (7, 0)


def test_the_serial_of_an_answer_is_read() -> None:
    """Compressed as servers write it."""
    answer = soa_query.read_answer(answer_to(QUESTION, rrset("example.org.", "SOA", SOA)).to_wire())
    assert answer.serial == 2026112101
    assert (answer.message_id, answer.rcode, answer.authoritative) == (7, 0, True)
    assert answer.question == QUESTION


def test_the_case_of_names_does_not_matter() -> None:
    """A server may echo the question as it likes (RFC 4343)."""
    message = answer_to(notify.question("EXAMPLE.org."), rrset("example.ORG.", "SOA", SOA))
    answer = soa_query.read_answer(message.to_wire())
    assert (answer.serial, answer.question) == (2026112101, QUESTION)


@pytest.mark.parametrize(
    "record",
    [rrset("org.", "SOA", SOA), rrset("example.org.", "TXT", "2026112101")],
    ids=["another zone's SOA", "another type"],
)
def test_only_the_soa_of_the_zone_counts(record: dns.rrset.RRset) -> None:
    """Anything else in the answer is no serial."""
    assert soa_query.read_answer(answer_to(QUESTION, record).to_wire()).serial is None


def test_a_record_before_the_soa_is_passed_over() -> None:
    """The order of the answer section is free."""
    records = [rrset("other.org.", "TXT", "text"), rrset("example.org.", "SOA", SOA)]
    assert soa_query.read_answer(answer_to(QUESTION, *records).to_wire()).serial == 2026112101


def test_refusal_and_truncation_are_told() -> None:
    """Flags and rcode come through."""
    message = answer_to(QUESTION)
    message.flags = (message.flags & ~dns.flags.AA) | dns.flags.TC
    message.set_rcode(dns.rcode.REFUSED)
    answer = soa_query.read_answer(message.to_wire())
    assert (answer.rcode, answer.authoritative, answer.truncated) == (5, False, True)
    assert answer.serial is None


@pytest.mark.parametrize(
    "message",
    [
        b"",
        soa_query.request(7, QUESTION),
        notify.request(7, QUESTION),
        b"\0\7\x84\0\0\1\0\1\0\0\0\0" + QUESTION + b"\xc0\x0c",
        b"\0\7\x84\0\0\1\0\1\0\0\0\0\xc0\x0c\0\6\0\1\xc0\x0c",
    ],
    ids=["nothing", "a query", "a NOTIFY", "cut off", "a compression loop"],
)
def test_what_is_no_answer_is_refused(message: bytes) -> None:
    """It is dropped by whoever reads it."""
    with pytest.raises(soa_query.BadMessage):
        soa_query.read_answer(message)


@given(st.binary(max_size=80))
def test_any_bytes_are_an_answer_or_refused(noise: bytes) -> None:
    """A stranger's datagram cannot end the poller."""
    message = b"\0\7\x84\0\0\1\0\2\0\0\0\0" + noise
    try:
        answer = soa_query.read_answer(message)
    except soa_query.BadMessage:
        return
    assert answer.message_id == 7


@pytest.mark.parametrize("rdtype", [dns.rdatatype.TXT, dns.rdatatype.SOA])
def test_names_without_end_cost_nothing(rdtype: int) -> None:
    """An answer whose records all point at one name of thousands of labels is soon done with."""
    labels = b"\1a" * 5000 + b"\0"
    head = struct.pack("!6H", 7, 0x8400, 1, 4000, 0, 0) + QUESTION
    first = b"\0" + struct.pack("!HHIH", dns.rdatatype.TXT, 1, 0, len(labels)) + labels
    pointer = struct.pack("!H", 0xC000 | len(head) + 11)
    message = head + first + (pointer + struct.pack("!HHIH", rdtype, 1, 0, 0)) * 3999
    began = time.process_time()
    if rdtype == dns.rdatatype.SOA:
        with pytest.raises(soa_query.BadMessage, match="too long"):
            soa_query.read_answer(message)
    else:
        assert soa_query.read_answer(message).serial is None
    assert time.process_time() - began < 0.5
