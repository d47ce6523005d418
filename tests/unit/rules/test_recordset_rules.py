# SPDX-License-Identifier: Apache-2.0
"""Where recordsets may stand, and what their texts are in DNS."""

import struct
from ipaddress import IPv4Address

import dns.name
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.errors import BadRequest, InvalidObject, InvalidRecordSetLocation
from designate.rdata import TYPES, names
from designate.rules import contents, placement

LABELS = st.text("ab-_*1", min_size=1, max_size=3)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, ""]))
ADDRESSES = st.ip_addresses(v=4).map(str)


@given(NAMES, NAMES)
def test_a_recordset_stands_at_or_below_its_apex(name: str, zone: str) -> None:
    """By labels, not by characters."""
    inside = dns.name.from_text(name).is_subdomain(dns.name.from_text(zone))
    try:
        placement.check_location(name, zone, 255)
    except InvalidRecordSetLocation:
        assert not inside
    else:
        assert inside


@given(st.lists(LABELS, max_size=4), NAMES)
def test_children_that_could_hold_a_name(labels: list[str], zone: str) -> None:
    """The name and all above it, as far as the apex and without it."""
    name = "".join(f"{label}." for label in labels) + zone
    expected = [".".join(labels[at:]) + "." + zone for at in range(len(labels))]
    assert placement.names_of_children(name, zone) == expected


@pytest.mark.parametrize(
    ("rtype", "others", "allowed"),
    [
        ("A", set(), True),
        ("A", {"TXT", "MX"}, True),
        ("A", {"CNAME"}, False),
        ("CNAME", set(), True),
        ("CNAME", {"A"}, False),
        ("CNAME", {"CNAME"}, False),
    ],
)
def test_a_cname_stands_alone(rtype: str, others: set[str], *, allowed: bool) -> None:
    """RFC 1034 section 3.6.2, whichever comes second."""
    if allowed:
        placement.check_cname_place("a.z.", "z.", rtype, others)
    else:
        with pytest.raises(InvalidRecordSetLocation):
            placement.check_cname_place("a.z.", "z.", rtype, others)


@pytest.mark.parametrize("name", ["www.z.", "_70000._tcp.z.", "_1._t1.z.", "x._1._tcp.z."])
def test_a_tlsa_stands_at_a_port_and_protocol(name: str) -> None:
    """RFC 6698 section 3."""
    placement.check_type_rules("_443._tcp.www.z.", "TLSA")
    with pytest.raises(BadRequest, match="_port"):
        placement.check_type_rules(name, "TLSA")


def test_a_soa_is_the_services() -> None:
    """Nobody creates one."""
    with pytest.raises(BadRequest, match="SOA"):
        placement.check_type_rules("z.", "SOA")


@given(st.lists(ADDRESSES, max_size=10))
def test_contents_are_a_set_in_canonical_order(texts: list[str]) -> None:
    """Texts keep their order, each once; the wire is sorted as octets (RFC 4034 section 6.3)."""
    held = contents.encode("a.z.", "A", texts)
    assert held.records == list(dict.fromkeys(texts))
    rdata = contents.unpack(held.wire)
    assert rdata == sorted({IPv4Address(text).packed for text in texts})
    assert contents.pack(rdata) == held.wire


@given(st.lists(st.binary(max_size=300), unique=True, max_size=20))
def test_pack_and_unpack_are_inverse(rdata: list[bytes]) -> None:
    """Whatever the octets."""
    assert contents.unpack(contents.pack(rdata)) == sorted(rdata)


@pytest.mark.parametrize("rdata", [[b"x" * 64988], [n.to_bytes(4) for n in range(4062)]])
def test_a_set_that_no_answer_holds_is_refused(rdata: list[bytes]) -> None:
    """One long record or many short ones: each costs twelve bytes more than its rdata."""
    assert contents.unpack(contents.pack(rdata)) == rdata
    with pytest.raises(InvalidObject, match="at most 65000"):
        contents.pack([*rdata, b"more"])


def test_not_all_of_very_many_problems_are_told() -> None:
    """An answer is not many times as large as what it is for."""
    with pytest.raises(InvalidObject) as caught:
        contents.encode("www.example.", "A", [""] * 10_000)
    assert len(caught.value.problems) == contents.MAX_PROBLEMS


@pytest.mark.parametrize(
    ("rtype", "kind"), [("DNAME", "a valid"), ("a", "a valid"), ("MX", "a supported")]
)
def test_an_unknown_type_is_told_from_a_disabled_one(rtype: str, kind: str) -> None:
    """Clients of the reference compare these words."""
    with pytest.raises(InvalidObject) as caught:
        contents.check_type(rtype, {"A", "a", "DNAME"})
    (problem,) = caught.value.problems
    assert problem.message == f"'{rtype}' is not {kind} record type"
    assert (problem.path, problem.validator) == (("recordset", "type"), "value")


@pytest.mark.parametrize("name", ["z.example.", "www.z.example.", "*.a_b.z.example."])
@pytest.mark.parametrize("rtype", sorted(TYPES))
def test_a_head_is_how_a_record_begins(name: str, rtype: str) -> None:
    """Behind a question for the apex it reads as owner, type and class."""
    head = contents.head(name, "z.example.", rtype)
    message = b"\0" * 12 + names.to_wire("z.example.")
    owner, used = dns.name.from_wire(message + head, len(message))
    assert owner.to_text() == name
    assert head[used:] == struct.pack("!HH", dns.rdatatype.from_text(rtype), dns.rdataclass.IN)
