# SPDX-License-Identifier: Apache-2.0
"""Frees work that a clock has put off: times in the queue are times of day.

Whoever planned a retry while the clock was an hour ahead would have it wait for an hour after the
clock was set right. Imports whose process is gone wait again: their holders are judged by our own
clock, from how long nothing moved (decision 3a.11). Everything else recovers by itself.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from designate.producer.periodic import Periodic
from designate.producer.periods import Period, Stopping
from designate.storage import tasks, work

LOG = logging.getLogger(__name__)

NAME = "worker_periodic_recovery"
LONGEST_PAUSE = 600.0
"""Seconds that no worker has a name wait for, nor holds it without a word."""
SILENCE = 300.0
"""Seconds without a step after which whoever carries out an import is gone."""

_Seen = tuple[tuple[str, int], float]
"""Token and version of a task, and since when they are these."""


@dataclass(frozen=True, slots=True)
class WorkerPeriodicRecovery(Periodic):
    """See `producer.schedule.Task`."""

    name: str = NAME
    parts: int = 1
    missed: int = 0
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def run(self, period: Period, stopping: Stopping) -> bool:
        """See the protocol."""
        forward = partial(work.bring_forward, pause=LONGEST_PAUSE, limit=self.settings.per_page)
        while not stopping() and (number := period.step(None, forward)):
            LOG.warning("%d names were put off by a clock that was ahead; they are due now", number)
        self._take_over()
        return not stopping()

    def _take_over(self) -> None:
        with self.store.read() as connection:
            held = tasks.held(connection)
        now = self.clock()
        known = {task: seen for task, seen in self._seen.items() if held.get(task) == seen[0]}
        self._seen.clear()
        self._seen.update({task: known.get(task, (state, now)) for task, state in held.items()})
        silent = {
            task: state for task, (state, since) in self._seen.items() if now - since >= SILENCE
        }
        if silent and (number := self.store.write(partial(tasks.take_over, silent=silent))):
            LOG.warning("%d imports are begun anew: their process is gone", number)
