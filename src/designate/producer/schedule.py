# SPDX-License-Identifier: Apache-2.0
"""Runs periodic tasks, each at its interval, one after another in one thread."""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from designate.errors import DatabaseUnavailable

LOG = logging.getLogger(__name__)

JITTER = 0.1
"""Share of an interval by which a run comes sooner or later, so that processes spread out."""
GRACE = 5.0
"""Seconds that the run under way has when the process ends."""

Stopping = Callable[[], bool]
"""Whether the process is about to end: asked between two short transactions."""


class Task(Protocol):
    """A piece of work that is repeated for ever; a run that is cut short goes on with the next."""

    @property
    def name(self) -> str:
        """What upstream or we call it: `[producer_task:NAME]`."""

    @property
    def interval(self) -> float:
        """Seconds from the begin of a run to that of the next."""

    def run(self, stopping: Stopping) -> None:
        """Do what has become due; ends soon after `stopping` says so."""


class Schedule:
    """Runs from `start` to `stop`. The first run of a task comes within its interval."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        now = time.monotonic()
        self._due = [(now + random.uniform(0, task.interval), task) for task in tasks]
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="producer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction under way."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(GRACE)

    def _run(self) -> None:
        while self._due and not self._end.is_set():
            at, task = min(self._due, key=lambda due: due[0])
            if self._end.wait(max(at - time.monotonic(), 0.0)):
                return
            began = time.monotonic()
            _attempt(task, self._end.is_set)
            following = began + task.interval * random.uniform(1 - JITTER, 1 + JITTER)
            self._due.remove((at, task))
            self._due.append((following, task))


def _attempt(task: Task, stopping: Stopping) -> None:
    try:
        task.run(stopping)
    except Exception as error:  # the thread must outlive whatever one run does
        known = isinstance(error, DatabaseUnavailable)
        LOG.exception(
            "%s failed; it is tried again in %.0f s", task.name, task.interval, exc_info=not known
        )
