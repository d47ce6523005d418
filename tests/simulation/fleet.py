# SPDX-License-Identifier: Apache-2.0
"""Workers and name servers in virtual time: the claims, shares, windows and leases are real.

What is modelled: a name server takes up the zones it was notified of one after the other, so many a
second; a worker sees that one has arrived at the next tick. There is no network and no content.
"""

import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from designate.model.work import Lane
from designate.runtime import partitions
from designate.storage import releases
from designate.storage.releases import Done
from designate.storage.work import Claim
from designate.worker.calls import Lease
from designate.worker.claims import Claims, portion
from designate.worker.dispatcher import MAX_BACKLOG, MAX_JOBS
from designate.worker.jobs import Job
from designate.worker.leases import Leases
from designate.worker.ledger import LEASE, Ledger
from designate.worker.orders import Limits
from designate.worker.reconcile import Plan
from designate.worker.windows import Windows
from tests.simulation.queue import EPOCH, Queue

SERVERS_OF_POOL = 2
GONE = 6.0
"""Seconds until the members of a group take note that one is gone (runtime.members)."""


@dataclass
class NameServer:
    """Serves what it was notified of, in its order."""

    rate: float
    queue: deque[tuple[str, Callable[[], None]]] = field(default_factory=deque)
    longest: int = 0
    _credit: float = 0.0

    def notified(self, zone: str, arrived: Callable[[], None]) -> None:
        """One more to fetch."""
        self.queue.append((zone, arrived))
        self.longest = max(self.longest, len(self.queue))

    def work(self, seconds: float) -> None:
        """Fetch as many as it can in so many seconds."""
        self._credit = min(self._credit + seconds * self.rate, self.rate) if self.queue else 0.0
        while self.queue and self._credit >= 1:
            self._credit -= 1
            self.queue.popleft()[1]()


class Group:
    """Who is alive, as all members see it."""

    def __init__(self) -> None:
        self.alive: set[str] = set()


@dataclass(frozen=True)
class Member:
    """A worker's share, by the real division of shards."""

    me: str
    group: Group

    def mine(self) -> range:
        """See `worker.claims.Share`."""
        return partitions.share(self.me, self.group.alive)


class Worker:
    """A process: what it claims, holds and ends."""

    def __init__(self, name: str, group: Group, queue: Queue, servers: list[NameServer]) -> None:
        self.name = name
        self.share = Member(name, group)
        self.ledger = Ledger(queue.store)
        self.claims = Claims(self.ledger, self.share, {})
        self.leases = Leases(self.ledger)
        self.jobs: dict[str, Job] = {}
        self.won = self.lost = self.most_jobs = self.looks = 0
        self._queue = queue
        self._servers = servers
        self._missing: Counter[str] = Counter()
        self._arrived: list[str] = []
        places = Limits().notifies()
        self._windows = Windows(lambda: portion(places, self.share, 4))

    def turn(self, now: float, claimed: Callable[[Claim], None]) -> list[str]:
        """Renew, claim, notify, and end what has arrived; returns the names that ended."""
        ended = self._end()
        self._renew(now)
        self.leases.look(self.jobs.values(), now)
        room = min(MAX_BACKLOG, MAX_JOBS - len(self.jobs))
        if room > 0 and now >= self.claims.next_time(self.jobs, room=True):
            self._claim(room, now, claimed)
        for server, name in self._windows.let_in(now):
            self._notify(int(server), name)
        self.most_jobs = max(self.most_jobs, len(self.jobs))
        return ended

    def _renew(self, now: float) -> None:
        aging = self.leases.aging(self.jobs.values(), now)
        assert not self.leases.renew(aging), "nobody takes from the living"
        for job in aging:
            job.lease.ends = now + LEASE

    def _claim(self, room: int, now: float, claimed: Callable[[Claim], None]) -> None:
        self.looks += 1
        names = self.claims.choose(room, self.jobs, MAX_JOBS - len(self.jobs), now)
        if not names:
            return
        claims, _ = self.ledger.claim(names)
        self.won += len(claims)
        self.lost += len(names) - len(claims)
        self.claims.looked(names, now)
        for claim in claims:
            self.jobs[claim.name_key] = Job(
                claim, Lease(now + LEASE), EPOCH + now, Plan({}, []), None
            )
            claimed(claim)
            self._tell(claim.name_key, claim.lane, now)

    def _tell(self, name: str, lane: Lane, now: float) -> None:
        first = pool_of(name, len(self._servers) // SERVERS_OF_POOL) * SERVERS_OF_POOL
        self._missing[name] = SERVERS_OF_POOL
        for server in range(first, first + SERVERS_OF_POOL):
            if self._windows.enter(str(server), name, lane, now):
                self._notify(server, name)

    def _notify(self, server: int, name: str) -> None:
        self._servers[server].notified(name, partial(self._served, server, name))

    def _served(self, server: int, name: str) -> None:
        job = self.jobs.get(name)
        if job is None:
            return
        self._windows.leave(str(server), name, job.claim.lane)
        self._missing[name] -= 1
        if not self._missing[name]:
            self._arrived.append(name)

    def _end(self) -> list[str]:
        if not self._arrived:
            return []
        ended, self._arrived = self._arrived, []
        done = [Done(self.jobs[name].claim, self.jobs[name].read_at) for name in ended]
        self._queue.store.write(lambda tx: releases.done(tx, done))
        for name in ended:
            del self.jobs[name], self._missing[name]
        return ended


def pool_of(name: str, pools: int) -> int:
    """The pool of a zone; zones of the heavy project are all in the first one."""
    return 0 if name.endswith(".heavy.") else random.Random(name).randrange(pools)  # noqa: S311
