# SPDX-License-Identifier: Apache-2.0
"""How soon a name is looked at again: under load the changes of a zone are published together.

A first change is never held back. Each further one waits until the name has rested, the longer the
more names are busy: up to fifty of them together are looked at about a hundred times a second,
however often they change. Beyond fifty LONGEST_REST bounds the rest: each is looked at up to twice
a second, and the looks grow with the names. What is published is the newest version, so that nobody
waits longer for it.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import takewhile

REST = 0.01
"""Seconds that a name rests for each name that was looked at lately."""
LONGEST_REST = 0.5


class Pace:
    """Remembers when names were looked at; times are monotonic seconds."""

    def __init__(self) -> None:
        self._looked: dict[str, float] = {}

    def looked(self, names: Collection[str], now: float) -> None:
        """The facts of these names are being read."""
        for name in names:
            self._looked.pop(name, None)
            self._looked[name] = now

    def rested(self, names: Iterable[str], now: float) -> Iterator[str]:
        """Those of the names that may be looked at now, one by one as they are asked for."""
        self._forget(now)
        rest = self._rest()
        return (name for name in names if now >= self._looked.get(name, 0.0) + rest)

    def next_rested(self, names: Collection[str]) -> float:
        """When the first of the names, of which there is one, may be looked at."""
        if len(names) > len(self._looked):
            # One of them does not rest.
            return 0.0
        rest = self._rest()
        return min(self._looked.get(name, 0.0) + rest for name in names)

    def _rest(self) -> float:
        return min(REST * len(self._looked), LONGEST_REST)

    def _forget(self, now: float) -> None:
        """Drop the names that have rested the longest there is: they stand first."""
        over = takewhile(lambda looked: looked[1] + LONGEST_REST <= now, self._looked.items())
        for name, _ in list(over):
            del self._looked[name]
