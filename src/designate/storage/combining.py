# SPDX-License-Identifier: Apache-2.0
"""Concurrent writers share a transaction (decisions 3a.17 and 3a.24): who waits, and who leads.

Writers of one lane are combined. The first that finds nobody at work there leads: as soon as one
of the few transactions that run at once is free, it takes all that wait in the lane and runs them.
When it is done it hands the lead to the first that came meanwhile, so that nobody works for others
for long.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from designate.errors import DatabaseUnavailable
from designate.storage.calls import Call

Result = TypeVar("Result")


class Write(Generic[Result]):
    """A write that waits, and later what came of it; `call` is what it is part of.

    `divisible`: whoever asked for it can ask for smaller parts of it.
    """

    __slots__ = ("_error", "_result", "call", "divisible", "done", "woken", "work")

    def __init__(
        self, work: Callable[[Any], Result], call: Call | None, *, divisible: bool
    ) -> None:
        self.work = work
        self.call = call
        self.divisible = divisible
        self.woken = threading.Event()
        self.done = False
        self._result: Result | None = None
        self._error: BaseException | None = None

    def succeed(self, result: Result) -> None:
        """It is committed."""
        self._result, self.done = result, True

    def fail(self, error: BaseException) -> None:
        """It came to nothing, or nobody knows."""
        self._error, self.done = error, True

    def outcome(self) -> Any:
        """What the work returned; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result


class Combiner:
    """Gathers the writes of a lane into batches of at most `most`, run one after another.

    `at_once` batches of different lanes run beside one another.
    """

    def __init__(self, run: Callable[[list[Write[Any]]], None], *, most: int, at_once: int) -> None:
        self._run = run
        self._most = most
        self._running = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        # The writes that wait in each lane that somebody leads.
        self._lanes: dict[object, list[Write[Any]]] = {}

    @property
    def waiting(self) -> int:
        """How many wait for a transaction of theirs to begin."""
        with self._lock:
            return sum(map(len, self._lanes.values()))

    def submit(
        self,
        work: Callable[[Any], Result],
        lane: object = None,
        call: Call | None = None,
        *,
        divisible: bool = False,
    ) -> Result:
        """Carry out a write, with others of its lane or alone; return or raise what came of it."""
        write = Write(work, call, divisible=divisible)
        lane = write if lane is None else lane
        with self._lock:
            leads = lane not in self._lanes
            self._lanes.setdefault(lane, []).append(write)
        if not leads:
            write.woken.wait()
        if not write.done:
            self._lead(lane, write)
        result: Result = write.outcome()
        return result

    def _lead(self, lane: object, leader: Write[Any]) -> None:
        batch = [leader]
        try:
            with self._running:
                with self._lock:
                    waiting = self._lanes[lane]
                    batch, self._lanes[lane] = waiting[: self._most], waiting[self._most :]
                self._run(batch)
        finally:
            self._end(lane, batch)

    def _end(self, lane: object, batch: list[Write[Any]]) -> None:
        """Wake those of a batch, and who leads next."""
        with self._lock:
            left = [write for write in self._lanes[lane] if write is not batch[0]]
            if left:
                self._lanes[lane] = left
            else:
                del self._lanes[lane]
        for write in batch:
            if not write.done:
                # Its leader was ended, as by Ctrl-C.
                write.fail(DatabaseUnavailable())
            write.woken.set()
        if left:
            left[0].woken.set()
