# SPDX-License-Identifier: Apache-2.0
"""Ordinary queries on a zone with everything that a tree can have."""

from pathlib import Path
from typing import TypeAlias

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from tests.unit.mdns.serving import Answering, ask, dispatcher
from tests.unit.mdns.zone_rows import Owner, Values, ZoneRows, open_store

CONTENT: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns1.example.org.", "ns.elsewhere.net."]),
    ("@", "MX"): (None, ["10 mail.example.org.", "20 mail.elsewhere.net."]),
    ("ns1", "A"): (None, ["192.0.2.53"]),
    ("ns1", "AAAA"): (None, ["2001:db8::53"]),
    ("mail", "A"): (0, ["192.0.2.25"]),
    ("www", "A"): (60, ["192.0.2.1", "192.0.2.2"]),
    ("alias", "CNAME"): (None, ["www.example.org."]),
    ("twice", "CNAME"): (None, ["alias.example.org."]),
    ("dangling", "CNAME"): (None, ["nowhere.example.org."]),
    ("abroad", "CNAME"): (None, ["www.elsewhere.net."]),
    ("into", "CNAME"): (None, ["host.sub.example.org."]),
    ("loop1", "CNAME"): (None, ["loop2.example.org."]),
    ("loop2", "CNAME"): (None, ["loop1.example.org."]),
    ("self", "CNAME"): (None, ["self.example.org."]),
    ("a.deep.ent", "TXT"): (None, ['"leaf"']),
    ("x-ent", "TXT"): (None, ['"sorts between a name and its descendants"']),
    ("*.wild", "A"): (None, ["192.0.2.99"]),
    ("host.wild", "TXT"): (None, ['"no wildcard here"']),
    ("*.wildalias", "CNAME"): (None, ["www.example.org."]),
    ("sub", "NS"): (None, ["ns.sub.example.org.", "ns1.example.org.", "ns.elsewhere.net."]),
    ("sub", "DS"): (None, ["1 13 2 " + "ab" * 32]),
    ("ns.sub", "A"): (None, ["192.0.2.54"]),
    ("deeper.sub", "NS"): (None, ["ns.sub.example.org."]),
    ("bare", "NS"): (None, ["ns.elsewhere.net."]),
    (r"do\.t", "A"): (None, ["192.0.2.46"]),
    ("_sip._tcp", "SRV"): (None, ["1 2 5060 mail.example.org."]),
}

SOA = "@ SOA"
"""In authority: a denial."""

Case: TypeAlias = tuple[str, str, str, bool, list[str], list[str], list[str]]
"""Name, type; rcode, authority bit, answer, authority, additional."""

CASES: list[Case] = [
    ("@", "SOA", "NOERROR", True, ["@ SOA"], [], []),
    ("@", "NS", "NOERROR", True, ["@ NS"], [], ["ns1 A", "ns1 AAAA"]),
    ("@", "MX", "NOERROR", True, ["@ MX"], [], ["mail A"]),
    ("_sip._tcp", "SRV", "NOERROR", True, ["_sip._tcp SRV"], [], ["mail A"]),
    ("@", "A", "NOERROR", True, [], [SOA], []),
    ("@", "DS", "NOERROR", True, [], [SOA], []),
    ("www", "A", "NOERROR", True, ["www A"], [], []),
    ("www", "AAAA", "NOERROR", True, [], [SOA], []),
    ("www", "TYPE65280", "NOERROR", True, [], [SOA], []),
    ("www", "SOA", "NOERROR", True, [], [SOA], []),
    ("under.www", "A", "NXDOMAIN", True, [], [SOA], []),
    ("missing", "A", "NXDOMAIN", True, [], [SOA], []),
    ("missing", "TYPE65280", "NXDOMAIN", True, [], [SOA], []),
    ("alias", "A", "NOERROR", True, ["alias CNAME", "www A"], [], []),
    ("alias", "CNAME", "NOERROR", True, ["alias CNAME"], [], []),
    ("alias", "AAAA", "NOERROR", True, ["alias CNAME"], [SOA], []),
    ("twice", "A", "NOERROR", True, ["twice CNAME", "alias CNAME", "www A"], [], []),
    ("dangling", "A", "NXDOMAIN", True, ["dangling CNAME"], [SOA], []),
    ("abroad", "A", "NOERROR", True, ["abroad CNAME"], [], []),
    ("loop1", "A", "NOERROR", True, ["loop1 CNAME", "loop2 CNAME"], [], []),
    ("self", "A", "NOERROR", True, ["self CNAME"], [], []),
    ("ent", "A", "NOERROR", True, [], [SOA], []),
    ("deep.ent", "TXT", "NOERROR", True, [], [SOA], []),
    ("b.deep.ent", "TXT", "NXDOMAIN", True, [], [SOA], []),
    ("a.deep.ent", "TXT", "NOERROR", True, ["a.deep.ent TXT"], [], []),
    ("new.wild", "A", "NOERROR", True, ["new.wild A"], [], []),
    ("more.new.wild", "A", "NOERROR", True, ["more.new.wild A"], [], []),
    ("new.wild", "AAAA", "NOERROR", True, [], [SOA], []),
    ("host.wild", "A", "NOERROR", True, [], [SOA], []),
    ("below.host.wild", "A", "NXDOMAIN", True, [], [SOA], []),
    ("wild", "A", "NOERROR", True, [], [SOA], []),
    ("*.wild", "A", "NOERROR", True, ["*.wild A"], [], []),
    ("x.wildalias", "A", "NOERROR", True, ["x.wildalias CNAME", "www A"], [], []),
    (
        "host.sub",
        "A",
        "NOERROR",
        False,
        [],
        ["sub NS"],
        ["ns.sub A", "ns1 A", "ns1 AAAA"],
    ),
    ("sub", "NS", "NOERROR", False, [], ["sub NS"], ["ns.sub A", "ns1 A", "ns1 AAAA"]),
    ("ns.sub", "A", "NOERROR", False, [], ["sub NS"], ["ns.sub A", "ns1 A", "ns1 AAAA"]),
    ("x.deeper.sub", "A", "NOERROR", False, [], ["sub NS"], ["ns.sub A", "ns1 A", "ns1 AAAA"]),
    ("sub", "DS", "NOERROR", True, ["sub DS"], [], []),
    ("bare", "DS", "NOERROR", True, [], [SOA], []),
    ("bare", "A", "NOERROR", False, [], ["bare NS"], []),
    ("sub", "ANY", "NOERROR", False, [], ["sub NS"], ["ns.sub A", "ns1 A", "ns1 AAAA"]),
    (
        "into",
        "A",
        "NOERROR",
        True,
        ["into CNAME"],
        ["sub NS"],
        ["ns.sub A", "ns1 A", "ns1 AAAA"],
    ),
    ("www", "ANY", "NOERROR", True, ["www HINFO"], [], []),
    ("@", "ANY", "NOERROR", True, ["@ HINFO"], [], []),
    ("into", "ANY", "NOERROR", True, ["into CNAME"], [], []),
    ("ent", "ANY", "NOERROR", True, [], [SOA], []),
    ("missing", "ANY", "NXDOMAIN", True, [], [SOA], []),
    (r"do\.t", "A", "NOERROR", True, [r"do\.t A"], [], []),
    ("t", "A", "NXDOMAIN", True, [], [SOA], []),
    ("do.t", "A", "NXDOMAIN", True, [], [SOA], []),
]


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """A server for one zone."""
    store = open_store(tmp_path_factory.mktemp("query"))
    ZoneRows(store).create(CONTENT)
    return dispatcher(store)


