# SPDX-License-Identifier: Apache-2.0
"""A zone full of corner cases, and thousands of questions that two servers must answer alike.

What may differ, and how it is made alike: the additional section, of which each server tells as
much as it likes; the order of records and of RRsets in a section; the case of owner names, where
we repeat that of the question. Not asked for are chains of aliases without end or of more than
five (BIND says SERVFAIL beside the chain that we tell, Knot tells only part of it) and NS at a
wildcard (BIND refuses the zone, and our API the NS).
"""

import itertools
from collections.abc import Collection, Sequence

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.unit.mdns.test_query import CONTENT
from tests.unit.mdns.test_wildcards import BEYOND, EXAMPLE
from tests.unit.mdns.zone_rows import Owner, Values

TYPES = ("A", "AAAA", "NS", "SOA", "MX", "TXT", "CNAME", "SRV", "DS", "TYPE65280")
Address = tuple[str, int]
Fact = tuple[str, bool, frozenset[tuple[str, int, str, str]], frozenset[tuple[str, int, str, str]]]

CORNERS: dict[Owner, Values] = {
    **{
        owner: values
        for owner, values in CONTENT.items()
        if owner[0] not in ("loop1", "loop2", "self")
    },
    **{
        (f"{name}.rfc", rrtype): values for (name, rrtype), values in EXAMPLE.items() if name != "@"
    },
    **{
        (f"{name}.beyond", rrtype): values
        for (name, rrtype), values in BEYOND.items()
        if name not in ("@", "*.self", "*.servers")
    },
    # An alias to the apex, out of the zone, to a wildcard, to a name without data, below a cut.
    ("to-apex", "CNAME"): (None, ["example.org."]),
    ("to-wild", "CNAME"): (None, ["any.wild.example.org."]),
    ("to-empty", "CNAME"): (None, ["deep.ent.example.org."]),
    ("to-cut", "CNAME"): (None, ["sub.example.org."]),
    ("to-parent", "CNAME"): (None, ["org."]),
    ("to-wild-alias", "CNAME"): (None, ["x.wildalias.example.org."]),
    **{(f"chain{n}", "CNAME"): (None, [f"chain{n + 1}.example.org."]) for n in range(4)},
    ("chain4", "A"): (None, ["192.0.2.24"]),
    # Names that look like others: beside the apex, at the ends of the order of names.
    ("example", "A"): (None, ["192.0.2.10"]),
    ("org", "A"): (None, ["192.0.2.11"]),
    ("org.example", "A"): (None, ["192.0.2.12"]),
    ("a", "A"): (None, ["192.0.2.13"]),
    ("0", "A"): (None, ["192.0.2.14"]),
    ("-", "A"): (None, ["192.0.2.15"]),
    ("zzz", "A"): (None, ["192.0.2.16"]),
    (r"\000", "A"): (None, ["192.0.2.17"]),
    (r"\255", "A"): (None, ["192.0.2.18"]),
    (r"a\.b", "TXT"): (None, ['"one label"']),
    ("a.b", "TXT"): (None, ['"two labels"']),
    # Cuts: one with glue below it and beside it, one below another, one with its own DS.
    ("lame", "NS"): (None, ["ns.lame.example.org."]),
    ("glue", "NS"): (None, ["a.glue.example.org.", "b.bare.example.org.", "ns1.example.org."]),
    ("a.glue", "A"): (None, ["192.0.2.61"]),
    ("a.glue", "AAAA"): (None, ["2001:db8::61"]),
    ("x.y.glue", "NS"): (None, ["a.glue.example.org."]),
    ("ds.deep.cuts", "NS"): (None, ["ns.elsewhere.net."]),
    ("ds.deep.cuts", "DS"): (None, ["7 13 2 " + "cd" * 32, "8 13 2 " + "ef" * 32]),
    # Different types and TTLs at one name, and a set of many.
    ("many", "A"): (0, [f"192.0.2.{number}" for number in range(1, 40)]),
    ("many", "TXT"): (2147483647, ['"' + "t" * 255 + '"']),
    ("many", "MX"): (1, ["0 many.example.org.", "0 ."]),
}
BELOW_NAME = "below.example.org."
BELOW: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns.below.example.org."]),
    ("ns", "A"): (None, ["192.0.2.71"]),
    ("www", "A"): (None, ["192.0.2.72"]),
    ("*.wild", "A"): (None, ["192.0.2.73"]),
    ("up", "CNAME"): (None, ["www.example.org."]),
    ("on", "CNAME"): (None, ["www.below.example.org."]),
}
"""A zone below another of the same server."""
ABOVE: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns1.example.org.", "ns.below.example.org."]),
    ("ns1", "A"): (None, ["192.0.2.53"]),
    ("www", "A"): (None, ["192.0.2.1"]),
    ("*", "TXT"): (None, ['"everywhere else"']),
    # What was there before the zone below was made.
    ("www.below", "A"): (None, ["192.0.2.66"]),
    ("old.below", "A"): (None, ["192.0.2.67"]),
    ("into", "CNAME"): (None, ["www.below.example.org."]),
    ("into-apex", "CNAME"): (None, ["below.example.org."]),
    ("into-nothing", "CNAME"): (None, ["no.below.example.org."]),
    ("into-old", "CNAME"): (None, ["old.below.example.org."]),
    ("into-wild", "CNAME"): (None, ["x.wild.below.example.org."]),
    ("through", "CNAME"): (None, ["into.example.org."]),
    ("*.made", "CNAME"): (None, ["www.below.example.org."]),
    ("beside", "CNAME"): (None, ["www.belows.example.org."]),
}
"""The zone above, which has no NS for it."""
BOTH = ABOVE | {
    ("below" if name == "@" else f"{name}.below", rrtype): values
    for (name, rrtype), values in BELOW.items()
}
"""What the two have, seen from above."""
NEW_LABELS = ("new", "a.b", "*", "x.*", "zz.zz.zz")


