# SPDX-License-Identifier: Apache-2.0
"""The schedule of periodic tasks, over a database that several of them share."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest
from sqlalchemy import insert

from designate.producer import schedule as schedules
from designate.producer.periods import Period, Stopping
from designate.producer.schedule import Schedule, Task, parts_of
from designate.runtime.members import Alone, Members
from designate.storage import periods
from designate.storage.tables import name_locks
from designate.storage.unit_of_work import Store
from tests.unit.storage.empty import store

__all__ = ["store"]

WAITING = 20.0


@dataclass(eq=False)
class Counting:
    """A task that notes which periods it was run for, and says so after enough of them."""

    interval: int = 1
    until: int = 1
    name: str = "counting"
    parts: int = 1
    missed: int = 0
    settling: float = 0.0
    runs: list[tuple[int, int, int]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Count."""
        self.runs.append((period.shards.start, period.begin, period.end))
        if len(self.runs) >= self.until:
            self.done.set()
        return True


class Writing(Counting):
    """A task that counts what it has written, which nobody can write twice."""

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Write what the position does not say to be written, and count."""
        key = f"{period.shards.start}.{period.end}"
        once = insert(name_locks).values(name_key=key, turn=0)
        if period.position == key:
            return True
        period.step(key, lambda tx: tx.write(once))
        return super().run(period, stopping)


@dataclass(eq=False)
class Looking(Counting):
    """A task that counts how long after the ends of its periods it was run."""

    after: list[float] = field(default_factory=list)

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Look at the clock, which is the database's here, and count."""
        self.after.append(time.time() - period.end)
        return super().run(period, stopping)


class Failing(Counting):
    """A task that fails after it has counted."""

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Count and fail."""
        super().run(period, stopping)
        raise ValueError("broken")


class Poisoned(Counting):
    """A task of which one part always fails, and is asked for first."""

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Count, or fail."""
        if period.shards.start == 0:
            raise ValueError("a bad zone")
        return super().run(period, stopping)


@dataclass(eq=False)
class Deaf(Counting):
    """A task that goes on until the test ends, whoever tells it to stop."""

    began: threading.Event = field(default_factory=threading.Event)

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Go on."""
        self.began.set()
        self.done.wait(WAITING)
        return True


@dataclass(eq=False)
class Endless:
    """A task that goes on until it is told to stop, having come to a position."""

    interval: int = 3600
    name: str = "endless"
    parts: int = 1
    missed: int = 0
    settling: float = 0.0
    found: list[str | None] = field(default_factory=list)
    began: threading.Event = field(default_factory=threading.Event)

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Go on."""
        self.found.append(period.position)
        period.step("half of it", lambda _tx: None)
        self.began.set()
        deadline = time.monotonic() + WAITING
        while not stopping() and time.monotonic() < deadline:
            time.sleep(0.001)
        return False


@contextmanager
def running(store: Store, *tasks: Task, me: str = "me") -> Iterator[Schedule]:
    """The schedule of a process that knows of no other."""
    members = Members(Alone(me), me, None)
    schedule = Schedule(store, members, tasks)
    members.start()
    schedule.start()
    try:
        yield schedule
    finally:
        schedule.stop()


def test_each_task_runs_at_its_own_interval(store: Store) -> None:
    """A frequent task does not wait for a rare one, nor bring it forward."""
    often, rarely = Counting(1, until=3), Counting(365 * 86400, name="rarely")
    with running(store, rarely, often):
        assert often.done.wait(WAITING)
    assert rarely.runs == []
    ends = [end for _, _, end in often.runs]
    assert ends == sorted(set(ends))


