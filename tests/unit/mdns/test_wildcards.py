# SPDX-License-Identifier: Apache-2.0
"""Wildcards and empty non-terminals: the examples of RFC 4592, and what it defines beside them."""

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from tests.unit.mdns.serving import Answering, ask, dispatcher
from tests.unit.mdns.zone_rows import Owner, Values, ZoneRows, open_store

EXAMPLE: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns.example.com.", "ns.example.net."]),
    ("*", "TXT"): (None, ['"this is a wildcard"']),
    ("*", "MX"): (None, ["10 host1.example."]),
    ("sub.*", "TXT"): (None, ['"this is not a wildcard"']),
    ("host1", "A"): (None, ["192.0.2.1"]),
    ("_ssh._tcp.host1", "SRV"): (None, ["0 0 22 host1.example."]),
    ("_ssh._tcp.host2", "SRV"): (None, ["0 0 22 host2.example."]),
    ("subdel", "NS"): (None, ["ns.example.com.", "ns.example.net."]),
}
"""RFC 4592 section 2.2.1."""

SYNTHESISED, DATA, NO_DATA, NO_NAME, REFERRAL = "synthesised", "data", "no data", "no name", "cut"

EXAMPLES = [
    ("host3", "MX", SYNTHESISED),
    ("host3", "A", NO_DATA),
    ("foo.bar", "TXT", SYNTHESISED),
    ("host1", "MX", NO_DATA),
    ("sub.*", "MX", NO_DATA),
    ("_telnet._tcp.host1", "SRV", NO_NAME),
    ("host.subdel", "A", REFERRAL),
    ("ghost.*", "MX", NO_NAME),
    # Section 2.2.2: names without data exist, and keep wildcards away.
    ("host2", "MX", NO_DATA),
    ("_tcp.host2", "TXT", NO_DATA),
    ("_tcp", "MX", SYNTHESISED),
    # Section 2.2.3: a wildcard is a name as well.
    ("*", "MX", DATA),
    ("*", "A", NO_DATA),
    ("sub.*", "TXT", DATA),
    # Section 3.3.1: closest enclosers.
    ("_dns._udp.host2", "TXT", NO_NAME),
    ("_telnet._tcp.host3", "TXT", SYNTHESISED),
    ("_chat._udp.host3", "TXT", SYNTHESISED),
    ("foobar.*", "TXT", NO_NAME),
]

BEYOND: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns.example.com."]),
    # A wildcard below a name that holds nothing else, and one in the middle of names.
    ("*.empty", "A"): (None, ["192.0.2.2"]),
    ("leaf.*.middle", "TXT"): (None, ['"leaf"']),
    ("*.*.twice", "TXT"): (None, ['"the second is one"']),
    # Section 4.4: an alias is made of it, and followed; also into itself, and through another.
    ("*.alias", "CNAME"): (None, ["host1.example."]),
    ("*.self", "CNAME"): (None, ["again.self.example."]),
    ("*.chain", "CNAME"): (None, ["x.alias.example."]),
    ("host1", "A"): (None, ["192.0.2.1"]),
    # Section 4.2: NS at a wildcard is data for the names it is made for, and a cut below itself.
    ("*.servers", "NS"): (None, ["ns.example.com."]),
    # A cut above a wildcard hides it; so does one between a wildcard and the name.
    ("cut", "NS"): (None, ["ns.cut.example."]),
    ("*.cut", "A"): (None, ["192.0.2.3"]),
    ("ns.cut", "A"): (None, ["192.0.2.53"]),
    ("*.above", "A"): (None, ["192.0.2.4"]),
    ("cut.above", "NS"): (None, ["ns.example.com."]),
    # An escaped dot ends no label.
    (r"a\.b.dots", "A"): (None, ["192.0.2.6"]),
    ("a.b.dots", "A"): (None, ["192.0.2.7"]),
    (r"\.*.dots", "A"): (None, ["192.0.2.8"]),
    # A deeper wildcard is nearer, whatever it lacks.
    ("*.deep", "A"): (None, ["192.0.2.5"]),
    ("*.b.deep", "TXT"): (None, ['"nearer"']),
}