def names(content: Collection[Owner] = CORNERS) -> list[str]:
    """Every name of the zone, those above it, and new ones below each."""
    known = {name for name, _ in content if name != "@"}
    split = {name: _labels(name) for name in known}
    above = {".".join(labels[index:]) for labels in split.values() for index in range(len(labels))}
    below = {f"{label}.{name}" for label in NEW_LABELS for name in known | above}
    inside = sorted(known | above | below | set(NEW_LABELS))
    return ["example.org.", *(f"{name}.example.org." for name in inside), "org.", "notexample.org."]


def _labels(name: str) -> list[str]:
    return name.replace(r"\.", "\0").replace(".", " ").replace("\0", r"\.").split()


def told(section: Sequence[dns.rrset.RRset]) -> frozenset[tuple[str, int, str, str]]:
    """The records of a section."""
    return frozenset(
        (str(rrset.name).lower(), rrset.ttl, dns.rdatatype.to_text(rrset.rdtype), rdata.to_text())
        for rrset in section
        for rdata in rrset
    )


def facts(address: Address, query: dns.message.Message) -> Fact:
    """What a server says over UDP, where it is cut over TCP."""
    reply, _ = dns.query.udp_with_fallback(query, address[0], 5, address[1])
    return (
        dns.rcode.to_text(reply.rcode()),
        bool(reply.flags & dns.flags.AA),
        told(reply.answer),
        told(reply.authority),
    )


def compare(
    ours: Address,
    theirs: Address,
    content: Collection[Owner] = CORNERS,
    rrtypes: Collection[str] = TYPES,
) -> int:
    """Ask both everything; rcode, authority bit, answer and authority section are the same."""
    asked = 0
    for name, rrtype in itertools.product(names(content), rrtypes):
        query = dns.message.make_query(name, rrtype, flags=0, payload=1232)
        assert facts(ours, query) == facts(theirs, query), f"{name} {rrtype}"
        asked += 1
    return asked