def test_a_task_that_fails_is_logged_and_tried_again(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the same period; other tasks do not suffer."""
    monkeypatch.setattr(schedules, "RETRY", 0.01)
    failing, other = Failing(3600, until=3, name="purge"), Counting(1, until=2)
    store.write(lambda tx: periods.add(tx, failing.name, parts_of(failing), 0))
    with running(store, failing, other):
        assert failing.done.wait(WAITING)
        assert other.done.wait(WAITING)
    assert "purge failed" in caplog.text
    assert "ValueError: broken" in caplog.text
    assert len(set(failing.runs)) == 1


def test_a_part_that_fails_keeps_no_other_from_being_run(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor does it end the thread; it is the only one that stays behind."""
    task = Poisoned(365 * 86400, until=63, parts=64)
    store.write(lambda tx: periods.add(tx, task.name, parts_of(task), 0))
    with running(store, task):
        assert task.done.wait(WAITING)
    assert {first for first, _, _ in task.runs} == set(range(64, 4096, 64))
    with store.read() as connection:
        behind = [row.shard for row in periods.of(connection, task.name) if row.goal is not None]
    assert 0 in behind
    assert "counting of shards from 0 on failed" in caplog.text


def test_parts_of_another_release_are_left_alone(store: Store) -> None:
    """Whether it splits the shards into more or fewer; rows of ours are made all the same."""
    task = Counting(365 * 86400, until=63, parts=64)
    store.write(lambda tx: periods.add(tx, task.name, range(32, 4096, 32), 0))
    with running(store, task):
        assert task.done.wait(WAITING)
    with store.read() as connection:
        rows = {row.shard: row for row in periods.of(connection, task.name)}
    assert {first for first, _, _ in task.runs} == set(range(64, 4096, 64))
    assert rows[0].done > 1_000_000_000
    assert all(row.beat == 0 for shard, row in rows.items() if shard % 64)


def test_all_tasks_together_have_one_time_to_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are that do not."""
    monkeypatch.setattr(schedules, "GRACE", 0.5)
    deaf = [Deaf(3600, name=f"deaf {number}") for number in range(8)]
    for task in deaf:
        store.write(partial(periods.add, task=task.name, shards=parts_of(task), done=0))
    with running(store, *deaf) as schedule:
        assert all(task.began.wait(WAITING) for task in deaf)
        began = time.monotonic()
        schedule.stop()
        assert time.monotonic() - began < 3 * 0.5
        for task in deaf:
            task.done.set()


def test_it_stops_at_once_and_leaves_the_rest_at_its_position(store: Store) -> None:
    """While it waits for an hour, in the middle of a long run, and without any task."""
    began = time.monotonic()
    endless = Endless()
    store.write(lambda tx: periods.add(tx, endless.name, parts_of(endless), 0))
    for tasks in ((Counting(365 * 86400),), (endless,), ()):
        with running(store, *tasks):
            if endless in tasks:
                assert endless.began.wait(WAITING)
    assert time.monotonic() - began < WAITING / 2
    with store.read() as connection:
        [row] = periods.of(connection, "endless")
    assert (row.holder, row.position) == (None, "half of it")
    assert row.goal is not None
    endless.began.clear()
    with running(store, endless, me="another"):
        assert endless.began.wait(WAITING)
    assert endless.found == [None, "half of it"]


def test_several_processes_run_each_period_of_each_part_once(store: Store) -> None:
    """Also while each of them believes that it is the only one, and takes what others hold."""
    task = Writing(1, until=64 * 4, parts=64)
    with ExitStack() as stack:
        for number in range(3):
            stack.enter_context(running(store, task, me=f"member {number}"))
        assert task.done.wait(WAITING)
    assert len(set(task.runs)) == len(task.runs)
    for shard in range(0, 4096, 64):
        mine = sorted((begin, end) for first, begin, end in task.runs if first == shard)
        assert [end for _, end in mine[:-1]] == [begin for begin, _ in mine[1:]]


def test_missed_periods_are_made_up_for_one_by_one(store: Store) -> None:
    """Those that are too many are left out, the oldest first."""
    task = Counting(1, until=10, missed=5)
    store.write(lambda tx: periods.add(tx, task.name, parts_of(task), 1_000_000))
    with running(store, task):
        assert task.done.wait(WAITING)
    assert all(end - begin == 1 for _, begin, end in task.runs)
    begins = [begin for _, begin, _ in task.runs]
    assert begins == list(range(begins[0], begins[0] + len(begins)))
    assert begins[0] > 1_000_000


def test_what_was_begun_in_a_period_has_time_to_be_committed(store: Store) -> None:
    """So long the period is left alone; the next one has its own time."""
    task = Looking(1, until=3, missed=5, settling=2.0)
    with running(store, task):
        assert task.done.wait(WAITING)
    assert all(2.0 <= after < 7.0 for after in task.after), task.after
    ends = [end for _, _, end in task.runs]
    assert ends == list(range(ends[0], ends[0] + len(ends)))


def test_missed_periods_of_other_tasks_are_one_run(store: Store) -> None:
    """Which covers all of them."""
    task = Counting(3600)
    store.write(lambda tx: periods.add(tx, task.name, parts_of(task), 7200))
    with running(store, task):
        assert task.done.wait(WAITING)
    [(_, begin, end)] = task.runs
    assert begin == 7200
    assert end > 1_000_000_000