CASES_BEYOND = [
    ("x.empty", "A", SYNTHESISED),
    ("x.y.empty", "A", SYNTHESISED),
    ("empty", "A", NO_DATA),
    ("x.middle", "TXT", NO_DATA),
    ("leaf.x.middle", "TXT", NO_DATA),
    ("*.middle", "TXT", NO_DATA),
    ("leaf.*.middle", "TXT", DATA),
    ("x.*.twice", "TXT", SYNTHESISED),
    ("x.y.twice", "TXT", NO_DATA),
    ("x.alias", "A", SYNTHESISED),
    ("x.alias", "MX", SYNTHESISED),
    ("x.alias", "CNAME", SYNTHESISED),
    ("x.self", "A", SYNTHESISED),
    ("x.chain", "A", SYNTHESISED),
    ("x.servers", "NS", SYNTHESISED),
    ("x.servers", "A", NO_DATA),
    ("x.*.servers", "A", REFERRAL),
    ("x.cut", "A", REFERRAL),
    ("x.cut.above", "A", REFERRAL),
    ("y.above", "A", SYNTHESISED),
    ("b.dots", "A", NO_DATA),
    ("c.dots", "A", NO_NAME),
    (r"\.*.dots", "A", DATA),
    ("x.deep", "A", SYNTHESISED),
    ("x.b.deep", "A", NO_DATA),
    ("b.deep", "A", NO_DATA),
]


def server(factory: pytest.TempPathFactory, content: dict[Owner, Values]) -> Answering:
    """A server for a zone `example.` with this content."""
    store = open_store(factory.mktemp("wildcards"))
    ZoneRows(store, "example.").create(content)
    return dispatcher(store)


@pytest.fixture(scope="module")
def rfc(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """The zone of the RFC."""
    return server(tmp_path_factory, EXAMPLE)


@pytest.fixture(scope="module")
def beyond(tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """Wildcards in odd places."""
    return server(tmp_path_factory, BEYOND)


def kind(answering: Answering, content: dict[Owner, Values], name: str, rrtype: str) -> str:
    """What the answer is; every owner of its first RRset is the name that was asked for."""
    reply = ask(answering, dns.message.make_query(f"{name}.example.", rrtype))
    if reply.rcode() == dns.rcode.NXDOMAIN:
        return NO_NAME
    assert reply.rcode() == dns.rcode.NOERROR
    if not reply.answer:
        is_denial = bool(reply.flags & dns.flags.AA)
        assert [str(rrset.name) for rrset in reply.authority] != []
        return NO_DATA if is_denial else REFERRAL
    assert str(reply.answer[0].name) == f"{name}.example."
    own = {rrtype, "CNAME"} & {found for owner, found in content if owner == name}
    return DATA if own else SYNTHESISED


@pytest.mark.parametrize(("name", "rrtype", "expected"), EXAMPLES)
def test_the_examples_of_the_rfc(rfc: Answering, name: str, rrtype: str, expected: str) -> None:
    """Sections 2.2.1 to 3.3.1."""
    assert kind(rfc, EXAMPLE, name, rrtype) == expected


@pytest.mark.parametrize(("name", "rrtype", "expected"), CASES_BEYOND)
def test_wildcards_in_odd_places(beyond: Answering, name: str, rrtype: str, expected: str) -> None:
    """Below names without data, in the middle, with aliases and name servers, around cuts."""
    assert kind(beyond, BEYOND, name, rrtype) == expected


def test_what_a_wildcard_makes_is_what_it_holds(beyond: Answering) -> None:
    """Type, TTL and data; an alias made of it is followed as any other."""
    reply = ask(beyond, dns.message.make_query("X.chain.example.", "A"))
    told = [(str(rrset.name), rrset[0].to_text()) for rrset in reply.answer]
    assert told == [
        ("X.chain.example.", "x.alias.example."),
        ("x.alias.example.", "host1.example."),
        ("host1.example.", "192.0.2.1"),
    ]


def test_any_at_a_wildcard_is_told_as_little_as_elsewhere(rfc: Answering) -> None:
    """HINFO at the name in question where there is data, a denial where not (RFC 8482)."""
    for name, rrtypes in (("host3", ["HINFO"]), ("host2", [])):
        reply = ask(rfc, dns.message.make_query(f"{name}.example.", "ANY"))
        assert [dns.rdatatype.to_text(rrset.rdtype) for rrset in reply.answer] == rrtypes
        assert reply.rcode() == dns.rcode.NOERROR
    assert ask(rfc, dns.message.make_query("x.host2.example.", "ANY")).rcode() == dns.rcode.NXDOMAIN
