# SPDX-License-Identifier: Apache-2.0
"""Rows that are of no use any more and that nobody else drops: ids of calls, unfinished uploads,
TSIG keys of zones that are gone."""

import time
from dataclasses import dataclass, field
from datetime import timedelta

from designate.storage import calls, imports, tsigkeys
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

AT_ONCE = 1_000
EVERY = 600.0
"""Seconds between looks."""
UPLOAD = timedelta(days=1)
"""After which the upload of a zone file has come to its end, or its process has."""


@dataclass(slots=True)
class Leftovers:
    """A task of central's: see `runtime.tasks.Task`."""

    store: Store
    every: float = EVERY
    _next: float = field(default=0.0, init=False)

    def run_next(self) -> bool:
        """Drop some; False when none is left that is old."""
        if time.monotonic() < self._next:
            return False
        left = self.store.write(_forget_calls)
        if not left:
            self.store.write(_drop_uploads)
            self.store.write(tsigkeys.remove_abandoned)
            self._next = time.monotonic() + self.every
        return left


def _forget_calls(tx: Transaction) -> bool:
    return calls.forget(tx.connection, tx.now - calls.KEPT, AT_ONCE)


def _drop_uploads(tx: Transaction) -> None:
    imports.remove_abandoned_chunks(tx, tx.now - UPLOAD)
