# SPDX-License-Identifier: Apache-2.0
"""Writes about many names: in one transaction, or in several while rivals always come first.

On a Galera cluster a long transaction loses to each short one of another node that changes one of
its rows: with a few hot names among many, again and again. In parts only the part with those loses.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TypeVar

from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Outpaced, Store

Result = TypeVar("Result")
MOST = 2000


class Parts:
    """Used by one thread. How many names go together is remembered from one write to the next."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._most = MOST

    def write(
        self, names: Collection[str], work: Callable[[set[str], Transaction], Result]
    ) -> Iterator[tuple[set[str], Result]]:
        """Commit `work` for all names, in their order; yields each part and its result after it.

        Raises DatabaseUnavailable and what `work` raises; the parts before it are committed.
        """
        left = sorted(names)
        while left:
            part = set(left[: self._most])
            try:
                result = self._store.write(partial(work, part), divisible=len(part) > 1)
            except Outpaced:
                self._most = max(1, len(part) // 2)
            else:
                self._most = min(MOST, self._most + 1 + self._most // 8)
                left = left[len(part) :]
                yield part, result
