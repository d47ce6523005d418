# SPDX-License-Identifier: Apache-2.0
"""Runs periodic tasks: each once for a period and a part of the shards, by whichever process.

Processes agree by rows of the database (`producer.periods`). Who the other members are says only
who tries first, and whose claims need not be waited for.
"""

import contextlib
import logging
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from designate.errors import DatabaseUnavailable
from designate.producer import turns
from designate.producer.periods import Lost, Period, Stopping
from designate.producer.turns import Rests, Watched
from designate.runtime import partitions
from designate.runtime.members import Members
from designate.runtime.partitions import SHARDS
from designate.storage import clock, periods
from designate.storage.periods import Progress
from designate.storage.unit_of_work import Store

LOG = logging.getLogger(__name__)

PARTS = 64
"""Into how many parts the shards are split for a task that goes through the zones."""
RETRY = 10.0
"""Seconds until a part of a task that failed is tried again; the other parts go on meanwhile."""
LOOK = 5.0
"""Seconds between looks at what others have not done yet."""
LONGEST_WAIT = 300.0
"""Seconds after which the database's clock is asked again, whenever the next period ends."""
GRACE = 5.0
"""Seconds that all runs under way together have when the process ends."""


class Task(Protocol):
    """A piece of work that is repeated for ever."""

    @property
    def name(self) -> str:
        """What upstream or we call it: `[producer_task:NAME]`."""

    @property
    def interval(self) -> int:
        """Seconds of a period; periods begin at multiples of it in Unix time."""

    @property
    def parts(self) -> int:
        """Into how many parts the shards are split; 1: the task is run as a whole."""

    @property
    def missed(self) -> int:
        """Most periods that are made up for one by one; 0: only the newest is run."""

    @property
    def settling(self) -> float:
        """Seconds after its end when a period is run, for what was begun in it to be committed.

        For a task that asks what there was at the end of the period.
        """

    def run(self, period: Period, stopping: Stopping) -> bool:
        """Do what the period asks for and say whether it is done; may raise anything.

        Ends soon after `stopping` says so. What is not done goes on at the period's position, here
        or in another process. Reads nothing of zones that `period.ids` leaves out.
        """


class Schedule:
    """Runs from `start` to `stop`, each task in a thread of its own, `threads` of them at once."""

    def __init__(
        self, store: Store, members: Members, tasks: Sequence[Task], threads: int = PARTS
    ) -> None:
        self._end = threading.Event()
        places = threading.BoundedSemaphore(threads)
        self._runners = [_Runner(store, members, task, places, self._end) for task in tasks]
        members.subscribe(self._look)

    def start(self) -> None:
        """Begin."""
        for runner in self._runners:
            runner.thread.start()

    def stop(self) -> None:
        """End after the transactions under way, and leave the rest to others."""
        self._end.set()
        self._look()
        deadline = time.monotonic() + GRACE
        for runner in self._runners:
            if runner.thread.is_alive():
                runner.thread.join(max(deadline - time.monotonic(), 0.0))

    def trouble(self) -> str | None:
        """What is wrong: a thread of a task has ended."""
        dead = [runner.thread.name for runner in self._runners if not runner.thread.is_alive()]
        return f"no thread runs {', '.join(dead)}" if dead else None

    def _look(self) -> None:
        for runner in self._runners:
            runner.wake.set()


def parts_of(task: Task) -> dict[int, range]:
    """The parts of a task, by the shard whose owner tries first."""
    if task.parts == 1:
        return {zlib.crc32(task.name.encode()) % SHARDS: range(SHARDS)}
    return {shards.start: shards for shards in partitions.parts(task.parts)}


