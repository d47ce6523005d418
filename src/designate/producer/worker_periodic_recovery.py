# SPDX-License-Identifier: Apache-2.0
"""Frees work that a clock has put off: times in the queue are times of day.

Whoever planned a retry while the clock was an hour ahead would have it wait for an hour after the
clock was set right. Everything else recovers by itself: nothing is lost, and pauses end.
"""

import logging
from dataclasses import dataclass
from functools import partial

from designate.conf.producer import TaskSettings
from designate.producer.schedule import Stopping
from designate.storage import work
from designate.storage.unit_of_work import Store

LOG = logging.getLogger(__name__)

NAME = "worker_periodic_recovery"
LONGEST_PAUSE = 600.0
"""Seconds that no worker has a name wait for, nor holds it without a word."""


@dataclass(frozen=True, slots=True)
class WorkerPeriodicRecovery:
    """See `producer.schedule.Task`."""

    store: Store
    settings: TaskSettings
    name: str = NAME

    @property
    def interval(self) -> float:
        """See the protocol."""
        return self.settings.interval

    def run(self, stopping: Stopping) -> None:
        """See the protocol."""
        forward = partial(work.bring_forward, pause=LONGEST_PAUSE, limit=self.settings.per_page)
        while not stopping() and (number := self.store.write(forward)):
            LOG.warning("%d names were put off by a clock that was ahead; they are due now", number)
