# SPDX-License-Identifier: Apache-2.0
"""A name's place in a zone: data, a delegation, a wildcard's reach, or nothing (RFC 4592)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from designate.mdns.zones import suffixes
from designate.rdata import names
from designate.storage.answers import Content, Found
from designate.wire import numbers

RRsets: TypeAlias = Mapping[int, Found]
"""The RRsets of one name, by type."""


class Place(Enum):
    """Where a name stands."""

    EXISTS = "it, or a wildcard for it, has the data; an empty non-terminal has none"
    DELEGATED = "it stands at or below a zone cut, whose NS are the data"
    MISSING = "there is no such name"


@dataclass(frozen=True, slots=True)
class Node:
    """A place, and the RRsets that count there; `wildcard` is the name that they come from."""

    place: Place
    rrsets: RRsets
    wildcard: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether the zone has the name, or a cut above it, rather than a wildcard or nothing."""
        return self.place is not Place.MISSING and self.wildcard is None


def find(content: Content, name_key: str, qtype: int) -> Node:
    """The place of a name at or below the apex; up to three queries where it is not there."""
    apex = content.zone.name_key
    above = [name for name in suffixes(name_key) if len(name) >= len(apex)]
    wildcards = [f"*.{name}" for name in above[1:]]
    found = _by_name(content.rrsets_at([*above, *wildcards]))
    cut = _cut(found, above[-2::-1], None if qtype != numbers.DS else name_key)
    if cut is not None:
        return Node(Place.DELEGATED, cut)
    if name_key in found:
        return Node(Place.EXISTS, found[name_key])
    encloser = _closest_encloser(content, above, found)
    if encloser == name_key:
        return Node(Place.EXISTS, {})
    wildcard = f"*.{encloser}"
    # One that holds nothing but has names below it exists as any other (RFC 4592 section 2.2.2).
    if wildcard in found or _has_descendants(content, wildcard):
        return Node(Place.EXISTS, found.get(wildcard, {}), wildcard)
    return Node(Place.MISSING, {})


def _by_name(rrsets: Collection[Found]) -> dict[str, dict[int, Found]]:
    found: dict[str, dict[int, Found]] = {}
    for rrset in rrsets:
        found.setdefault(rrset.name_key, {})[rrset.rrtype] = rrset
    return found


def _cut(
    found: Mapping[str, RRsets], downwards: Collection[str], parent_side: str | None
) -> RRsets | None:
    """The RRsets of the topmost cut; at `parent_side` the zone itself answers (RFC 4035 3.1.4)."""
    for name in downwards:
        if name != parent_side and numbers.NS in found.get(name, {}):
            return found[name]
    return None


def _closest_encloser(content: Content, above: list[str], found: Mapping[str, RRsets]) -> str:
    """The longest ancestor that exists, the name itself where names below it do."""
    apex = content.zone.name_key
    wanted = names.labels(above[0])
    shared = max(
        (_common(wanted, names.labels(name)) for name in content.neighbours(above[0])), default=0
    )
    by_descendant = len(wanted) - shared
    for index, name in enumerate(above):
        if index >= by_descendant or name in found or name == apex:
            return name
    return apex


def _has_descendants(content: Content, name: str) -> bool:
    labels = names.labels(name)
    return any(
        _common(labels, names.labels(other)) == len(labels) for other in content.neighbours(name)
    )


def _common(one: list[str], other: list[str]) -> int:
    """How many final labels two names share."""
    count = 0
    for mine, yours in zip(reversed(one), reversed(other), strict=False):
        if mine != yours:
            break
        count += 1
    return count
