# SPDX-License-Identifier: Apache-2.0
"""Runs the queues of other services, such as imports and exports, beside one another."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from designate.errors import DatabaseUnavailable

LOG = logging.getLogger(__name__)

LOOK = 30.0
"""Seconds between looks at the queue when nobody wakes us, for what another process has left."""
GRACE = 5.0
"""Seconds that the tasks under way have when the process ends."""


class Task(Protocol):
    """A queue that can be asked to carry out its next item."""

    def run_next(self) -> bool:
        """Carry out one item; False when none waits."""


class Tasks:
    """Runs from `start` to `stop`: a thread for each queue, so that none waits for another."""

    def __init__(self, tasks: Sequence[Task], look: float = LOOK) -> None:
        self._look = look
        self._stopping = False
        self._woken = [threading.Event() for _ in tasks]
        self._threads = [
            threading.Thread(target=self._run, args=(task, woken), name="tasks", daemon=True)
            for task, woken in zip(tasks, self._woken, strict=True)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look at the queues now."""
        for woken in self._woken:
            woken.set()

    def stop(self) -> None:
        """End after the tasks under way, or without one that takes long: it starts anew."""
        self._stopping = True
        self.wake()
        deadline = time.monotonic() + GRACE
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(deadline - time.monotonic(), 0.0))
            if thread.is_alive():
                LOG.info("a task is left as it is; it starts anew with the next process")

    def trouble(self) -> str | None:
        """What is wrong: a thread that has ended."""
        return None if all(map(threading.Thread.is_alive, self._threads)) else "a thread has ended"

    def _run(self, task: Task, woken: threading.Event) -> None:
        while not self._stopping:
            woken.clear()
            while not self._stopping and _ran(task):
                continue
            if not self._stopping:
                woken.wait(self._look)


def _ran(task: Task) -> bool:
    try:
        return task.run_next()
    except Exception as error:  # the thread must outlive whatever one task does
        LOG.exception("a task failed", exc_info=not isinstance(error, DatabaseUnavailable))
        return False
