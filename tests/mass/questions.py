# SPDX-License-Identifier: Apache-2.0
"""What is asked of millions of recordsets: each list and each search, where it is hardest."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from designate.model.listing import Page, Query
from designate.storage import recordset_lists, zone_lists, zones
from designate.storage.tables import zones as zones_table
from designate.storage.tables.zones import LIVE
from tests.mass import shape

PAGE = 100
LONG_PAGE = 1000

Ask = Callable[[Connection, Query], Page[Any]]


class Place(NamedTuple):
    """What is listed: the recordsets of a zone, of a project or (None) of all; or zones."""

    what: str
    ask: Ask
    zone: str | None = None
    project: str | None = None
    zones: bool = False


class Question(NamedTuple):
    """One request."""

    place: Place
    what: str
    query: Query

    @property
    def name(self) -> str:
        """What is asked, in words."""
        return f"{self.place.what}: {self.what}, {self.query.sort_dir}"

    def ask(self, connection: Connection) -> Page[Any]:
        """The answer."""
        return self.place.ask(connection, self.query)


def questions() -> Iterator[Question]:
    """All that must cost the same at any size."""
    for place in _PLACES:
        for what, filters in (_ZONE_FILTERS if place.zones else _RECORDSETS).items():
            limit = LONG_PAGE if place.zones and not filters else PAGE
            for direction in ("asc", "desc"):
                query = Query(filters=filters, limit=limit, sort_dir=direction)
                yield Question(place, what, query)


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
_RECORDSETS: Mapping[str, dict[str, str]] = {
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
    "of type A by prefix": {"type": "A", "name": "h1*"},
    "of type TXT by data": {"type": "TXT", "data": '"v=spf1*'},
}
_ZONE_FILTERS: Mapping[str, dict[str, str]] = {
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
UNSELECTIVE = frozenset(
    {
        "by prefix, many",
        "by prefix, in every zone",
        "by suffix, one zone",
        "by suffix, most",
        "by suffix, many",
        "by both ends",
        "by data, in every zone",
        "by data prefix, many",
        "by data prefix, some",
        "by ttl, many",
        "of type A by prefix",
        "of type TXT by data",
    }
)
"""Filters that let thousands pass: where all of these are far behind in the order, either these or
those before them must be read (decision 0010)."""
