# SPDX-License-Identifier: Apache-2.0
"""What is asked of millions of recordsets: each list and each search, where it is hardest."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from designate.model.listing import Page, Query
from designate.storage import recordset_lists, zone_lists, zones
from designate.storage.tables import zones as zones_table
from tests.mass import shape

PAGE = 100

ZONE = shape.BIG_ZONE
PROJECT = shape.BIG_PROJECT


class Question(NamedTuple):
    """One request: a list of a zone, of a project (or of all of them), or of zones."""

    what: str
    ask: Callable[[Connection, Query], Page[Any]]
    query: Query


def questions() -> Iterator[Question]:
    """All that must cost the same at any size."""
    for where, ask in _PLACES.items():
        for what, filters in _RECORDSETS.items():
            for direction in ("asc", "desc"):
                query = Query(filters=filters, limit=PAGE, sort_dir=direction)
                yield Question(f"{where}: {what}, {direction}", ask, query)
    for where, ask in _ZONES.items():
        for what, filters in _ZONE_FILTERS.items():
            limit = PAGE if filters else 1000
            yield Question(f"{where}: {what}", ask, Query(filters=filters, limit=limit))


def in_zone(name: str) -> Callable[[Connection, Query], Page[Any]]:
    """Lists of the recordsets of a zone."""

    def ask(connection: Connection, query: Query) -> Page[Any]:
        wanted = select(zones_table.c.id).where(zones_table.c.name_key == name)
        zone = zones.get(connection, connection.execute(wanted).scalar_one())
        assert zone is not None
        return recordset_lists.find(connection, zone, query)

    return ask


def of_project(project: str | None) -> Callable[[Connection, Query], Page[Any]]:
    """Lists of the recordsets of a project, or of all."""
    return lambda connection, query: recordset_lists.find_all(connection, query, project)


def zones_of(project: str | None) -> Callable[[Connection, Query], Page[Any]]:
    """Lists of the zones of a project, or of all."""
    return lambda connection, query: zone_lists.find(
        connection, query, project_id=project, all_projects=project is None, catalogs=False
    )


_PLACES = {
    "big zone": in_zone(shape.BIG_ZONE),
    "reverse zone": in_zone(shape.REVERSE_ZONE),
    "big project": of_project(shape.BIG_PROJECT),
    "project of many zones": of_project(shape.MANY_PROJECT),
    "project": of_project("project7"),
    "all projects": of_project(None),
}
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
    "PENDING": {"status": "PENDING"},
    "ERROR": {"status": "ERROR"},
    "ACTIVE": {"status": "ACTIVE"},
    "of type A by prefix": {"type": "A", "name": "h1*"},
    "of type TXT by data": {"type": "TXT", "data": '"v=spf1*'},
}
_ZONES = {
    "zones of many": zones_of(shape.MANY_PROJECT),
    "zones of a project": zones_of("project7"),
    "zones of all": zones_of(None),
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
}
