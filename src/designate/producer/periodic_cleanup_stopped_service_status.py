# SPDX-License-Identifier: Apache-2.0
"""`periodic_cleanup_stopped_service_status`: forgets services that have stopped, or were silent for
very long."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from designate.producer.periodic import Periodic
from designate.producer.periods import Period, Stopping
from designate.storage import service_statuses

LOG = logging.getLogger(__name__)
NAME = "periodic_cleanup_stopped_service_status"


@dataclass(frozen=True, slots=True)
class PeriodicCleanupStoppedServiceStatus(Periodic):
    """See `producer.schedule.Task`. `silence`: seconds after which a service counts as down."""

    silence: int
    name: str = NAME
    parts: int = 1
    missed: int = 0

    def run(self, period: Period, stopping: Stopping) -> bool:
        """See the protocol."""
        age, limit = self.settings.time_threshold, self.settings.per_page
        before = self.store.now() - timedelta(seconds=max(age, self.silence)) if age else None
        forget = partial(service_statuses.forget, silent_since=before, limit=limit)
        while not stopping() and (number := period.step(None, forget)):
            LOG.info("%d services that are gone were forgotten", number)
        return not stopping()
