# SPDX-License-Identifier: Apache-2.0
"""Names that become due although nobody changed them: step by step, whatever their number.

They waited for a server that is back, or their targets have an older configuration than the pool.
"""

import math
from collections.abc import Collection

from designate.storage.work import Parked
from designate.worker.ledger import Ledger

STEP = 1000
"""Names that wait, and are looked at in one transaction."""
AT_ONCE = 64
"""Names with an older configuration that are put into the queue at once."""
AGAIN = 1.0
LOOK = 5.0
"""Seconds between looks at the versions of pools, and until more names of an older one are put."""
ALWAYS = 60.0
"""Seconds between looks at the targets although no pool has changed."""


class Sweeps:
    """Used by the deciding thread; what an error of the database has ended is done again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._back: set[str] = set()
        self._place: Parked | None = None
        self._known: dict[str, int] = {}
        self._next_look = 0.0
        self._next_always = 0.0

    def back(self, servers: Collection[str]) -> None:
        """Servers are back: those that they failed are to be tried at once."""
        if servers:
            self._back.update(servers)
            self._place = None

    def next_time(self) -> float:
        """When there is another step for servers that are back."""
        return 0.0 if self._back else math.inf

    def wake(self) -> bool:
        """Take a step for servers that are back; False when there are none."""
        if not self._back:
            return False
        self._place = self._ledger.wake_waiting(sorted(self._back), self._place, STEP)
        if self._place is None:
            self._back.clear()
        return True

    def outdated(self, now: float) -> bool:
        """Put some names of older configurations into the queue, when it is time; True if any."""
        if now < self._next_look:
            return False
        self._next_look = now + LOOK
        versions = self._ledger.pool_versions()
        if versions == self._known and now < self._next_always:
            return False
        put = self._ledger.put_outdated(versions, AT_ONCE)
        if put:
            self._next_look = now + AGAIN
        else:
            self._known, self._next_always = versions, now + ALWAYS
        return put > 0
