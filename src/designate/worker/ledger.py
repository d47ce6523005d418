# SPDX-License-Identifier: Apache-2.0
"""The worker's transactions: what several zones have ready is written together."""

import logging
import math
import time
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from designate.model.pools import Pool
from designate.storage import (
    confirmations,
    lanes,
    pools,
    releases,
    rows,
    servers,
    tsigkeys,
    versions,
    work,
    zones,
)
from designate.storage.releases import Done, Retry
from designate.storage.servers import Facts, Incarnation, ServerRow
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.work import Asked, Claim, Parked
from designate.wire.tsig import BadKey
from designate.worker.parts import Parts
from designate.worker.signing import TsigKey

LOG = logging.getLogger(__name__)
LEASE = 30.0
"""Seconds that a claim is ours for without a renewal, by our own clock and by any observer's."""
YOUNG = 5.0
"""Seconds after a sign of life in which no observer looks at it."""


@dataclass(slots=True)
class Settlement:
    """What is to be written about zones and names in one transaction."""

    confirmed: dict[str, int] = field(default_factory=dict)
    failed: list[tuple[Incarnation, str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    puts: list[ServerRow] = field(default_factory=list)
    drops: list[ServerRow] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    retries: list[Retry] = field(default_factory=list)

    def add(self, other: "Settlement") -> None:
        """Write what another asks for as well."""
        self.confirmed.update(other.confirmed)
        self.failed += other.failed
        self.gone += other.gone
        self.puts += other.puts
        self.drops += other.drops
        self.done += other.done
        self.retries += other.retries

    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        parts = (self.confirmed, self.failed, self.gone, self.puts, self.drops, self.done)
        return not any(parts) and not self.retries


@dataclass(frozen=True, slots=True)
class Reading:
    """What is asked for, and the facts read after it, at a Unix time; TSIG keys by id."""

    at: float
    asked: dict[str, Asked]
    facts: dict[str, Facts]
    pools: dict[str, Pool]
    keys: dict[str, TsigKey]

    def of(self, claim: Claim) -> Claim:
        """A claim with what is asked for now; what was to be verified still is."""
        found = self.asked.get(claim.name_key)
        if found is None:
            return claim
        return replace(claim, wanted=found.wanted, verify=claim.verify or found.verify)


class Ledger:
    """The database as the dispatcher uses it. Leases of one process share a prefix."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts = Parts(store)
        self._prefix = uuid.uuid4().hex[:8]
        self._complained: set[str] = set()

    def now(self) -> float:
        """Unix time by the store's clock."""
        return rows.unix_time(self._store.now())

    def token(self) -> str:
        """A new token of this process."""
        return self._prefix + str(uuid.uuid4())[8:]

    def free_own(self, but: Collection[str] = ()) -> None:
        """Free the names that this process holds, `but` those: their leases run out."""
        self._store.write(lambda tx: work.free(tx, self._prefix, but=but))

    def free(self, names: Collection[str]) -> None:
        """Free those of the names that this process holds."""
        if names:
            self._store.write(lambda tx: work.free(tx, self._prefix, only=names))

    def until_due(self) -> float:
        """In how many seconds the next name is due."""
        with self._store.read() as connection:
            upcoming = work.next_due(connection)
            return math.inf if upcoming is None else max(upcoming - self.now(), 0.0)

    def look(self, after: int, number: int) -> lanes.Look:
        """Names that are due, so many of each lane, from behind a lane on."""
        with self._store.read() as connection:
            return lanes.look(connection, self.now(), after, number)

    def unrenewed(self) -> set[str]:
        """Tokens of names that are held, and were not renewed just now."""
        with self._store.read() as connection:
            return work.unrenewed(connection, self.now() + LEASE - YOUNG)

    def queue(self) -> work.Queue:
        """The length and age of the queue."""
        with self._store.read() as connection:
            return work.queue(connection)

    def claim(self, names: Collection[str]) -> tuple[list[Claim], float]:
        """Take names; also returns until when, in monotonic seconds, they are ours."""
        token, ends = self.token(), time.monotonic() + LEASE
        claims = self._store.write(lambda tx: work.claim(tx, names, token, _pushed(tx)))
        return claims, ends

    def renew(self, held: dict[str, str]) -> tuple[set[str], str, float]:
        """Renew leases: the names still ours, their new token and the new end of the lease.

        Those that are not are verified: what we did last may have come after who has them now.
        """
        token, ends = self.token(), time.monotonic() + LEASE

        def write(part: set[str], tx: Transaction) -> set[str]:
            kept = work.renew(tx, {name: held[name] for name in part}, token, _pushed(tx))
            _verify(part - kept, tx)
            return kept

        kept = {name for _, some in self._parts.write(held, write) for name in some}
        return kept, token, ends

    def take_over(self, tokens: Collection[str]) -> int:
        """Free the names of holders that are gone; how many they are."""
        with self._store.read() as connection:
            held = work.held_by(connection, tokens)

        def write(part: set[str], tx: Transaction) -> int:
            return work.take_over(tx, {name: held[name] for name in part})

        return sum(freed for _, freed in self._parts.write(held, write))

    def read(self, names: Collection[str]) -> Reading:
        """Read facts; what is asked for is read first, so that a change in between is not missed.

        Pools come before facts: what zones are told of meanwhile is known of them both ways.
        """
        with self._store.read() as connection:
            at = self.now()
            asked = work.asked(connection, names)
            known = {pool.id: pool for pool in pools.find_all(connection)}
            found = servers.load(connection, names, known)
            ids = _key_ids(known.values())
            keys = tsigkeys.secrets(connection, ids) if ids else {}
            return Reading(at, asked, found, known, self._usable(keys))

    def _usable(self, keys: Mapping[str, tuple[str, str, str]]) -> dict[str, TsigKey]:
        """Keys by id; one that cannot sign is as good as missing."""
        found: dict[str, TsigKey] = {}
        for used, values in keys.items():
            key = TsigKey(*values)
            try:
                key.check()
            except BadKey as error:
                if used not in self._complained:
                    self._complained.add(used)
                    LOG.warning("the TSIG key %s cannot be used: %s", key.name, error)
            else:
                found[used] = key
        return found

    def record(
        self, held: dict[str, str], puts: Sequence[ServerRow], drops: Sequence[ServerRow]
    ) -> set[str]:
        """Write rows of targets for names that are still held; returns those that are not.

        What such a name's targets hold is in doubt then: somebody else may have worked on it, and
        what was done late may be what nobody wants any more, such as a zone that was deleted since.
        """

        def write(part: set[str], tx: Transaction) -> set[str]:
            kept = work.fence(tx, {name: held[name] for name in part})
            servers.put(tx, [row for row in puts if row.name_key in kept])
            servers.drop(tx, [row for row in drops if row.name_key in kept])
            lost = part - kept
            for name_key in sorted(lost):
                servers.doubt(tx, name_key)
                work.put(tx, name_key)
            late = [row for row in (*puts, *drops) if row.name_key in lost]
            servers.put_late(tx, late)
            return lost

        return {name for _, lost in self._parts.write(held, write) for name in lost}

    def doubt(self, name_key: str) -> bool:
        """Doubt what is known of a name's targets; False when nothing is."""
        return self._store.write(lambda tx: servers.doubt(tx, name_key))

    def settle(self, asked: Mapping[str, Settlement], held: Mapping[str, str]) -> set[str]:
        """Write what each name asks for, unless its lease was lost; returns those names.

        Zones come first, in the order of every writer, then their names: when one turns out not to
        be ours any more, its part is undone and written again without it. It is verified. Nothing
        of a name is ever in two parts.
        """
        left = {name: one for name, one in asked.items() if not one.is_empty()}
        lost: set[str] = set()
        while left:
            try:
                for part, _ in self._parts.write(left, partial(_settle, asked, held)):
                    left = {name: one for name, one in left.items() if name not in part}
            except _Lost as error:
                lost |= error.names
                left = {name: one for name, one in left.items() if name not in error.names}
        if lost:
            self._store.write(partial(_verify, lost))
        return lost

    def wake_waiting(self, back: Sequence[str], after: Parked | None, limit: int) -> Parked | None:
        """Make names due that failed on these servers; see `work.wake_waiting`."""
        return self._store.write(lambda tx: work.wake_waiting(tx, back, after, limit))

    def pool_versions(self) -> dict[str, int]:
        """The version of each pool's servers."""
        with self._store.read() as connection:
            return pools.server_versions(connection)

    def put_outdated(self, current: Mapping[str, int], limit: int) -> int:
        """Make names due where a target has an older configuration than its pool."""
        with self._store.read() as connection:
            names = work.outdated(connection, current, limit)
        if names:
            self._store.write(lambda tx: work.put_resting(tx, names))
        return len(names)

    def generations_of(
        self, served: Collection[tuple[str, int]]
    ) -> dict[tuple[str, int], tuple[int | None, int | None]]:
        """For zones by id and a serial that was seen: its generation, and the serial as it is now.

        None stand for a serial that no kept version had, and for a zone that is gone.
        """
        with self._store.read() as connection:
            now = servers.versions(connection, {zone_id for zone_id, _ in served})
            before = {one for one in served if now.get(one[0], (None, None))[1] != one[1]}
            known = versions.generations_of(connection, before) if before else {}
        found: dict[tuple[str, int], tuple[int | None, int | None]] = {}
        for one in served:
            generation, serial = now.get(one[0], (None, None))
            found[one] = (generation if serial == one[1] else known.get(one), serial)
        return found

    def move_past(self, zone: Incarnation, serial: int, comment: str) -> bool:
        """Move a zone's serial past one that was seen, and doubt what its targets hold."""

        def write(tx: Transaction) -> bool:
            moved = versions.move_past(tx, zone.id, serial, comment)
            servers.doubt(tx, zone.name_key)
            return moved

        return self._store.write(write, zone_id=zone.id)

    def release(self, claims: Iterable[Claim]) -> None:
        """Give names back at once, so that another worker can take them."""
        claimed = list(claims)

        def write(tx: Transaction) -> None:
            now = rows.unix_time(tx.now)
            releases.retry(tx, [Retry(claim, now, claim.since) for claim in claimed])

        self._store.write(write)


def _key_ids(known: Iterable[Pool]) -> set[str]:
    ids = {
        used
        for pool in known
        for used in (
            *(server.tsigkey_id for server in pool.nameservers),
            *(target.tsigkey_id for target in pool.targets),
        )
    }
    return {used for used in ids if used}


def _pushed(tx: Transaction) -> float:
    return rows.unix_time(tx.now) + LEASE


class _Lost(Exception):
    """Leases of these names are not ours any more."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(names)
        self.names = names


def _settle(
    asked: Mapping[str, Settlement], held: Mapping[str, str], part: set[str], tx: Transaction
) -> None:
    """Write all that these names ask for; raises _Lost."""
    everything = Settlement()
    for name in sorted(part):
        everything.add(asked[name])
    _write_zones(tx, everything)
    if lost := part - work.fence(tx, {name: held[name] for name in part}):
        raise _Lost(lost)
    servers.put(tx, everything.puts)
    servers.drop(tx, everything.drops)
    releases.done(tx, everything.done)
    releases.retry(tx, everything.retries)


def _verify(names: Collection[str], tx: Transaction) -> None:
    for name_key in sorted(names):
        work.put(tx, name_key)


def _write_zones(tx: Transaction, settlement: Settlement) -> None:
    for zone_id in sorted(settlement.gone):
        zones.finish_delete(tx, zone_id)
        servers.drop_settled(tx, zone_id)
    confirmations.fail(tx, settlement.failed)
    confirmations.confirm(tx, settlement.confirmed)
