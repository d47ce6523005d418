# SPDX-License-Identifier: Apache-2.0
"""Concurrent writers share one transaction (decisions 3a.17 and 3a.24): who waits, and who leads.

The first writer that finds nobody at work leads: it takes all that wait and runs them. When it is
done it hands the lead to the first that came meanwhile, so that nobody works for others for long.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Write(Generic[Result]):
    """A write that waits, and later what came of it."""

    __slots__ = ("_error", "_result", "done", "woken", "work")

    def __init__(self, work: Callable[[Any], Result]) -> None:
        self.work = work
        self.woken = threading.Event()
        self.done = False
        self._result: Result | None = None
        self._error: BaseException | None = None

    def succeed(self, result: Result) -> None:
        """It is committed."""
        self._result, self.done = result, True

    def fail(self, error: BaseException) -> None:
        """It came to nothing."""
        self._error, self.done = error, True

    def outcome(self) -> Any:
        """What the work returned; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result


class Combiner:
    """Gathers writes into batches of at most `most`, which `run` carries out one after another."""

    def __init__(self, run: Callable[[list[Write[Any]]], None], most: int) -> None:
        self._run = run
        self._most = most
        self._lock = threading.Lock()
        self._queue: list[Write[Any]] = []
        self._busy = False

    @property
    def waiting(self) -> int:
        """How many wait for somebody else's batch to end."""
        return len(self._queue)

    def submit(self, work: Callable[[Any], Result]) -> Result:
        """Carry out a write, alone or with others; return or raise what came of it."""
        write = Write(work)
        with self._lock:
            self._queue.append(write)
            leads, self._busy = not self._busy, True
        if not leads:
            write.woken.wait()
        if not write.done:
            self._lead()
        result: Result = write.outcome()
        return result

    def _lead(self) -> None:
        with self._lock:
            batch, self._queue = self._queue[: self._most], self._queue[self._most :]
        try:
            self._run(batch)
        except BaseException as error:  # noqa: BLE001 - each of the batch raises it to its caller
            for write in batch:
                if not write.done:
                    write.fail(error)
        with self._lock:
            successor = self._queue[0] if self._queue else None
            self._busy = successor is not None
        for write in batch:
            write.woken.set()
        if successor is not None:
            successor.woken.set()