class _Runner:
    """Runs one task."""

    def __init__(
        self,
        store: Store,
        members: Members,
        task: Task,
        places: threading.BoundedSemaphore,
        end: threading.Event,
    ) -> None:
        self.wake = threading.Event()
        self.thread = threading.Thread(target=self._run, name=task.name, daemon=True)
        self._store = store
        self._members = members
        self._task = task
        self._places = places
        self._end = end
        self._watched = Watched()
        self._rests = Rests()
        self._said = ""

    def _run(self) -> None:
        while not self._end.is_set():
            self.wake.clear()
            try:
                pause = self._pass()
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever one run does
                self._say(self._task.name, error)
                pause = RETRY
            self.wake.wait(pause)

    def _say(self, what: str, error: Exception) -> None:
        """Log a failure; where it was once the same is not shown again for each part."""
        said = repr(error)
        shown = said != self._said and not isinstance(error, DatabaseUnavailable)
        LOG.error("%s failed; it is tried again in %.0f s: %s", what, RETRY, said, exc_info=shown)
        self._said = said

    def _pass(self) -> float:
        """Run all that may be run here and now; returns the seconds until the next look."""
        while not self._end.is_set():
            now, rows = self._look()
            with self._places:
                # One at a time: what was read gets old meanwhile.
                ran = any(self._attempt(row, now) for row in self._mine(rows, now))
            if not ran:
                return self._pause(rows, now)
        return 0.0

    def _look(self) -> tuple[float, list[Progress]]:
        """By the database's clock, less what the task leaves for what was begun to settle."""
        with self._store.read() as connection:
            now = clock.now(connection) - self._task.settling
            rows = periods.of(connection, self._task.name)
        shards = parts_of(self._task)
        # Another release, or another version of a plug-in, may split the shards otherwise.
        rows = [row for row in rows if row.shard in shards]
        if len(rows) < len(shards):
            done = turns.first(self._task, now + self._task.settling)
            self._store.write(partial(periods.add, task=self._task.name, shards=shards, done=done))
            return self._look()
        return now, rows

    def _mine(self, rows: list[Progress], now: float) -> Iterator[Progress]:
        """What is due, and not somebody else's; what is ours first."""
        own = partitions.share(self._members.me, self._members.alive)
        due = [row for row in rows if turns.goal(self._task, row, now) is not None]
        self._watched.see(due)
        due.sort(key=lambda row: row.shard not in own)
        for row in due:
            held = row.holder not in (None, self._members.me)
            lives = held and not self._members.is_gone(row.holder or "")
            free = self._watched.is_free(row, own=row.shard in own, lives=lives)
            if free and self._rests.is_over(row.shard):
                yield row

    def _attempt(self, row: Progress, now: float) -> bool:
        """Run a period unless somebody else was faster or the process ends; whether we did.

        A part that fails keeps no other from being run.
        """
        goal, done = turns.goal(self._task, row, now), turns.begin(self._task, row, now)
        if goal is None or self._end.is_set():
            return False
        name, me = self._task.name, self._members.me
        claim = partial(periods.claim, task=name, seen=row, me=me, goal=goal, done=done)
        if not self._store.write(claim):
            return False
        taken = replace(row, goal=goal, done=done, holder=me, beat=row.beat + 1)
        if done < row.done:
            LOG.warning("%s: the clock was ahead by about %d s", name, row.done - done)
        elif done > row.done:
            LOG.warning("%s: periods of %d s were missed and are left out", name, done - row.done)
        period = Period(self._store, name, parts_of(self._task)[row.shard], me, taken)
        try:
            self._carry_out(period)
        except Lost:
            LOG.warning("%s: another process goes on with a period of ours", name)
        except Exception as error:  # noqa: BLE001 - whatever a task does
            self._rests.begin(row.shard, RETRY)
            part = f" of shards from {row.shard} on" if self._task.parts > 1 else ""
            self._say(name + part, error)
        return True

    def _carry_out(self, period: Period) -> None:
        try:
            done = self._task.run(period, self._end.is_set)
        except Lost:
            raise
        except Exception:
            # If that fails too, the others find that nothing moves.
            with contextlib.suppress(Exception):
                period.release()
            raise
        if done:
            period.finish(period.position if self._task.parts == 1 else None)
        else:
            period.release()

    def _pause(self, rows: list[Progress], now: float) -> float:
        if any(turns.goal(self._task, row, now) is not None for row in rows):
            return min(LOOK, self._rests.shortest)
        following = min(turns.following(self._task, row, now) for row in rows)
        return min(max(following - now, 0.0) + turns.LATE, LONGEST_WAIT)
