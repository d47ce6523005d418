# SPDX-License-Identifier: Apache-2.0
"""What is asked of millions of recordsets: each list and each search, where it is hardest."""

import math
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from designate.model.listing import Page, Query
from designate.storage import recordset_lists, zone_lists, zones
from designate.storage.listing import BOUNDS
from designate.storage.tables import zones as zones_table
from designate.storage.tables.zones import LIVE
from tests.mass import shape
from tests.mass.examined import MOST, Allowed
from tests.mass.shape import ZoneRow

PAGE = 100
LONG_PAGE = 1000

Ask = Callable[[Connection, Query], Page[Any]]


class Cost(Enum):
    """What a question may cost (docs/searching.md); an exception is named with its reason below."""

    SHORT = "the same at any size"
    SIDE = "thousands pass: either these or those before them in the order are read"
    ON = "no index: the list is read in its order until there is a page"
    ALL = "no order: the list is read as a whole, and sorted"


class Place(NamedTuple):
    """What is listed: the recordsets of a zone, of a project or (None) of all; or zones."""

    what: str
    ask: Ask
    zone: str | None = None
    project: str | None = None
    zones: bool = False

    @property
    def is_all(self) -> bool:
        """Whether nothing bounds it."""
        return self.zone is None and self.project is None

    def has(self, zone: ZoneRow) -> bool:
        """Whether a zone, or what is in it, is listed."""
        return self.zone in (None, zone.name) and self.project in (None, zone.project)


class Question(NamedTuple):
    """One request; `size` is how many rows the list has, or a few more."""

    place: Place
    what: str
    query: Query
    cost: Cost
    size: int

    @property
    def name(self) -> str:
        """What is asked, in words."""
        order = "" if self.query.sort_key == "created_at" else f" by {self.query.sort_key}"
        start = " from the midst" if self.query.marker else ""
        return f"{self.place.what}: {self.what}, {self.query.sort_dir}{order}{start}"

    def ask(self, connection: Connection) -> Page[Any]:
        """The answer."""
        return self.place.ask(connection, self.query)

    @property
    def allowed(self) -> Allowed:
        """What each of its statements may do."""
        if self.cost is Cost.ALL:
            anything = math.inf if self.place.is_all else 0
            return Allowed(self.size, max(MOST, anything), anything)
        if self.cost is Cost.SIDE:
            # Each of two branches up to the last bound.
            return Allowed(min(2 * BOUNDS[-1], self.size))
        if self.cost is Cost.ON:
            # As far as is read before another way is tried, which not every database merges.
            return Allowed(min(2 * BOUNDS[-1], self.size), BOUNDS[-1])
        return Allowed()


