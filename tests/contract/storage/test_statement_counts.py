# SPDX-License-Identifier: Apache-2.0
"""How many SQL statements the main requests cost on each database.

`tests/unit/central/test_statements.py` has those of every request, on SQLite; what others are asked
beside is told here.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from tests.unit.central import test_statements as counted
from tests.unit.central.test_statements import AT_MOST, Scene, costs

scene = counted.scene
"""The fixture, over each database."""

LOCKS = {
    "create a zone": 6,
    "change a zone's TTL": 1,
    "change a zone's description": 1,
    "move a zone to a pool": 4,
    "transfer a zone in": 1,
    "abandon a zone": 3,
    "delete a zone": 4,
    "create a recordset": 1,
    "change a recordset's records": 1,
    "change a recordset's TTL": 1,
    "delete a recordset": 1,
}
"""Where several write at once: a row is locked by a statement of its own, so that what is read
behind it is as the writer before has left it. Creators of zones lock the name and the pool."""
PAGE = {
    "postgresql": {name: 1 for name in AT_MOST if name.startswith("list ")},
    "mysql": {"list over zones by status": 1},
}
"""PostgreSQL is told to follow indexes; for MariaDB the zones that wait are looked up and named."""


@pytest.mark.parametrize(
    "requests",
    [
        counted.zone_requests,
        counted.recordset_requests,
        partial(counted.list_requests, limit=10),
    ],
    ids=["zones", "recordsets", "lists"],
)
def test_a_request_costs_no_more_than_its_locks_beside(
    scene: Scene, requests: Callable[[Scene], Iterator[tuple[str, Callable[[], Any]]]]
) -> None:
    """What it costs on SQLite, and these; nothing else differs."""
    kind = scene.site.store.engine.dialect.name
    more: Mapping[str, int] = {} if kind == "sqlite" else LOCKS | PAGE.get(kind, {})
    found = costs(scene, requests(scene))
    assert all(found.values())
    allowed = {name: AT_MOST[name] + more.get(name, 0) for name in found}
    assert {name: number for name, number in found.items() if number > allowed[name]} == {}