def _absolute(name: str) -> str:
    return "example.org." if name == "@" else f"{name}.example.org."


def _brief(section: list[dns.rrset.RRset]) -> list[str]:
    found = []
    for rrset in section:
        name = str(rrset.name.relativize(dns.name.from_text("example.org.")))
        found.append(f"{name} {dns.rdatatype.to_text(rrset.rdtype)}")
    return found


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_every_question_has_its_answer(answering: Answering, case: Case) -> None:
    """Rcode, authority and the three sections are those of the table."""
    name, rrtype, rcode, authoritative, answer, authority, additional = case
    reply = ask(answering, dns.message.make_query(_absolute(name), rrtype))
    assert dns.rcode.to_text(reply.rcode()) == rcode
    assert bool(reply.flags & dns.flags.AA) == authoritative
    assert _brief(reply.answer) == answer
    assert _brief(reply.authority) == authority
    assert sorted(_brief(reply.additional)) == additional
    assert not reply.flags & (dns.flags.TC | dns.flags.RA)


def test_ttls_are_those_of_the_recordset_else_of_the_zone(answering: Answering) -> None:
    """A TTL of 0 is a TTL; without one the zone's counts."""
    for name, rrtype, ttl in (("mail", "A", 0), ("www", "A", 60), ("ns1", "A", 3600)):
        reply = ask(answering, dns.message.make_query(_absolute(name), rrtype))
        assert reply.answer[0].ttl == ttl


def test_a_denial_lasts_as_long_as_the_minimum(answering: Answering) -> None:
    """The SOA in authority has the smaller of the zone's TTL and its minimum (RFC 2308)."""
    denial = ask(answering, dns.message.make_query(_absolute("missing"), "A"))
    plain = ask(answering, dns.message.make_query(_absolute("@"), "SOA"))
    assert (denial.authority[0].ttl, plain.answer[0].ttl) == (300, 3600)
    assert denial.authority[0][0].serial == plain.answer[0][0].serial == 100


def test_the_spelling_of_the_question_is_kept(answering: Answering) -> None:
    """Names that are part of the question come back as they were sent (0x20)."""
    reply = ask(answering, dns.message.make_query("wWw.eXample.ORG.", "A"))
    assert str(reply.question[0].name) == str(reply.answer[0].name) == "wWw.eXample.ORG."
    denial = ask(answering, dns.message.make_query("nO.eXample.ORG.", "A"))
    assert str(denial.authority[0].name) == "eXample.ORG."


def test_a_zone_below_answers_before_the_zone_above(tmp_path: Path) -> None:
    """The longest zone name wins, at once when it comes and when it goes; DS stays above."""
    store = open_store(tmp_path)
    ZoneRows(store).create({("@", "NS"): (None, ["ns.a."]), ("w.sub", "A"): (None, ["192.0.2.1"])})
    answering = dispatcher(store)
    query = dns.message.make_query("w.sub.example.org.", "A")
    assert ask(answering, query).answer[0][0].address == "192.0.2.1"

    child = ZoneRows(store, "sub.example.org.", serial=7)
    child.create({("@", "NS"): (None, ["ns.a."]), ("w", "A"): (None, ["192.0.2.2"])})
    assert ask(answering, query).answer[0][0].address == "192.0.2.2"
    ds = ask(answering, dns.message.make_query("sub.example.org.", "DS"))
    assert (str(ds.authority[0].name), ds.authority[0][0].serial) == ("example.org.", 100)

    child.change({}, action="DELETE", serial=7)
    assert ask(answering, query).rcode() == dns.rcode.REFUSED
    child.remove()
    assert ask(answering, query).answer[0][0].address == "192.0.2.1"
