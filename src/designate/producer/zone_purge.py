# SPDX-License-Identifier: Apache-2.0
"""`zone_purge`: drops the rows of zones that were deleted long ago, and what imports that were
deleted under way have left."""

import logging
from datetime import timedelta

from designate.conf.producer import TaskSettings
from designate.producer.schedule import Stopping
from designate.storage import zone_purge
from designate.storage.unit_of_work import Store

LOG = logging.getLogger(__name__)
BATCH = 100


class ZonePurge:
    """See the module. A run goes on until nothing is due any more."""

    name = "zone_purge"

    def __init__(self, store: Store, settings: TaskSettings) -> None:
        self.interval = float(settings.interval)
        self._store = store
        self._age = timedelta(seconds=settings.time_threshold or 0)
        self._batch = settings.batch_size or BATCH

    def run(self, stopping: Stopping) -> None:
        """Purge all that is due."""
        purged = 0
        while found := self._due():
            for zone_id in found:
                if not zone_purge.purge(self._store, zone_id, stopping):
                    return
                purged += 1
        while left := self._discarded():
            for task_id, zone_id in left:
                if not zone_purge.purge_discarded(self._store, task_id, zone_id, stopping):
                    return
        if purged:
            LOG.info("purged %d deleted zones", purged)

    def _due(self) -> list[str]:
        with self._store.read() as connection:
            before = self._store.now() - self._age
            return zone_purge.due(connection, before, self._batch)

    def _discarded(self) -> list[tuple[str, str]]:
        with self._store.read() as connection:
            return zone_purge.discarded(connection, self._batch)
