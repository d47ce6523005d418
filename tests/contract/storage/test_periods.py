# SPDX-License-Identifier: Apache-2.0
"""The right to run a task: of rivals one has it, and who was taken for dead has it no more."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import insert, select, update

from designate.producer.periods import Lost, Period
from designate.storage import clock, members, periods
from designate.storage.periods import Progress
from designate.storage.tables import name_locks, task_periods
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from tests.unit.producer.running import ME, claimed

TASK = "task"
RIVALS = 6
ROUNDS = 5


def progress(store: Store, task: str = TASK) -> Progress:
    """How far the task has come."""
    with store.read() as connection:
        return periods.of(connection, task)[0]


def takes(store: Store, seen: Progress, me: str, goal: int = 60) -> bool:
    """Whether somebody gets the period."""
    return store.write(lambda tx: periods.claim(tx, TASK, seen, me, goal, seen.done))


def noting(key: str) -> Callable[[Transaction], object]:
    """A piece of work that cannot be done twice."""
    return lambda tx: tx.write(insert(name_locks).values(name_key=key, turn=0))


def noted(store: Store) -> list[str]:
    """What was done."""
    with store.read() as connection:
        return sorted(connection.execute(select(name_locks.c.name_key)).scalars())


def test_the_clock_is_the_databases(store: Store) -> None:
    """In seconds of Unix time with a fraction, whatever the time zone of the session."""
    with store.read() as connection:
        seen = [clock.now(connection) for _ in range(3)]
    assert seen == sorted(seen)
    assert abs(seen[0] - time.time()) < 60
    assert any(moment % 1 for moment in seen)


def test_rows_are_made_once_however_many_begin_with_a_task(store: Store) -> None:
    """At the same moment."""
    _rivals(lambda _: store.write(lambda tx: periods.add(tx, TASK, range(0, 4096, 64), 120)))
    with store.read() as connection:
        found = periods.of(connection, TASK)
    assert [row.shard for row in found] == list(range(0, 4096, 64))
    assert {row.done for row in found} == {120}


def test_of_rivals_one_gets_the_period(store: Store) -> None:
    """Round after round, and its end is noted for the next one."""
    store.write(lambda tx: periods.add(tx, TASK, [0], 0))
    for number in range(ROUNDS):
        seen = progress(store)
        won: list[str] = []

        def rush(me: str, seen: Progress = seen, won: list[str] = won) -> None:
            if takes(store, seen, me, seen.done + 60):
                won.append(me)

        _rivals(rush)
        assert len(won) == 1
        held = (won[0], seen.beat + 1)
        finish = partial(periods.finish, task=TASK, shard=0, held=held, position=None)
        assert store.write(finish)
        assert progress(store).done == 60 * (number + 1)
        assert progress(store).holder is None


def test_who_was_taken_for_dead_changes_nothing_any_more(store: Store) -> None:
    """Neither its work nor its position counts; the other goes on where it was."""
    period = claimed(store, TASK)
    period.step("a", noting("first"))
    assert takes(store, progress(store), "rival")
    with pytest.raises(Lost):
        period.step("b", noting("second"))
    with pytest.raises(Lost):
        period.finish()
    with pytest.raises(Lost):
        period.release()
    row = progress(store)
    assert (row.position, row.holder) == ("a", "rival")
    assert noted(store) == ["first"]


def test_work_and_position_are_one(store: Store) -> None:
    """What fails leaves the position where it was, and may be done again."""
    period = claimed(store, TASK)

    def fail(tx: Transaction) -> None:
        noting("half")(tx)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        period.step("a", fail)
    assert (progress(store).position, period.position) == (None, None)
    period.step("a", noting("whole"))
    assert noted(store) == ["whole"]
    assert progress(store).position == period.position == "a"


def test_what_is_left_is_found_again(store: Store) -> None:
    """With the same end, at its position."""
    period = claimed(store, TASK)
    period.step("a", noting("first"))
    period.release()
    row = progress(store)
    assert (row.goal, row.position, row.holder) == (period.end, "a", None)
    again = claimed(store, TASK)
    assert again.position == "a"
    again.finish("b")
    row = progress(store)
    assert (row.done, row.goal, row.position, row.holder) == (60, None, "b", None)


def test_a_worker_and_a_thief_never_both_do_a_piece(store: Store) -> None:
    """However their transactions fall together."""
    store.write(lambda tx: periods.add(tx, TASK, [0], 0))
    pieces = 40

    def work(me: str) -> None:
        while (row := progress(store)).position != str(pieces):
            if not takes(store, row, me):
                continue
            taken = progress(store)
            if taken.holder != me:
                continue
            period = Period(store, TASK, range(4096), me, taken)
            try:
                for _ in range(5):
                    number = int(period.position or 0) + 1
                    if number > pieces:
                        return
                    period.step(str(number), noting(f"{number:02}"))
            except Lost:
                continue

    _rivals(work, 3)
    assert noted(store) == [f"{number:02}" for number in range(1, pieces + 1)]


def test_a_row_that_somebody_has_locked_is_not_waited_for(store: Store) -> None:
    """What else is due is not held up by who stands still in a transaction."""
    store.write(lambda tx: periods.add(tx, TASK, [0, 64], 0))
    with store.read() as connection:
        first, second = periods.of(connection, TASK)
    if store.engine.dialect.name == "sqlite":
        # It has one writer at a time, whatever the rows.
        return
    with store.engine.connect() as holder:
        holder.execute(update(task_periods).where(task_periods.c.shard == 0).values(position="x"))
        began = time.monotonic()
        assert not takes(store, first, "rival")
        assert takes(store, second, "rival")
        assert time.monotonic() - began < 5
        holder.rollback()
    assert takes(store, first, "rival")


def test_members_raise_numbers_of_their_own(store: Store) -> None:
    """Of one kind; who left, and who was forgotten as it was seen, is there no more."""
    for me, times in (("a", 3), ("b", 1)):
        for _ in range(times):
            store.write(partial(members.beat, kind="producer", me=me, hostname="host"))
    store.write(lambda tx: members.beat(tx, "worker", "c", "host"))
    with store.read() as connection:
        assert members.beats(connection, "producer") == {"a": 3, "b": 1}
    store.write(lambda tx: members.forget(tx, "producer", {"a": 2, "b": 1}))
    with store.read() as connection:
        assert members.beats(connection, "producer") == {"a": 3}
    store.write(lambda tx: members.leave(tx, "producer", "a"))
    with store.read() as connection:
        assert members.beats(connection, "producer") == {}
        assert members.beats(connection, "worker") == {"c": 1}


def _rivals(work: Callable[[str], object], count: int = RIVALS) -> None:
    """Run it as several members at once; raises what one of them raises."""
    together, failed = threading.Barrier(count), list[BaseException]()

    def run(me: str) -> None:
        together.wait()
        try:
            work(me)
        except BaseException as error:  # noqa: BLE001 - raised below
            failed.append(error)

    threads = [threading.Thread(target=run, args=(f"{ME}{number}",)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
