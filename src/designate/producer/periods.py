# SPDX-License-Identifier: Apache-2.0
"""A period of a task, while this process has the right to run it (docs/decisions)."""

import time
from collections.abc import Callable
from typing import TypeVar

from designate.runtime import partitions
from designate.storage import periods
from designate.storage.periods import Progress
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

Result = TypeVar("Result")
Stopping = Callable[[], bool]
"""Whether the process is about to end: asked between two short transactions."""

RENEWED = 1.0
"""Seconds after which a sign of life is due: nobody is taken for dead as soon as that."""
SILENCE = 60.0
"""Seconds without a sign of life after which a period is taken from a process that is alive."""


class Lost(Exception):
    """Another process has taken the period over."""


class Period:
    """The right to run a task for some shards, from one Unix time to another.

    `position` is where a run before this one, perhaps of another process, has left off.
    """

    def __init__(self, store: Store, task: str, shards: range, me: str, taken: Progress) -> None:
        """`taken` is the row as this process has written it."""
        if taken.goal is None:
            raise ValueError("there is no period under way")
        self.shards = shards
        self.begin = taken.done
        self.end: int = taken.goal
        self.position = taken.position
        self._store = store
        self._task = task
        self._shard = taken.shard
        self._me = me
        self._beat = taken.beat
        self._renewed = time.monotonic()

    @property
    def ids(self) -> tuple[str, str]:
        """The ids of the zones: the first text may be one of them, the second may not."""
        return partitions.id_bounds(self.shards)

    def step(self, position: str | None, work: Callable[[Transaction], Result]) -> Result:
        """Do some work and move on to a position, in one transaction; raises Lost with none done.

        So nothing is done twice, and nothing by a process that others have taken for dead.
        """

        def write(tx: Transaction) -> Result:
            if not periods.move(tx, self._task, self._shard, self._held, position):
                raise Lost
            return work(tx)

        result = self._store.write(write)
        self._moved()
        self.position = position
        return result

    def keep(self) -> None:
        """Give a sign of life when one is due; raises Lost.

        To be called before each piece of work outside of `step`: what is done after it is lost
        must do no harm when it is done twice.
        """
        if time.monotonic() - self._renewed >= RENEWED:
            self.step(self.position, lambda _tx: None)

    def kept(self, stopping: Stopping) -> Stopping:
        """The same question for work of many transactions, which also keeps the period."""

        def asked() -> bool:
            self.keep()
            return stopping()

        return asked

    def finish(self, position: str | None = None) -> None:
        """End the period; the next one begins at a position. Raises Lost."""
        self._end(lambda tx: periods.finish(tx, self._task, self._shard, self._held, position))

    def release(self) -> None:
        """Leave the rest of the period to whoever is next; raises Lost."""
        self._end(lambda tx: periods.release(tx, self._task, self._shard, self._held))

    @property
    def _held(self) -> tuple[str, int]:
        return self._me, self._beat

    def _end(self, change: Callable[[Transaction], bool]) -> None:
        def write(tx: Transaction) -> None:
            if not change(tx):
                raise Lost

        self._store.write(write)
        self._moved()

    def _moved(self) -> None:
        self._beat += 1
        self._renewed = time.monotonic()
