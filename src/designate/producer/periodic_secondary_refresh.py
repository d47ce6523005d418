# SPDX-License-Identifier: Apache-2.0
"""`periodic_secondary_refresh`: has secondary zones fetched whose SOA asks for it by now."""

import logging
from dataclasses import dataclass
from functools import partial

from designate.producer.periodic import Periodic
from designate.producer.periods import Period, Stopping
from designate.producer.schedule import PARTS
from designate.storage import zone_pages

LOG = logging.getLogger(__name__)
NAME = "periodic_secondary_refresh"


@dataclass(frozen=True, slots=True)
class PeriodicSecondaryRefresh(Periodic):
    """See `producer.schedule.Task`. It reads the secondary zones only, by their index."""

    name: str = NAME
    parts: int = PARTS
    missed: int = 0

    def run(self, period: Period, stopping: Stopping) -> bool:
        """See the protocol."""
        begin, end = period.ids
        asked = 0
        while not stopping():
            with self.store.read() as connection:
                ids = (period.position or begin, end)
                now = self.store.now()
                page = zone_pages.secondaries(connection, ids, now, self.settings.per_page)
            if page.last is None:
                break
            period.step(page.last, partial(zone_pages.refresh, names=page.names))
            asked += len(page.names)
        if asked:
            LOG.info("%d secondary zones are to be refreshed", asked)
        return not stopping()
