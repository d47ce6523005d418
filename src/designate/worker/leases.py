# SPDX-License-Identifier: Apache-2.0
"""Keeps the leases of names in work, and frees names whose holder is gone (decision 3a.11)."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace

from designate.worker.jobs import Job
from designate.worker.ledger import LEASE, Ledger

LOG = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between looks at names that others hold."""


class Leases:
    """A holder is gone when its token has stayed for a whole lease, by our own clock.

    Tokens are watched, not names: each claim has one, and each renewal one for all its names.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen: dict[str, float] = {}
        self._next_look = 0.0

    def aging(self, jobs: Iterable[Job], now: float) -> list[Job]:
        """The jobs whose lease is half over."""
        return [job for job in jobs if job.lease.ends - now < LEASE / 2]

    def renew(self, jobs: Collection[Job]) -> set[str]:
        """Renew the leases of these jobs; returns the names that were lost."""
        held = {job.claim.name_key: job.claim.token for job in jobs}
        if not held:
            return set()
        kept, token, ends = self._ledger.renew(held)
        for job in jobs:
            if job.claim.name_key in kept:
                job.claim = replace(job.claim, token=token)
                job.lease.ends = ends
        return held.keys() - kept

    def look(self, mine: Iterable[Job], now: float) -> bool:
        """Free the names of holders that are gone; True when there were any."""
        if now < self._next_look:
            return False
        self._next_look = now + LOOK
        held = self._ledger.unrenewed() - {job.claim.token for job in mine}
        self._seen = {token: self._seen.get(token, now) for token in held}
        gone = {token for token, first in self._seen.items() if now - first >= LEASE}
        if not gone:
            return False
        names = self._ledger.take_over(gone)
        if names:
            LOG.warning("took over %d names whose worker is gone", names)
        return True
