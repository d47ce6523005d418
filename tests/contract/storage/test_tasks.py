# SPDX-License-Identifier: Apache-2.0
"""Queued tasks: claimed once, in their order, and given back."""

from functools import partial

import pytest
from sqlalchemy import Engine

from designate.model.listing import Query
from designate.storage import rows, tasks
from designate.storage.tables import zone_tasks
from designate.storage.tables.tasks import EXPORT, IMPORT
from designate.storage.unit_of_work import Store
from tests.contract.storage.test_transactions import at_once
from tests.unit.central.site import Site

SHARED = {"project_id": "p1", "context": "{}", "attributes": "{}"}


@pytest.fixture
def queued(site: Site) -> list[str]:
    """Three imports and an export, each a second after the other."""
    ids = []
    for kind in (IMPORT, IMPORT, IMPORT, EXPORT):
        values = {"id": rows.ordered_id(), "task_type": kind, **SHARED}
        site.store.write(partial(tasks.add, values=values))
        ids.append(values["id"])
        site.clock.advance(1)
    return ids


def claim(store: Store, kind: str = IMPORT) -> str | None:
    """Claim the next task; return its id."""
    row = store.write(lambda tx: tasks.claim(tx, kind, rows.new_id()))
    return None if row is None else str(row.id)


def test_the_oldest_is_claimed_and_only_once(store: Store, queued: list[str]) -> None:
    """Imports and exports are queues of their own."""
    assert [claim(store) for _ in range(4)] == [*queued[:3], None]
    assert [claim(store, EXPORT) for _ in range(2)] == [queued[3], None]


@pytest.fixture
def crowd(site: Site) -> None:
    """Imports of project a, then of b and c, and more of a."""
    for number, name in enumerate(("a1", "a2", "b1", "b2", "c1", "a3")):
        own = {"id": name, "task_type": IMPORT, "project_id": name[0], "bytes_total": number}
        site.store.write(partial(tasks.add, values={**SHARED, **own}))
        site.clock.advance(1)


def next_turn(store: Store, served: str, token: str = "", largest: int = 99) -> str:
    """Claim an import as projects take turns."""
    only, order = (zone_tasks.c.bytes_total <= largest,), tasks.in_turn(IMPORT, served)
    row = store.write(lambda tx: tasks.claim(tx, IMPORT, token or rows.new_id(), only, order))
    return "" if row is None else str(row.id)


@pytest.mark.usefixtures("crowd")
def test_projects_take_turns(store: Store) -> None:
    """In a ring, behind the one that was served last; the oldest of each comes first."""
    turns, served = [], "a"
    while name := next_turn(store, served):
        store.write(partial(tasks.update_task, task_id=name, status="COMPLETE"))
        turns.append(name)
        served = name[0]
    assert turns == ["b1", "c1", "a1", "b2", "a2", "a3"]


@pytest.mark.usefixtures("crowd")
def test_a_project_that_is_busy_comes_after_others(store: Store) -> None:
    """Whoever is busy with it, and wherever the ring stands."""
    assert [next_turn(store, "") for _ in range(7)] == ["a1", "b1", "c1", "a2", "a3", "b2", ""]


@pytest.mark.usefixtures("crowd")
def test_what_was_left_unfinished_comes_first(store: Store) -> None:
    """Though its project is busy with it."""
    assert next_turn(store, "a", "mine") == "b1"
    assert next_turn(store, "b", "mine") == "b1"


@pytest.mark.usefixtures("crowd")
def test_what_is_large_is_left_to_others(store: Store) -> None:
    """Also where nothing else waits."""
    assert [next_turn(store, "", largest=1) for _ in range(3)] == ["a1", "a2", ""]


@pytest.mark.usefixtures("crowd")
def test_who_loses_a_task_takes_another(engine: Engine) -> None:
    """Claims at the same moment: nobody leaves while something waits, and none is taken twice."""
    others = [Store(engine) for _ in range(6)]
    taken = at_once([partial(next_turn, each, "") for each in others])
    assert sorted(taken) == ["a1", "a2", "a3", "b1", "b2", "c1"]


def test_tasks_of_an_ended_process_wait_again(store: Store, queued: list[str]) -> None:
    """Those that were finished do not."""
    assert [claim(store), claim(store)] == queued[:2]
    store.write(lambda tx: tasks.update_task(tx, queued[0], status="COMPLETE"))
    store.write(tasks.release_all)
    assert [claim(store) for _ in range(3)] == [*queued[1:3], None]


def test_what_is_written_of_a_task(store: Store, queued: list[str]) -> None:
    """Each write counts; a long message is cut to what the column holds."""
    assert store.write(lambda tx: tasks.update_task(tx, queued[0], message="é" * 500))
    with store.read() as connection:
        row = tasks.get(connection, IMPORT, queued[0], "p1")
    assert row is not None
    assert (row.message, row.version) == ("é" * tasks.MAX_MESSAGE, 2)
    assert row.updated_at is not None


def test_a_forgotten_task_is_not_written(store: Store, queued: list[str]) -> None:
    """Whoever works on it learns so."""
    store.write(lambda tx: tasks.remove(tx, queued[0]))
    assert not store.write(lambda tx: tasks.update_task(tx, queued[0], status="COMPLETE"))
    assert claim(store) == queued[1]


def test_tasks_are_listed_by_project_and_kind(store: Store, queued: list[str]) -> None:
    """Another project sees none, None sees those of all."""
    with store.read() as connection:
        mine = tasks.find(connection, IMPORT, Query(limit=2), "p1")
        assert ([row.id for row in mine.items], mine.total) == (queued[:2], 3)
        assert tasks.find(connection, IMPORT, Query(), "p2").items == []
        assert [row.id for row in tasks.find(connection, EXPORT, Query(), None).items] == queued[3:]
        assert tasks.get(connection, EXPORT, queued[0], None) is None
