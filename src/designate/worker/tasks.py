# SPDX-License-Identifier: Apache-2.0
"""Runs the queues of other services, such as imports and exports, one item after the other."""

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

LOG = logging.getLogger(__name__)

LOOK = 10.0
"""Seconds between looks at the queue when nobody wakes us."""
GRACE = 5.0
"""Seconds that the task under way has when the process ends."""


class Task(Protocol):
    """A queue that can be asked to carry out its next item."""

    def run_next(self) -> bool:
        """Carry out one item; False when none waits."""


class Tasks:
    """Runs from `start` to `stop`."""

    def __init__(self, tasks: Sequence[Task], look: float = LOOK) -> None:
        self._tasks = tuple(tasks)
        self._look = look
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="tasks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the queue now."""
        self._woken.set()

    def stop(self) -> None:
        """End after the task under way, or without it when that takes long: it starts anew."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(GRACE)
        if self._thread.is_alive():
            LOG.info("a task is left as it is; it starts anew with the next process")

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            while self._run_each() and not self._stopping:
                continue
            if not self._stopping:
                self._woken.wait(self._look)

    def _run_each(self) -> bool:
        """Give each queue its turn, however many wait in the others; False when none has any."""
        ran = {self._ran(task) for task in self._tasks if not self._stopping}
        return True in ran

    def _ran(self, task: Task) -> bool:
        try:
            return task.run_next()
        except Exception:  # the thread must outlive whatever one task does
            LOG.exception("a task failed")
            return False
