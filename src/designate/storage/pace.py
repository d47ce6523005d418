# SPDX-License-Identifier: Apache-2.0
"""How many rows one transaction of a long work takes, so that nobody waits long for its end."""

import math
import time

from designate.storage.unit_of_work import Store

ALONE, SHARED = 0.1, 0.02
"""Seconds that such a transaction should take: while nobody waits for its end, and for some time
after somebody has."""
SHARED_FOR = 5.0
LEAST = 100


class Pace:
    """The size of the next step: `rows`, at most `most`."""

    def __init__(self, store: Store, most: int) -> None:
        self.rows = min(LEAST, most)
        self._store = store
        self._most = most
        self._shared_at = -math.inf

    def took(self, rows: int, seconds: float) -> None:
        """Tell how long a step took; inside its transaction, where others may wait."""
        now = time.monotonic()
        if self._store.waiting:
            self._shared_at = now
        wanted = SHARED if now - self._shared_at < SHARED_FOR else ALONE
        fitting = max(int(rows * wanted / max(seconds, 1e-6)), LEAST)
        allowed = min(fitting, 2 * self.rows, self._most)
        if LEAST < allowed < self._most:
            # A statement for each number of rows would be kept, with as many parameters.
            allowed = LEAST << (allowed // LEAST).bit_length() - 1
        self.rows = allowed
