# SPDX-License-Identifier: Apache-2.0
"""Which period of a task is due, and who may take it: decisions over what was read.

Times are Unix seconds of the database's clock, except where one's own clock measures how long
something stayed the same.
"""

import math
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from designate.producer.periods import SILENCE
from designate.storage.periods import Progress

LATE = 0.01
"""Seconds after the end of a period when it is looked for."""
PATIENCE = 10.0
"""Seconds that the owner of some shards has to begin before anybody does."""
AHEAD = 900.0
"""Seconds by which a clock must have been ahead of ours to be taken for one that was set back: the
databases of a cluster may differ by minutes."""


class Timed(Protocol):
    """What of a task decides when it is due; see `producer.schedule.Task`."""

    @property
    def interval(self) -> int:
        """Seconds of a period."""

    @property
    def missed(self) -> int:
        """Most periods that are made up for one by one."""


def first(task: Timed, now: float) -> int:
    """Where a task begins that was never run: with the period under way."""
    return _newest(task, now)


def goal(task: Timed, row: Progress, now: float) -> int | None:
    """The end of the period to be run, None when nothing is due."""
    if row.goal is not None:
        return row.goal
    newest = _newest(task, now)
    if newest <= row.done and not _is_set_back(task, row, now):
        return None
    if not task.missed:
        return newest
    return _after(task, begin(task, row, now))


def _is_set_back(task: Timed, row: Progress, now: float) -> bool:
    """Whether the newest period is run although the clock has already been beyond it.

    Else nothing would be done until the clock is there again. A task that makes up for what it
    missed is not run twice for a period.
    """
    return not task.missed and row.goal is None and row.done > now + task.interval + AHEAD


def begin(task: Timed, row: Progress, now: float) -> int:
    """The beginning of that period: later than what is done where too many were missed."""
    if _is_set_back(task, row, now):
        return _newest(task, now) - task.interval
    if row.goal is not None or not task.missed:
        return row.done
    return max(row.done, _newest(task, now) - task.missed * task.interval)


def following(task: Timed, row: Progress, now: float) -> float:
    """When the next period will be due of a row of which none is."""
    return _after(task, max(row.done, _newest(task, now)))


def _newest(task: Timed, now: float) -> int:
    return int(now) // task.interval * task.interval


def _after(task: Timed, moment: int) -> int:
    """The end of the period that a moment is in, or at the beginning of."""
    return (moment // task.interval + 1) * task.interval


class Watched:
    """Since when each row has been as it is, by one's own clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[int, tuple[int, float]] = {}

    def see(self, rows: Sequence[Progress]) -> None:
        """Note what was read just now."""
        now = self._clock()
        self._since = {row.shard: (row.beat, self._known(row, now)) for row in rows}

    def is_free(self, row: Progress, *, own: bool, lives: bool) -> bool:
        """Whether a row may be taken that is one's own to try first, or another's.

        `lives`: it has a holder which is not known to be gone.
        """
        still = self._clock() - self._since[row.shard][1]
        if lives:
            return still >= SILENCE
        return own or still >= PATIENCE

    def _known(self, row: Progress, now: float) -> float:
        beat, since = self._since.get(row.shard, (row.beat, now))
        return since if beat == row.beat else now


class Rests:
    """Parts that failed a moment ago and are left alone for a while, by one's own clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}

    def begin(self, shard: int, seconds: float) -> None:
        """Leave the part of a shard alone for so long."""
        self._until[shard] = self._clock() + seconds

    def is_over(self, shard: int) -> bool:
        """Whether the part may be tried."""
        if self._until.get(shard, 0.0) > self._clock():
            return False
        self._until.pop(shard, None)
        return True

    @property
    def shortest(self) -> float:
        """Seconds until the first rest ends: infinite without any.

        One that has ended counts no more: its part is not tried since somebody else is at it.
        """
        now = self._clock()
        return min((until - now for until in self._until.values() if until > now), default=math.inf)
