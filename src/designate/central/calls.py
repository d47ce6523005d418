# SPDX-License-Identifier: Apache-2.0
"""The calls that were carried out, forgotten when no copy of them can arrive any more."""

import time
from dataclasses import dataclass, field

from designate.storage import calls
from designate.storage.unit_of_work import Store, Transaction

AT_ONCE = 1_000
EVERY = 600.0
"""Seconds between looks for old ones."""


@dataclass(slots=True)
class Calls:
    """A task of central's: see `runtime.tasks.Task`."""

    store: Store
    every: float = EVERY
    _next: float = field(default=0.0, init=False)

    def run_next(self) -> bool:
        """Forget some; False when none is left that is old."""
        if time.monotonic() < self._next:
            return False
        left = self.store.write(self._forget)
        if not left:
            self._next = time.monotonic() + self.every
        return left

    def _forget(self, tx: Transaction) -> bool:
        return calls.forget(tx.connection, tx.now - calls.KEPT, AT_ONCE)
