# SPDX-License-Identifier: Apache-2.0
"""Steps of a long work grow while nobody waits, and are short once somebody has."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from designate.storage import pace
from designate.storage.engine import open_engine
from designate.storage.pace import LEAST, Pace
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

MOST = 10_000
PATIENCE = 10.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database without tables."""
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    yield Store(engine)
    engine.dispose()


def test_steps_grow_to_what_fits(store: Store) -> None:
    """Twice as large with each, until one takes as long as it may, or is as large as it may be."""
    steps = Pace(store, MOST)
    sizes = []
    for _ in range(9):
        sizes.append(steps.rows)
        steps.took(steps.rows, 0.0)
    assert sizes == [100, 200, 400, 800, 1600, 3200, 6400, MOST, MOST]
    steps.took(MOST, pace.ALONE * 4)
    assert steps.rows == 1600  # of 2,500 that fit
    steps.took(steps.rows, 1000.0)
    assert steps.rows == LEAST
    assert Pace(store, 3).rows == 3


def test_steps_are_short_once_somebody_waited(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For some time, though nobody waits any more."""
    monkeypatch.setattr(pace, "SHARED_FOR", 600.0)
    steps = Pace(store, MOST)
    for _ in range(9):
        steps.took(steps.rows, 0.0)

    def long(tx: Transaction) -> None:
        other = threading.Thread(target=store.write, args=(lambda _tx: None,))
        other.start()
        waiting = threading.Event()
        while not store.waiting:
            assert not waiting.wait(0.001)
        steps.took(MOST, pace.ALONE)
        others.append(other)

    others: list[threading.Thread] = []
    store.write(long)
    others[0].join(PATIENCE)
    assert steps.rows == 1600  # of 2,000 that fit
    steps.took(steps.rows, pace.SHARED)
    assert steps.rows == 1600


def test_there_are_few_sizes(store: Store) -> None:
    """However long steps take: a connection keeps a statement for each size."""
    steps = Pace(store, 800)
    sizes = set()
    for number in range(1000):
        steps.took(steps.rows, pace.ALONE * (0.1 + number % 17 / 10))
        sizes.add(steps.rows)
    assert sizes <= {100, 200, 400, 800}
    assert len(sizes) > 2
