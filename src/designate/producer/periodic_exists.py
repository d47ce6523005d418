# SPDX-License-Identifier: Apache-2.0
"""`periodic_exists`: tells for each zone and period that the zone exists, such as for billing.

What is sent cannot be one transaction with what the database remembers: a page of zones is sent,
then the position moves past it. A process that dies between sends nothing twice by itself, but who
goes on sends that page again, with the same message ids, by which a consumer drops what it has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from designate.events import zones as zone_events
from designate.events.notifier import Event
from designate.producer.periodic import Periodic
from designate.producer.periods import Period, Stopping
from designate.producer.schedule import PARTS
from designate.storage import zone_pages

NAME = "periodic_exists"
SETTLING = 30.0
"""Seconds: a zone is created at the moment when its transaction begins, and is seen when it ends.

Longer than a transaction takes that is not given up, with some of the clocks' differences.
"""


@dataclass(frozen=True, slots=True)
class PeriodicExists(Periodic):
    """See `producer.schedule.Task`. `send` raises when an event may not have been sent."""

    send: Callable[[Event], None]
    name: str = NAME
    parts: int = PARTS

    @property
    def missed(self) -> int:
        """See the protocol."""
        return self.settings.max_missed or 1

    @property
    def settling(self) -> float:
        """See the protocol; at most half a period, so that short ones are told of in time."""
        return min(SETTLING, self.interval / 2)

    def run(self, period: Period, stopping: Stopping) -> bool:
        """See the protocol."""
        begin, end = period.ids
        moment = datetime.fromtimestamp(period.end, UTC).replace(tzinfo=None)
        while True:
            with self.store.read() as connection:
                ids = (period.position or begin, end)
                page = zone_pages.existing(connection, ids, moment, self.settings.per_page)
            for found in page:
                if stopping():
                    return False
                for event in zone_events.exists(*found, period.begin, period.end):
                    period.keep()
                    self.send(event)
            if not page:
                return True
            period.step(page[-1].zone.id, lambda _tx: None)
