# SPDX-License-Identifier: Apache-2.0
"""Ordinary queries, answered with authority (RFC 1034 4.3.2, RFC 2308, RFC 8482).

A zone says nothing of names in a zone of ours below it, whether it has an NS there or not: an
alias into one is told and not followed, addresses there are not told along.
"""

from collections.abc import Collection

from designate.mdns import tree
from designate.mdns.tree import Node, Place, RRsets
from designate.mdns.zones import ServedZone, suffixes
from designate.model.tsigkeys import TsigKey
from designate.rdata import names
from designate.storage import answers
from designate.storage.answers import Content, Found
from designate.storage.unit_of_work import Store
from designate.wire import numbers, records
from designate.wire.message import QUESTION_AT, Answer, Query
from designate.wire.records import RRset

MAX_CHAIN = 16
"""CNAMEs followed for one answer."""

_ANY_TTL = 3600
_ANY = records.packed(b"\x07RFC8482\x00")
_HOST_AT = {numbers.NS: 0, numbers.MX: 2, numbers.SRV: 6}
"""Where the host stands in the rdata of the types whose hosts' addresses are told along."""
_ADDRESSES = (numbers.A, numbers.AAAA)


def answer(store: Store, served: ServedZone, query: Query, key: TsigKey | None = None) -> Answer:
    """The answer to a query for a name at or below the apex of the zone.

    With a TSIG key no zones but those of its scope are there.
    """
    if query.qtype == numbers.SOA and query.name == served.apex:
        soa = records.rrset(records.APEX, numbers.SOA, served.zone.ttl, records.packed(served.soa))
        return Answer(authoritative=True, answer=[soa])
    with answers.content(store, served.zone) as content:
        return _Search(content, served, query, key).run()


class _Search:
    """One query in one zone; owners are written as pointers into its question."""

    def __init__(
        self, content: Content, served: ServedZone, query: Query, key: TsigKey | None
    ) -> None:
        self._content = content
        self._served = served
        self._key = key
        self._qtype = query.qtype
        self._name = query.name
        self._apex = records.pointer(QUESTION_AT + len(query.name) - len(served.apex))
        self._answer = Answer(authoritative=True)

    def run(self) -> Answer:
        owner, name = records.APEX, self._name
        seen: set[bytes] = set()
        while name not in seen and len(seen) <= MAX_CHAIN:
            seen.add(name)
            target = self._visit(name, owner)
            if target is None or not self._own([target]):
                break
            owner, name = self._relative(target), target
        return self._answer

    def _visit(self, name: bytes, owner: bytes) -> bytes | None:
        """Answer for one name; its target where it is an alias."""
        node = tree.find(self._content, names.from_wire(name)[0], self._qtype)
        if self._qtype == numbers.DS and not node.is_there and not self._own([name]):
            # The zone above answers for the DS of a zone of ours, which is there all the same.
            node = Node(Place.EXISTS, {})
        self._impute(node)
        if node.place is Place.DELEGATED:
            self._refer(node.rrsets[numbers.NS])
        elif node.place is Place.MISSING:
            self._answer.rcode = numbers.NXDOMAIN
            self._deny()
        elif self._qtype == numbers.SOA and name == self._served.apex:
            self._answer.answer.append(self._soa(owner, self._served.zone.ttl))
        else:
            return self._tell(node.rrsets, name, owner)
        return None

    def _impute(self, node: Node) -> None:
        """Note what stands for the names that are answered alike; the first of a chain counts."""
        if self._answer.answer:
            return
        if node.place is Place.MISSING:
            self._answer.imputed = self._served.apex
        elif node.place is Place.DELEGATED:
            self._answer.imputed = names.to_wire(node.rrsets[numbers.NS].name_key)
        elif node.wildcard is not None:
            self._answer.imputed = names.to_wire(node.wildcard)

    def _tell(self, rrsets: RRsets, name: bytes, owner: bytes) -> bytes | None:
        is_any = self._qtype == numbers.ANY
        if self._qtype in rrsets:
            rrset = rrsets[self._qtype]
            self._answer.answer.append(self._render(rrset, owner))
            self._answer.additional += self._addresses(self._own(_hosts(rrset)))
        elif numbers.CNAME in rrsets:
            alias = rrsets[numbers.CNAME]
            self._answer.answer.append(self._render(alias, owner))
            # Nothing else may be at its name: it is all that there is (RFC 8482 section 4.2).
            return None if is_any else records.pieces(alias.wire)[0][2:]
        elif is_any and (rrsets or name == self._served.apex):
            self._answer.answer.append(records.rrset(owner, numbers.HINFO, _ANY_TTL, _ANY))
        else:
            self._deny()
        return None

    def _refer(self, delegation: Found) -> None:
        """Name the servers of the zone below, with the addresses that only we have (RFC 9471)."""
        self._answer.authoritative = bool(self._answer.answer)
        self._answer.authority.append(self._render(delegation, self._owner(delegation)))
        cut = names.to_wire(delegation.name_key)
        hosts = _hosts(delegation)
        glue = [host for host in hosts if _is_at_or_below(host, cut)]
        others = [host for host in hosts if host not in glue]
        self._answer.glue += self._addresses(glue)
        self._answer.additional += self._addresses(self._own(others))

    def _deny(self) -> None:
        """The SOA that says how long to believe that there is nothing (RFC 2308 section 3)."""
        zone = self._served.zone
        self._answer.authority.append(self._soa(self._apex, min(zone.ttl, zone.minimum)))

    def _soa(self, owner: bytes, ttl: int) -> RRset:
        return records.rrset(owner, numbers.SOA, ttl, records.packed(self._served.soa))

    def _addresses(self, hosts: Collection[bytes]) -> list[RRset]:
        if not hosts:
            return []
        found = self._content.rrsets_at([names.from_wire(host)[0] for host in hosts])
        return [
            self._render(rrset, self._owner(rrset)) for rrset in found if rrset.rrtype in _ADDRESSES
        ]

    def _render(self, rrset: Found, owner: bytes) -> RRset:
        ttl = self._served.zone.ttl if rrset.ttl is None else rrset.ttl
        return records.rrset(owner, rrset.rrtype, ttl, rrset.wire)

    def _owner(self, rrset: Found) -> bytes:
        return rrset.head[: -len(records.APEX) - 4] + self._apex

    def _relative(self, name: bytes) -> bytes:
        return name[: -len(self._served.apex)] + self._apex

    def _own(self, found: Collection[bytes]) -> list[bytes]:
        """Those of the names that lie in this zone, and in no zone of ours below it."""
        inside = [name for name in found if _is_at_or_below(name, self._served.apex)]
        self._answer.named += inside
        if not inside or self._served.is_leaf:
            return inside
        apex = self._served.zone.name_key
        above = {name: set(suffixes(names.from_wire(name)[0])) for name in inside}
        candidates = {
            each for several in above.values() for each in several if len(each) > len(apex)
        }
        zones = self._content.zones_named(candidates, self._key) if candidates else set()
        return [name for name in inside if above[name].isdisjoint(zones)]


def _hosts(rrset: Found) -> list[bytes]:
    position = _HOST_AT.get(rrset.rrtype)
    if position is None:
        return []
    return [piece[2 + position :] for piece in records.pieces(rrset.wire)]


def _is_at_or_below(name: bytes, apex: bytes) -> bool:
    """Whether a wire name ends in the labels of another."""
    position, end = 0, len(name) - len(apex)
    while position < end:
        position += name[position] + 1
    return position == end and name[end:] == apex
