# SPDX-License-Identifier: Apache-2.0
"""What is asked of lists beside those of zones and recordsets, and what the answers must be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

from designate.model.listing import Page, Query
from designate.storage import (
    shares,
    tasks,
    tlds,
    transfer_accepts,
    transfer_requests,
    tsigkeys,
)
from designate.storage import tables as t
from designate.storage.tables.tasks import EXPORT, IMPORT
from tests.mass import others, shape
from tests.mass.others import Values

PAGE = 100
Ask = Callable[[Connection, Query], Page[Any]]
Filters = Mapping[str, str]


class List(NamedTuple):
    """A list as somebody sees it, which rows of its table it has, and by what it is filtered."""

    what: str
    table: Table
    ask: Ask
    holds: Callable[[Values], bool]
    filters: Sequence[Filters]


class Question(NamedTuple):
    """A page of a list, the ids that are on it, and how many there are in all."""

    name: str
    ask: Ask
    query: Query
    ids: list[str]
    total: int


def questions(total: int) -> Iterator[Question]:
    """Of each list the first page and one far behind, from both ends."""
    kept = {table: list(values) for table, values in others.rows(total).items()}
    for each in _lists(others.big_zone(total)):
        held = [row for row in kept[each.table] if each.holds(row)]
        for filters in each.filters:
            ids = [row["id"] for row in held if _passes(row, filters)]
            for direction in ("asc", "desc"):
                yield from _pages(each, filters, ids, direction)
                ids.reverse()


def _pages(each: List, filters: Filters, ids: list[str], direction: str) -> Iterator[Question]:
    words = " ".join(f"{name}={value}" for name, value in filters.items())
    for place in sorted({0, len(ids) * 3 // 5}):
        marker = ids[place - 1] if place else None
        query = Query(filters=dict(filters), limit=PAGE, sort_dir=direction, marker=marker)
        name = f"{each.what}: {words or 'all'}, {direction} from {place} of {len(ids)}"
        yield Question(name, each.ask, query, ids[place : place + PAGE], len(ids))


def _passes(row: Values, filters: Filters) -> bool:
    return all(row[name] == value for name, value in filters.items())


def _lists(big_zone: str) -> Iterator[List]:
    for target in ("target77", "project7", None):
        yield _shares(big_zone, target)
    for task_type in (IMPORT, EXPORT):
        for project in (shape.MANY_PROJECT, "project7", None):
            yield _tasks(task_type, project)
    for project in (shape.MANY_PROJECT, shape.TINY_PROJECT, "project7", None):
        yield _requests(project)
    for project in (shape.TINY_PROJECT, "project7", None):
        yield _accepts(project)
    yield List(
        "TLDs",
        t.tlds,
        tlds.REGISTER.find,
        lambda row: True,
        ({}, {"name": "tld77"}, {"name": "nobody"}),
    )
    yield List(
        "TSIG keys",
        t.tsigkeys,
        tsigkeys.REGISTER.find,
        lambda row: True,
        ({}, {"name": "key77."}, {"name": "nobody."}, {"scope": "POOL"}, {"scope": "ZONE"}),
    )


def _shares(zone: str, target: str | None) -> List:
    targets = ("target77", shape.TINY_PROJECT, "nobody")
    return List(
        f"shares of a zone with {target or 'all'}",
        t.shares,
        lambda connection, query: shares.find(connection, zone, query, target=target),
        lambda row: row["zone_id"] == zone and target in (None, row["target_project_id"]),
        ({}, *({"target_project_id": name} for name in targets)),
    )


def _tasks(task_type: str, project: str | None) -> List:
    zone = shape.zone_id("m77.example.net.")
    return List(
        f"{task_type} of {project}",
        t.zone_tasks,
        lambda connection, query: tasks.find(connection, task_type, query, project),
        lambda row: row["task_type"] == task_type and project in (None, row["project_id"]),
        (
            *_of_status("COMPLETE", "ERROR", "PENDING"),
            {"zone_id": zone},
            {"zone_id": shape.zone_id("nowhere.example.")},
            {"zone_id": zone, "status": "ERROR"},
        ),
    )


def _requests(project: str | None) -> List:
    return List(
        f"transfer requests of {project}",
        t.transfer_requests,
        lambda connection, query: transfer_requests.find(connection, query, project),
        lambda row: project in (None, row["project_id"], row["target_project_id"]),
        _of_status("ACTIVE", "COMPLETE"),
    )


def _accepts(project: str | None) -> List:
    return List(
        f"transfer accepts of {project}",
        t.transfer_accepts,
        lambda connection, query: transfer_accepts.find(connection, query, project),
        lambda row: project in (None, row["project_id"]),
        _of_status("COMPLETE", "ERROR"),
    )


def _of_status(*words: str) -> tuple[Filters, ...]:
    return ({}, *({"status": word} for word in (*words, "NONESUCH")))
