# SPDX-License-Identifier: Apache-2.0
"""Drops what the journal need not keep any longer: by age, and by number where a zone has too many.

A run goes through all zones, which costs an index look-up for each, and writes only where there is
something to drop, in short transactions.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from designate.model.journal import Kept
from designate.producer.periodic import Periodic
from designate.producer.periods import Period, Stopping
from designate.producer.schedule import PARTS
from designate.rules import journal as rules
from designate.storage import journal

LOG = logging.getLogger(__name__)

NAME = "journal_pruning"
LEAST = 3600
"""Seconds that are kept whatever is configured: a writer whose commit has an unknown outcome looks
for its version here."""
LEAST_BY_SIZE = 60
"""Seconds that are kept however many versions there are: the longest that such a writer looks."""
AT_ONCE = 400
"""Others wait for the end of a transaction."""


@dataclass(frozen=True, slots=True)
class JournalPruning(Periodic):
    """See `producer.schedule.Task`. `at_once` entries are dropped in one transaction."""

    name: str = NAME
    parts: int = PARTS
    missed: int = 0
    at_once: int = AT_ONCE

    def run(self, period: Period, stopping: Stopping) -> bool:
        """See the protocol."""
        (begin, end), asked, dropped = period.ids, period.kept(stopping), 0
        while not asked():
            with self.store.read() as connection:
                after = period.position or begin
                page = journal.kept(connection, after, end, self.settings.per_page)
            for kept in page:
                dropped += self._prune(kept, asked)
            if stopping() or not page:
                break
            period.step(page[-1].zone_id, lambda _tx: None)
        if dropped:
            LOG.info("%d entries of the journal were dropped", dropped)
        return not stopping()

    def _prune(self, kept: Kept, stopping: Stopping) -> int:
        floor = self._floor(kept)
        dropped = 0
        while kept.floor < floor and not stopping():
            number = self.store.write(
                lambda tx: journal.prune(tx, kept.zone_id, floor, self.at_once)
            )
            dropped += number
            if number < self.at_once:
                break
        return dropped

    def _floor(self, kept: Kept) -> int:
        """The oldest version to keep; its age is asked for only where that may change anything."""
        then: int | None = None
        if kept.floor < kept.needed:
            then = self._current(kept, max(LEAST, self.settings.time_threshold or 0))
        most = self.settings.max_versions or 0
        lately: int | None = None
        if kept.generation - kept.floor >= most:
            lately = self._current(kept, LEAST_BY_SIZE)
        return rules.floor(kept, then, lately, most)

    def _current(self, kept: Kept, seconds: int) -> int | None:
        """The version that was current so long ago, where it is kept."""
        since = self.store.now() - timedelta(seconds=seconds)
        if kept.oldest > since:
            return None
        with self.store.read() as connection:
            return journal.current_at(connection, kept.zone_id, since)