def questions(total: int) -> Iterator[Question]:
    """All that is asked of a cloud of this size."""
    for place in _PLACES:
        held = [(zone, first) for zone, first in _numbered(total) if place.has(zone)]
        size = len(held) if place.zones else sum(zone.size for zone, _ in held) + 1
        live = [(zone, first) for zone, first in held if not zone.deleted]
        zone, first = live[len(live) * 3 // 5]
        midst = zone.id if place.zones else shape.identifier(first + zone.size * 3 // 5)
        for what, query, cost in _asked(place, midst):
            yield Question(place, what, query, cost, size)


@cache
def _numbered(total: int) -> list[tuple[ZoneRow, int]]:
    return list(shape.numbered_zones(total))


def _asked(place: Place, midst: str) -> Iterator[tuple[str, Query, Cost]]:
    for what, filters in _indexed(place).items():
        limit = LONG_PAGE if place.zones and not filters else PAGE
        cost = Cost.SIDE if what in UNSELECTIVE else Cost.SHORT
        for direction in ("asc", "desc"):
            query = Query(filters=filters, limit=limit, sort_dir=direction)
            yield what, query, cost
            if what in _DEEP:
                yield what, msgspec.structs.replace(query, marker=midst), cost
    for what, filters in _unindexed(place).items():
        yield what, Query(filters=filters, limit=PAGE), Cost.ON
    for key in _KEYS.get(place.what, ()):
        for direction in ("asc", "desc")[: 1 if place.is_all else 2]:
            yield "all", Query(limit=PAGE, sort_key=key, sort_dir=direction), Cost.ALL
    few = {"name": "m123.*"} if place.zones else {"data": shape.RARE_VALUE}
    yield "few, in another order", Query(filters=few, limit=PAGE, sort_key="name"), Cost.SHORT


def _indexed(place: Place) -> Mapping[str, dict[str, str]]:
    if place.zones:
        return _ZONES
    return _IN_ANY if place.zone else _IN_ANY | _OVER_ZONES


def _unindexed(place: Place) -> Mapping[str, dict[str, str]]:
    if place.what not in _WHERE_COSTLY:
        return {}
    if place.zones:
        return _ZONES_ON
    return _ON | _ON_TO_THE_END if place.project == "project7" else _ON


def in_zone(name: str) -> Ask:
    """Lists of the recordsets of a zone."""

    def ask(connection: Connection, query: Query) -> Page[Any]:
        live = zones_table.c.deleted == LIVE
        wanted = select(zones_table.c.id).where(zones_table.c.name_key == name, live)
        zone = zones.get(connection, connection.execute(wanted).scalar_one())
        assert zone is not None
        return recordset_lists.find(connection, zone, query)

    return ask


def of_project(project: str | None) -> Ask:
    """Lists of the recordsets of a project, or of all."""
    return lambda connection, query: recordset_lists.find_all(connection, query, project)


def zones_of(project: str | None) -> Ask:
    """Lists of the zones of a project, or of all."""
    return lambda connection, query: zone_lists.find(
        connection, query, project_id=project, all_projects=project is None, catalogs=False
    )


def _zone(what: str, name: str) -> Place:
    return Place(what, in_zone(name), zone=name)


def _project(what: str, project: str | None) -> Place:
    return Place(what, of_project(project), project=project)


def _zones(what: str, project: str | None) -> Place:
    return Place(what, zones_of(project), project=project, zones=True)


_PLACES = (
    _zone("big zone", shape.BIG_ZONE),
    _zone("reverse zone", shape.REVERSE_ZONE),
    _zone("small zone", shape.TINY_ZONE),
    _project("big project", shape.BIG_PROJECT),
    _project("project of many zones", shape.MANY_PROJECT),
    _project("project", "project7"),
    _project("all projects", None),
    _zones("zones of many", shape.MANY_PROJECT),
    _zones("zones of a project", "project7"),
    _zones("zones of all", None),
)
_IN_ANY: dict[str, dict[str, str]] = {
    "all": {},
    "by name": {"name": f"h77.{shape.BIG_ZONE}"},
    "by name that is not there": {"name": "nobody.example.com."},
    "by prefix, many": {"name": "h1*"},
    "by prefix, some": {"name": "h1234*"},
    "by prefix, few": {"name": f"{shape.RARE_LABEL}*"},
    "by prefix, in every zone": {"name": "mail*"},
    "by suffix, one zone": {"name": f"*.{shape.BIG_ZONE}"},
    "by suffix, few": {"name": "*.zone7.example."},
    "by suffix, most": {"name": "*.example."},
    "by both ends": {"name": f"h12*7.{shape.BIG_ZONE}"},
    "by data": {"data": shape.RARE_VALUE},
    "by data, in every zone": {"data": "10 mail.provider.example."},
    "by data that is not there": {"data": "198.51.100.1"},
    "by data prefix, many": {"data": "10.*"},
    "by data prefix, few": {"data": "192.0.2.*"},
    "by data prefix, some": {"data": "10.1.2*"},
    "of type A": {"type": "A"},
    "of type PTR": {"type": "PTR"},
    "of type CAA": {"type": shape.RARE_TYPE},
    "of no such type": {"type": "TLSA"},
    "of type MX": {"type": "MX"},
    "by ttl, few": {"ttl": str(shape.RARE_TTL)},
    "by ttl, many": {"ttl": "300"},
    "by ttl, none": {"ttl": "4711"},
    "by ttl, above all": {"ttl": ">86400"},
    "by ttl, below most": {"ttl": "<100"},
    "PENDING": {"status": "PENDING"},
    "ERROR": {"status": "ERROR"},
    "ACTIVE": {"status": "ACTIVE"},
    "not ACTIVE": {"status": "!ACTIVE"},
    "to be created": {"action": "CREATE"},
    "to be changed": {"action": "!NONE"},
    "of type A by prefix": {"type": "A", "name": "h1*"},
    "of type TXT by data": {"type": "TXT", "data": '"v=spf1*'},
}
_OVER_ZONES = {
    "of a zone": {"zone_id": shape.zone_id("m77.example.net.")},
    "of a zone that is not there": {"zone_id": shape.zone_id("nowhere.example.")},
    "of the big zone": {"zone_id": shape.zone_id(shape.BIG_ZONE)},
}
_ZONES: dict[str, dict[str, str]] = {
    "all": {},
    "by name": {"name": "m77.example.net."},
    "by prefix, many": {"name": "m1*"},
    "by prefix, few": {"name": "m123.*"},
    "by suffix, many": {"name": "*.example.net."},
    "by suffix, few": {"name": "*.m7.example.net."},
    "PENDING": {"status": "PENDING"},
    "ERROR": {"status": "ERROR"},
    "ACTIVE": {"status": "ACTIVE"},
    "by ttl": {"ttl": "3600"},
    "PRIMARY": {"type": "PRIMARY"},
    "SECONDARY": {"type": "SECONDARY"},
}
_DEEP = ("all", "of type A", "by prefix, many", "by suffix, most", "PENDING", "ACTIVE")
"""What is also asked for a page far behind the first."""
_MANY = "a tenth of the hosts or more"
UNSELECTIVE = {
    "by prefix, many": _MANY,
    "by prefix, in every zone": "one of each zone",
    "by suffix, one zone": "a fifth of all",
    "by suffix, most": "all but a project and the reverse zone",
    "by suffix, many": "all zones of a project",
    "by both ends": "its index leads to all that begin so",
    "by data, in every zone": "one of each zone",
    "by data prefix, many": _MANY,
    "by data prefix, some": "thousands of addresses",
    "by ttl, many": "a tenth of the hosts",
    "of the big zone": "a fifth of all; /v2/zones/ID/recordsets is the list to ask for",
    "of type A by prefix": "its index leads to a tenth of the hosts, of any type",
    "of type TXT by data": "one of each zone",
}
"""Filters that let thousands pass, and why: where all of these are far behind in the order, either
these or those before them must be read (decision 0010)."""
_WHERE_COSTLY = ("big zone", "project", "all projects", "zones of many", "zones of all")
"""Where what has no index is asked for: its cost differs by size, not by kind."""
_ON = {
    "not by name": {"name": "!www*"},
    "not by data": {"data": "!10.*"},
    "not of type A": {"type": "!A"},
    "not by ttl": {"ttl": "!300"},
    "settled": {"action": "NONE"},
    "by the middle of a name": {"name": "*7*"},
    "by the end of data": {"data": "*.77"},
    "by description": {"description": shape.COMMON_TEXT},
    "by description, any case": {"description": "W*"},
    "of types with a wildcard": {"type": "*A"},
    "of types before B": {"type": "<B"},
    "by ttl with a wildcard": {"ttl": "3*"},
    "of zones with a wildcard": {"zone_id": "*"},
}
"""Of the table in docs/searching.md; each passes often enough to end soon."""
_ON_TO_THE_END = {
    "by description that is not there": {"description": "nobody"},
    "by data that ends like none": {"data": "*nobody"},
}
_ZONES_ON = {
    "not by name": {"name": "!m1*"},
    "by the middle of a name": {"name": "*7*"},
    "by email": {"email": "dns@example.org"},
    "by email that is not there": {"email": "*nobody*"},
    "by description that is not there": {"description": "nobody"},
    "not ACTIVE": {"status": "!ACTIVE"},
    "waiting, with a wildcard": {"status": "*ING"},
    "not PRIMARY": {"type": "!PRIMARY"},
    "not by ttl": {"ttl": "!3600"},
}
_EVERY_KEY = ("updated_at", "id", "zone_id", "tenant_id", "name", "type", "ttl")
_EVERY_ZONE_KEY = ("updated_at", "id", "name", "tenant_id", "serial", "ttl", "status")
_KEYS = {
    "small zone": _EVERY_KEY,
    "project": _EVERY_KEY,
    "big zone": ("name",),
    "all projects": ("ttl",),
    "zones of a project": _EVERY_ZONE_KEY,
    "zones of many": ("serial",),
    "zones of all": ("name", "status"),
}
"""Sort keys without an index: each of them where lists are short, some where they are not."""
