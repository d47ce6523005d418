# SPDX-License-Identifier: Apache-2.0
"""Which names this process claims next: fair over projects, its own share of the work first.

Names are found in two ways. Whoever changes a zone wakes us with its name, which is claimed at
once; and the queue is looked at, lane by lane, which finds every name. While one lane holds more
than it may, hints are not followed: only the queue knows whose turn it is.
"""

import math
import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Protocol
from zlib import crc32

from designate.model.work import Lane, Waiting
from designate.rules import fairness
from designate.runtime import partitions
from designate.runtime.members import Members
from designate.runtime.partitions import SHARDS
from designate.worker.jobs import Job
from designate.worker.ledger import Ledger
from designate.worker.pace import Pace

IDLE = 2.0
"""Seconds between looks at the queue when nobody wakes us, such as while the broker is away."""
BETWEEN = 0.02
"""Seconds between two looks that find something: several ends of work make one look."""
OVERDUE = 5.0
"""Seconds that a name waits for the worker whose share it is in: about as long as the members of a
group take to note that one is gone. Who is slow, but lives, is not raced with before."""
MOST_READ = 512
"""Names of a lane that a look reads at most to find our own among them."""
MOST_WOKEN = 1024
"""Names remembered because somebody woke us; beyond, the queue tells of them."""


class Share(Protocol):
    """The part of the work that is this process's own, as the members of its group divide it."""

    def mine(self) -> range:
        """The shards, of 0 to 4095, that are ours now."""


class Everything:
    """The share of a process that is alone."""

    def mine(self) -> range:
        """See the protocol."""
        return range(SHARDS)


class Part:
    """The share of a member of a group, who divide all shards evenly."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def mine(self) -> range:
        """See the protocol."""
        return partitions.share(self._members.me, self._members.alive)


def shard_of(name_key: str) -> int:
    """The shard of the work on a name: known to whoever hears of it, before any zone has it."""
    return crc32(name_key.encode()) % SHARDS


def portion(most: int, share: Share, least: int = 1) -> int:
    """This process's part of what all workers together may give a server to do.

    The parts of all add up to it, but that nobody has less than the least, to get on at all.
    """
    mine = share.mine()
    first, end = (round(most * shard / SHARDS) for shard in (mine.start, mine.stop))
    return max(end - first, least)


class Claims:
    """Used by the deciding thread; times are monotonic seconds unless something else is said."""

    def __init__(self, ledger: Ledger, share: Share, weights: Mapping[Lane, int]) -> None:
        self._ledger = ledger
        self._share = share
        self._weights = weights
        self._pace = Pace()
        self._woken: set[str] = set()
        self._crowded = False
        self._next_look = 0.0
        # Workers that begin in different lanes seldom meet.
        self._behind = random.randrange(1 << 31)
        self.found: frozenset[str] = frozenset()
        """Those of the names chosen last that the queue had shown to be free."""

    def wake(self, names: Collection[str], jobs: Mapping[str, Job]) -> None:
        """Names may have new work: those in work are remembered, our own while they are few.

        Everybody hears of every change; those of others' shares are left to them.
        """
        mine = self._share.mine()
        others = [name for name in names if name not in jobs and shard_of(name) in mine]
        self._woken.update(name for name in names if name in jobs)
        if len(self._woken) + len(others) <= MOST_WOKEN:
            self._woken.update(others)
        else:
            self.look_at(0.0)

    def look_at(self, time: float) -> None:
        """Look at the queue at this time, or before it."""
        self._next_look = min(self._next_look, time)

    def looked(self, names: Collection[str], now: float) -> None:
        """The facts of these names are being read."""
        self._pace.looked(names, now)

    def rested(self, jobs: Mapping[str, Job], now: float) -> set[str]:
        """Names in work that were woken and have rested; they are no longer woken."""
        found = set(self._pace.rested(self._woken_jobs(jobs), now))
        self._woken -= found
        return found

    def next_time(self, jobs: Mapping[str, Job], *, room: bool) -> float:
        """When there may be something to claim or, in work, to plan anew."""
        waiting = self._woken if room and not self._crowded else self._woken_jobs(jobs)
        times = [self._next_look] if room else []
        if waiting:
            times.append(self._pace.next_rested(waiting))
        return min(times, default=math.inf)

    def choose(self, room: int, jobs: Mapping[str, Job], places: int, now: float) -> list[str]:
        """So many names at most that can be claimed; `places` are left for all lanes together."""
        held = Counter(job.claim.lane for job in jobs.values())
        most = fairness.most_of_one(places)
        self._crowded = max(held.values(), default=0) >= most
        names: list[str] = []
        if now >= self._next_look:
            # However many have been woken: nobody else looks after the others.
            looked_for = max(room - len(self._woken), (room + 1) // 2)
            names = self._look(looked_for, held, most, now)
        self.found = frozenset(names)
        if not self._crowded:
            free = (name for name in self._woken if name not in jobs and name not in names)
            names += islice(self._pace.rested(free, now), room - len(names))
        self._woken.difference_update(names)
        return names

    def _look(self, number: int, held: Counter[Lane], most: int, now: float) -> list[str]:
        """The names of the queue whose turn it is, but for those that have not rested."""
        wait = self._ledger.until_due()
        if wait > 0:
            self._next_look = now + min(wait, IDLE)
            return []
        mine = self._share.mine()
        looked = self._ledger.look(self._behind, _read(number, mine))
        self._behind = looked.last
        at = self._ledger.now()
        own = {lane: _own_first(names, mine, at) for lane, names in looked.found.items()}
        places = {lane: max(most - held[lane], 0) for lane in own}
        waiting = {lane: names[: places[lane]] for lane, names in own.items()}
        found = fairness.in_turn(waiting, self._weights)[:number]
        rested = set(self._pace.rested(found, now))
        resting = [name for name in found if name not in rested]
        pauses = [BETWEEN if found or any(own.values()) else IDLE]
        if resting and not rested:
            pauses.append(self._pace.next_rested(resting) - now)
        self._next_look = now + max(pauses)
        return [name for name in found if name in rested]

    def _woken_jobs(self, jobs: Mapping[str, Job]) -> list[str]:
        """Names in work that were woken."""
        return [name for name in self._woken if name in jobs]


def _read(number: int, mine: range) -> int:
    """How many names of a lane are read so that as many as asked for are likely ours."""
    return min(number * SHARDS // len(mine), MOST_READ) if mine else number


def _own_first(names: Sequence[Waiting], mine: range, now: float) -> list[str]:
    """Those of our share, then those whose worker lets them wait at a Unix time.

    The latter in any order: other workers see the same ones.
    """
    own = [name.name_key for name in names if shard_of(name.name_key) in mine]
    if len(own) == len(names):
        return own
    ours = set(own)
    late = [name.name_key for name in names if name.due_at <= now - OVERDUE]
    others = [name for name in late if name not in ours]
    return own + random.sample(others, len(others))
