# SPDX-License-Identifier: Apache-2.0
"""Looks at servers although nothing changed: what was changed behind our back is found and healed.

A server that was restored, replaced or edited by hand would go unnoticed until the next change of
each of its zones; so would we, with an older database. Some zones are verified in each run, and all
of them in turn.
"""

import logging
from dataclasses import dataclass
from functools import partial

from designate.producer.periodic import Periodic
from designate.producer.periods import Period, Stopping
from designate.storage import audit

LOG = logging.getLogger(__name__)

NAME = "drift_audit"


@dataclass(frozen=True, slots=True)
class DriftAudit(Periodic):
    """See `producer.schedule.Task`. A period begins where the one before it has ended."""

    name: str = NAME
    parts: int = 1
    missed: int = 0

    def run(self, period: Period, stopping: Stopping) -> bool:
        """See the protocol."""
        left, verified = self.settings.batch_size or 0, 0
        wrapped = not period.position
        while left > 0 and not stopping():
            number = min(left, self.settings.per_page)
            with self.store.read() as connection:
                page = audit.page(connection, period.position or "", number)
            verified += period.step(page.last, partial(audit.doubt, names=page.names))
            left -= number
            if page.last is None:
                if wrapped:
                    break
                wrapped = True
        LOG.debug("%d zones are verified", verified)
        return not stopping()
