# SPDX-License-Identifier: Apache-2.0
"""`zone_purge`: drops the rows of zones that were deleted long ago, and what imports that were
deleted under way have left."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from designate.producer.periodic import Periodic
from designate.producer.periods import Period, Stopping
from designate.producer.schedule import PARTS
from designate.storage import zone_purge

LOG = logging.getLogger(__name__)
NAME = "zone_purge"
BATCH = 100


@dataclass(frozen=True, slots=True)
class ZonePurge(Periodic):
    """See `producer.schedule.Task`. A run goes on until nothing is due any more."""

    name: str = NAME
    parts: int = PARTS
    missed: int = 0

    def run(self, period: Period, stopping: Stopping) -> bool:
        """See the protocol."""
        asked = period.kept(stopping)
        return self._purge_zones(period, asked) and self._purge_imports(period, asked)

    def _purge_zones(self, period: Period, stopping: Stopping) -> bool:
        begin, end = period.ids
        batch = self.settings.batch_size or BATCH
        before = self.store.now() - timedelta(seconds=self.settings.time_threshold or 0)
        purged = 0
        while True:
            with self.store.read() as connection:
                ids = (period.position or begin, end)
                found = zone_purge.due(connection, ids, before, batch)
            for zone_id in found:
                if stopping() or not zone_purge.purge(self.store, zone_id, stopping):
                    return False
                purged += 1
            if not found:
                break
            period.step(found[-1], lambda _tx: None)
        if purged:
            LOG.info("purged %d deleted zones", purged)
        return True

    def _purge_imports(self, period: Period, stopping: Stopping) -> bool:
        while True:
            with self.store.read() as connection:
                left = zone_purge.discarded(connection, period.ids, BATCH)
            for task_id, zone_id in left:
                purge = zone_purge.purge_discarded
                if stopping() or not purge(self.store, task_id, zone_id, stopping):
                    return False
            if not left:
                return True
