# SPDX-License-Identifier: Apache-2.0
"""How soon a name is looked at again: under load the changes of a zone are published together.

A first change is never held back. Each further one waits until the name has rested, the longer the
more names are busy: all of them together are looked at about a hundred times a second, however
often they change. What is published is the newest version, so that nobody waits longer for it.
"""

from collections.abc import Collection

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

    def rested(self, names: Collection[str], now: float) -> set[str]:
        """Those of the names that may be looked at now."""
        self._forget(now)
        rest = self._rest()
        return {name for name in names if now >= self._looked.get(name, 0.0) + rest}

    def next_rested(self, names: Collection[str]) -> float:
        """When the first of the names, of which there is one, may be looked at."""
        rest = self._rest()
        return min(self._looked.get(name, 0.0) + rest for name in names)

    def _rest(self) -> float:
        return min(REST * len(self._looked), LONGEST_REST)

    def _forget(self, now: float) -> None:
        """Drop the names that have rested the longest there is: they stand first."""
        for name, at in list(self._looked.items()):
            if now < at + LONGEST_REST:
                break
            del self._looked[name]
