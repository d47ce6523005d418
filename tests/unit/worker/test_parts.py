# SPDX-License-Identifier: Apache-2.0
"""Names are written together, or in parts while rivals always come first."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from designate.storage.tables import name_locks
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.worker.parts import MOST, Parts
from tests.unit.storage.empty import store

__all__ = ["store"]

DEADLOCK = DBAPIError("UPDATE", {}, Exception(1213, "deadlock"))
NAMES = [f"n{number:02}." for number in range(40)]
HOT = NAMES[17]


class Writing:
    """Writes a row for each name; loses while more than so many are with the hot one."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.attempts = 0

    def __call__(self, part: set[str], tx: Transaction) -> int:
        """Write."""
        self.attempts += 1
        tx.write(insert(name_locks), [{"name_key": name, "turn": 0} for name in sorted(part)])
        if HOT in part and len(part) > self.most:
            raise DEADLOCK
        return len(part)


def written(store: Store) -> list[str]:
    """The names that have a row."""
    with store.read() as connection:
        return sorted(connection.execute(select(name_locks.c.name_key)).scalars())


def test_without_rivals_all_is_one_transaction(store: Store) -> None:
    """However many names there are."""
    writing = Writing(MOST)
    assert list(Parts(store).write(NAMES, writing)) == [(set(NAMES), 40)]
    assert (writing.attempts, written(store)) == (1, NAMES)


@pytest.mark.parametrize("most", [1, 3, 20])
def test_each_name_is_written_once_in_parts_that_win(store: Store, most: int) -> None:
    """Halved until they do; the result of each comes after its commit."""
    done = list(Parts(store).write(NAMES, Writing(most)))
    assert [len(part) for part, _ in done] == [result for _, result in done]
    assert sorted(name for part, _ in done for name in part) == NAMES == written(store)
    assert max(len(part) for part, _ in done if HOT in part) <= most


def test_the_size_is_remembered_and_grows_again(store: Store) -> None:
    """What lost just now is not tried at its full size at once, but after a while."""
    parts = Parts(store)
    list(parts.write(NAMES, Writing(3)))
    few = [f"few{number}." for number in range(10)]
    assert len(list(parts.write(few, Writing(3)))) > 1
    for turn in range(20):
        list(parts.write([f"t{turn}."], Writing(3)))
    assert len(list(parts.write([f"again{number}." for number in range(10)], Writing(3)))) == 1


def test_a_fault_leaves_what_was_committed(store: Store) -> None:
    """And nothing of the part that it is in."""
    parts = Parts(store)
    list(parts.write(["hot before."], Writing(1)))
    parts._most = 10

    def fail(part: set[str], tx: Transaction) -> int:
        if HOT in part:
            raise ValueError("a fault")
        return Writing(MOST)(part, tx)

    with pytest.raises(ValueError, match="a fault"):
        list(parts.write(NAMES, fail))
    assert written(store) == ["hot before.", *NAMES[:10]]
