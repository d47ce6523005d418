# SPDX-License-Identifier: Apache-2.0
"""The queue lane by lane: each lane is found however much waits in the others."""

import pytest
from sqlalchemy import Engine, insert, update

from designate.model.work import lane_of
from designate.storage import lanes, releases, rows, work
from designate.storage.lanes import BEGINNING, STEPS
from designate.storage.releases import Done, Retry
from designate.storage.tables import zone_work
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import mark_due
from tests.mass.examined import examiner
from tests.unit.storage.zone_rows import NAME, NOON, add_work, work_row

NOW = rows.unix_time(NOON)
CROWD = 50_000
NUMBER = 64
MOST_READ = 10 * NUMBER
"""What a look over a few lanes may read: rows, and entries of indexes."""


@pytest.fixture
def store(engine: Engine) -> Store:
    """A database at noon."""
    return Store(engine, lambda: NOON)


def put(store: Store, lane: int | None, *names: str, **more: object) -> None:
    """Have names wait in a lane since ten seconds ago, each shorter than the one before."""
    fields = {"shard": 0, "wanted": 1, "attempts": 0, "since": NOW, "lane": lane, **more}
    values = [
        {"name_key": name, "due_at": NOW - 10 + n * 1e-4, **fields} for n, name in enumerate(names)
    ]
    store.write(lambda tx: tx.write(insert(zone_work), values))


def look(store: Store, after: int = BEGINNING, number: int = NUMBER) -> dict[int | None, list[str]]:
    """The names that a look finds."""
    with store.read() as connection:
        found = lanes.look(connection, NOW, after, number).found
    return {lane: [waiting.name_key for waiting in names] for lane, names in found.items()}


@pytest.mark.parametrize("after", [BEGINNING, 0, 2, 5, 9])
def test_every_lane_is_found_from_wherever_one_begins(store: Store, after: int) -> None:
    """Whose names nobody has asked for among them."""
    put(store, 2, "a.", "b.")
    put(store, 5, "c.")
    put(store, None, "d.")
    assert look(store, after) == {2: ["a.", "b."], 5: ["c."], None: ["d."]}


def test_what_is_not_due_or_held_is_left_out(store: Store) -> None:
    """Wherever it stands in its lane."""
    put(store, 1, "later.", due_at=NOW + 1)
    put(store, 2, "first.", "last.")
    put(store, 2, "held.", lease_token="somebody", due_at=NOW - 11)
    put(store, 3, "rests.", due_at=None)
    assert look(store) == {2: ["first.", "last."]}


def test_held_names_hide_none_behind_them(store: Store) -> None:
    """A worker that is gone holds the first of the lane until its lease ends."""
    put(store, 7, *(f"held{n}." for n in range(NUMBER)), lease_token="gone")
    put(store, 7, "free.", due_at=NOW - 1)
    assert look(store) == {7: ["free."]}


def test_more_lanes_than_one_look_can_visit_have_their_turn_in_the_next(store: Store) -> None:
    """None is visited twice before all were."""
    for lane in range(3 * STEPS):
        put(store, lane, *(f"{n}.{lane}." for n in range(3)))
    seen: list[int | None] = []
    after = BEGINNING
    for _ in range(3):
        with store.read() as connection:
            found = lanes.look(connection, NOW, after, 2)
        seen += found.found
        after = found.last
    assert seen == list(range(3 * STEPS))


def test_a_crowd_in_one_lane_costs_others_nothing(store: Store) -> None:
    """Nor do names that rest, or wait for later: what is read is what can be used."""
    alone = {5: ["alone."], 9: ["late."]}
    put(store, 5, "alone.")
    put(store, 9, "late.")
    for lane, due_at in ((7, NOW - 20), (8, NOW + 60), (None, None)):
        crowd = [f"{n}.{lane}." for n in range(CROWD)]
        put(store, lane, *crowd, due_at=due_at)
    with store.read() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE zone_work")
        with examiner(connection).counting() as read:
            found = lanes.look(connection, NOW, BEGINNING, NUMBER).found
            assert work.next_due(connection) == NOW - 20
    assert [name for name, _ in found[5] + found[9]] == ["alone.", "late."]
    assert found.keys() == {*alone, 7}
    assert 0 < read[0] <= MOST_READ


def test_a_change_waits_in_the_lane_of_its_project(store: Store) -> None:
    """Until it is done; a retry keeps the lane."""
    add_work(store)
    store.write(lambda tx: mark_due(tx, NAME, lane_of("tenant")))
    assert look(store) == {lane_of("tenant"): [NAME]}

    def claim(tx: Transaction) -> work.Claim:
        return work.claim(tx, [NAME], "token", NOW)[0]

    store.write(lambda tx: releases.retry(tx, [Retry(claim(tx), NOW, None)]))
    assert look(store) == {lane_of("tenant"): [NAME]}
    claimed = store.write(claim)
    assert claimed.lane == lane_of("tenant")
    store.write(lambda tx: releases.done(tx, [Done(claimed, NOW)]))
    assert work_row(store)["lane"] is None


def test_a_change_during_the_work_waits_in_its_own_lane(store: Store) -> None:
    """Whoever asked for the work before."""
    add_work(store)
    claimed = store.write(lambda tx: work.claim(tx, [NAME], "token", NOW))
    store.write(lambda tx: mark_due(tx, NAME, lane_of("tenant")))
    store.write(lambda tx: releases.done(tx, [Done(claimed[0], NOW)]))
    assert look(store) == {lane_of("tenant"): [NAME]}


def test_what_the_release_before_has_put_there_is_found(store: Store) -> None:
    """It knows no lanes: it queues without one, and ends work without leaving one."""
    put(store, 3, *(f"done{n}." for n in range(NUMBER)), due_at=None)
    put(store, 3, "free.")
    put(store, None, "queued.")
    assert look(store) == {3: ["free."], None: ["queued."]}
    store.write(lambda tx: tx.write(update(zone_work).values(due_at=None)))
    assert look(store) == {}
