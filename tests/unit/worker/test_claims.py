# SPDX-License-Identifier: Apache-2.0
"""What is claimed next: fair, our own first, and what others let lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert

from designate.model.work import lane_of
from designate.runtime import partitions
from designate.runtime.partitions import SHARDS
from designate.storage import rows
from designate.storage.engine import open_engine
from designate.storage.tables import zone_work
from designate.storage.unit_of_work import Store
from designate.worker.calls import Lease
from designate.worker.claims import (
    BETWEEN,
    IDLE,
    MOST_WOKEN,
    OVERDUE,
    Claims,
    Everything,
    portion,
    shard_of,
)
from designate.worker.jobs import Job
from designate.worker.ledger import Ledger
from designate.worker.reconcile import Plan
from tests.unit.storage.zone_rows import NOON, create_tables

NOW = rows.unix_time(NOON)
CROWD = 50_000
ROOM = 64
PLACES = 2000
HEAVY, LIGHT = lane_of("heavy"), lane_of("light")


class Half:
    """The share of one of two."""

    def __init__(self, number: int) -> None:
        self.number = number

    def mine(self) -> range:
        """The lower or the upper half."""
        return range(self.number * SHARDS // 2, (self.number + 1) * SHARDS // 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database at noon."""
    engine = open_engine(f"sqlite:///{tmp_path / 'db'}")
    made = Store(engine, lambda: NOON)
    create_tables(made)
    yield made
    engine.dispose()


def put(store: Store, lane: int, names: list[str], age: float = OVERDUE / 2) -> None:
    """Have names wait for so many seconds."""
    fields = {"shard": 0, "wanted": 1, "attempts": 0, "lane": lane, "due_at": NOW - age}
    store.write(
        lambda tx: tx.write(insert(zone_work), [{"name_key": name, **fields} for name in names])
    )


def crowd(number: int = CROWD) -> list[str]:
    """Names of one project."""
    return [f"{n}.heavy.example." for n in range(number)]


def in_work(store: Store, names: list[str]) -> dict[str, Job]:
    """Claim names."""
    claims, ends = Ledger(store).claim(names)
    return {claim.name_key: Job(claim, Lease(ends), NOW, Plan({}, []), None) for claim in claims}


def test_one_change_is_claimed_beside_fifty_thousand(store: Store) -> None:
    """In the next batch, although it came last."""
    put(store, HEAVY, crowd())
    put(store, LIGHT, ["light."], age=0)
    chosen = Claims(Ledger(store), Everything(), {}).choose(ROOM, {}, PLACES, 100.0)
    assert len(chosen) == ROOM
    assert "light." in chosen


def test_a_weight_gives_more_turns(store: Store) -> None:
    """Three of four, here."""
    put(store, HEAVY, crowd(100))
    put(store, LIGHT, [f"{n}.light." for n in range(100)])
    chosen = Claims(Ledger(store), Everything(), {HEAVY: 3}).choose(ROOM, {}, PLACES, 100.0)
    assert sum("heavy" in name for name in chosen) == ROOM * 3 // 4


def test_one_project_never_takes_all_places(store: Store) -> None:
    """Another that comes finds room, also when hints tell of the first one only."""
    put(store, HEAVY, crowd(200))
    jobs = in_work(store, crowd(100))
    claims = Claims(Ledger(store), Everything(), {})
    claims.wake(crowd(200), jobs)
    assert claims.choose(ROOM, jobs, 100, 100.0) == []
    put(store, LIGHT, ["light."], age=0)
    assert claims.choose(ROOM, jobs, 100, 100.0 + BETWEEN) == ["light."]


def test_own_shards_come_first(store: Store) -> None:
    """Two workers that look at the same moment do not meet, and nothing is left out."""
    put(store, HEAVY, crowd(200))
    chosen = [
        set(Claims(Ledger(store), Half(number), {}).choose(ROOM, {}, PLACES, 100.0))
        for number in (0, 1)
    ]
    assert [len(names) for names in chosen] == [ROOM, ROOM]
    assert not chosen[0] & chosen[1]


def test_a_name_that_its_worker_lets_lie_is_claimed_by_others(store: Store) -> None:
    """Not before."""
    names = [name for name in crowd(40) if shard_of(name) >= SHARDS // 2]
    put(store, HEAVY, names[:1])
    put(store, LIGHT, names[1:], age=OVERDUE)
    claims = Claims(Ledger(store), Half(0), {})
    assert set(claims.choose(ROOM, {}, PLACES, 100.0)) == set(names[1:])


def test_hints_of_names_of_others_are_left_to_them(store: Store) -> None:
    """Everybody hears the same hints."""
    names = crowd(40)
    put(store, HEAVY, names, age=0)
    chosen = []
    for number in (0, 1):
        claims = Claims(Ledger(store), Half(number), {})
        claims.choose(0, {}, PLACES, 100.0)
        claims.wake(names, {})
        chosen += claims.choose(ROOM, {}, PLACES, 100.0 + BETWEEN / 2)
    assert sorted(chosen) == sorted(names)


def test_hints_of_a_crowd_are_not_kept(store: Store) -> None:
    """The queue has them all: it is looked at instead."""
    put(store, HEAVY, crowd(2 * MOST_WOKEN))
    claims = Claims(Ledger(store), Everything(), {})
    claims.look_at(0.0)
    claims.choose(1, {}, PLACES, 100.0)
    claims.wake(crowd(2 * MOST_WOKEN), {})
    assert claims.next_time({}, room=True) == 0.0
    assert len(claims.choose(ROOM, {}, PLACES, 100.0 + IDLE)) == ROOM


def test_an_empty_queue_is_looked_at_now_and_then(store: Store) -> None:
    """Once in IDLE seconds."""
    claims = Claims(Ledger(store), Everything(), {})
    assert claims.choose(ROOM, {}, PLACES, 100.0) == []
    assert claims.next_time({}, room=True) == 100.0 + IDLE


@pytest.mark.parametrize(
    ("most", "least", "workers", "together"),
    [
        (6, 1, 1, 6),
        (6, 1, 4, 6),
        (6, 1, 5, 6),
        (6, 1, 6, 6),
        (128, 4, 31, 128),
        (6, 1, 10, 10),
        (128, 4, 3, 128),
        (128, 4, 40, 160),
    ],
)
def test_what_all_may_give_a_server_is_what_was_said(
    most: int, least: int, workers: int, together: int
) -> None:
    """Unless there are so many workers that nobody could get on."""
    names = [f"worker{number}" for number in range(workers)]
    parts = [portion(most, Member(name, names), least) for name in names]
    assert sum(parts) == together
    assert max(parts) - min(parts) <= 1


@dataclass(frozen=True)
class Member:
    """The share of one of several."""

    me: str
    names: list[str]

    def mine(self) -> range:
        """By the real division."""
        return partitions.share(self.me, self.names)
