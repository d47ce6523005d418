# SPDX-License-Identifier: Apache-2.0
"""Transfers packed into messages, read back by dnspython."""

import dns.message
import dns.name
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designate.wire import message, packing, records
from designate.wire.message import Query
from designate.wire.packing import RecordTooLarge, Room

ROW = st.tuples(
    st.binary(min_size=1, max_size=12).map(lambda label: bytes([len(label)]) + label),
    st.one_of(st.none(), st.integers(0, 2**31 - 1)),
    st.lists(st.binary(max_size=60), min_size=1, max_size=4),
)


def a_query(edns: bool) -> Query:  # noqa: FBT001
    """AXFR of eXample.org."""
    written = dns.message.make_query("eXample.org.", "AXFR", use_edns=0 if edns else False)
    data = written.to_wire()
    header = message.read_header(data)
    assert header is not None
    return message.read_query(data, header)


@settings(max_examples=50)
@given(st.lists(st.lists(ROW, max_size=12), max_size=6), st.integers(200, 1500), st.booleans())
def test_messages_hold_all_records_in_order(
    batches: list[list[tuple[bytes, int | None, list[bytes]]]],
    limit: int,
    edns: bool,  # noqa: FBT001
) -> None:
    """Each is within the limit, repeats the question, and none could have taken more."""
    query = a_query(edns)
    apex = dns.name.from_text("eXample.org.")
    rows = [
        [
            (label + b"\xc0\x0c\xff\0\0\1", ttl, b"".join(map(records.packed, rdatas)))
            for label, ttl, rdatas in batch
        ]
        for batch in batches
    ]
    rendered = [records.xfr_records(batch, 3600) for batch in rows]
    packed = list(packing.messages(query, packing.pack(rendered, Room.of(query, limit))))
    found = []
    for index, data in enumerate(packed):
        assert len(data) <= limit
        reply = dns.message.from_wire(data, one_rr_per_rrset=True)
        assert reply.id == query.header.id and str(reply.question[0].name) == "eXample.org."
        assert (reply.edns == 0) == (edns and index == 0)
        found += [(r.name, r.ttl, r[0].to_generic().data) for r in reply.answer]
    assert found == [
        (dns.name.Name([label[1:], *apex.labels]), 3600 if ttl is None else ttl, rdata)
        for batch in batches
        for label, ttl, rdatas in batch
        for rdata in rdatas
    ]
    flat = [record for batch in rendered for record in batch]
    for data, following in zip(packed, packed[1:], strict=False):
        taken = message.HEADER.unpack_from(data)[3]
        flat = flat[taken:]
        assert len(data) + len(flat[0]) > limit, "the message had room for the next record"
        assert following


def test_a_record_larger_than_a_message_is_told() -> None:
    """It cannot be sent at all, so the transfer has to fail."""
    rows = [(b"\xc0\x0c\0\1\0\1", 0, records.packed(b"x" * 300))]
    with pytest.raises(RecordTooLarge):
        list(packing.pack([records.xfr_records(rows, 0)], Room.of(a_query(edns=False), 300)))


def test_a_frame_begins_with_its_length() -> None:
    """Two bytes, as TCP wants them."""
    assert packing.framed(b"abc") == b"\0\3abc"


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_a_stored_set_falls_into_its_pieces(rdatas: list[bytes]) -> None:
    """Joining and splitting are inverse."""
    wire = b"".join(map(records.packed, rdatas))
    assert records.pieces(wire) == [records.packed(rdata) for rdata in rdatas]
