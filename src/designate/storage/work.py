# SPDX-License-Identifier: Apache-2.0
"""The queue of zone names that need the worker: claimed by token, done by condition (3a.11).

Times are Unix seconds. A claim pushes `due_at` to where the lease may have ended, which only says
when somebody should look: whether it has ended is judged by the observer's own clock, from how
long the token stayed the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select, update

from designate.storage.tables import zone_servers, zone_work
from designate.storage.unit_of_work import Transaction

_free = zone_work.c.lease_token.is_(None)


@dataclass(frozen=True, slots=True)
class Claim:
    """A name taken from the queue. `wanted` is what was asked for when it was read."""

    name_key: str
    token: str
    wanted: int
    attempts: int
    since: float | None


@dataclass(frozen=True, slots=True)
class Queue:
    """How much is waiting: names that are due now or later, and the oldest unconfirmed change."""

    names: int
    oldest: float | None


def due(connection: Connection, now: float, limit: int) -> list[str]:
    """Names that are due and free, the longest waiting first."""
    statement = (
        select(zone_work.c.name_key)
        .where(zone_work.c.due_at <= now, _free)
        .order_by(zone_work.c.due_at)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def overdue(connection: Connection, now: float, limit: int) -> dict[str, str]:
    """Names whose lease may have ended, with its token."""
    statement = (
        select(zone_work.c.name_key, zone_work.c.lease_token)
        .where(zone_work.c.due_at <= now, zone_work.c.lease_token.is_not(None))
        .order_by(zone_work.c.due_at)
        .limit(limit)
    )
    return {row.name_key: row.lease_token for row in connection.execute(statement)}


def next_due(connection: Connection) -> float | None:
    """When the next free name is due."""
    return connection.execute(select(func.min(zone_work.c.due_at)).where(_free)).scalar()


def claim(tx: Transaction, names: Collection[str], token: str, until: float) -> list[Claim]:
    """Take those of the names that are queued and free; `token` is used for this claim only."""
    mine = zone_work.c.name_key.in_(sorted(names))
    taken = tx.write(
        update(zone_work)
        .where(mine, _free, zone_work.c.due_at.is_not(None))
        .values(lease_token=token, due_at=until)
    )
    if taken.rowcount == 0:
        return []
    statement = select(zone_work).where(mine, zone_work.c.lease_token == token)
    return [
        Claim(row.name_key, token, row.wanted, row.attempts, row.since)
        for row in tx.read(statement)
    ]


def take_over(tx: Transaction, held: Mapping[str, str]) -> None:
    """Free names whose holder is gone; those whose token changed meanwhile are left."""
    for name_key, token in sorted(held.items()):
        tx.write(
            update(zone_work)
            .where(zone_work.c.name_key == name_key, zone_work.c.lease_token == token)
            .values(lease_token=None)
        )


def free(tx: Transaction, prefix: str) -> None:
    """Free the names that are held by tokens of this prefix."""
    tx.write(
        update(zone_work)
        .where(zone_work.c.due_at.is_not(None), zone_work.c.lease_token.startswith(prefix))
        .values(lease_token=None, due_at=unix_time(tx.now))
    )


def renew(tx: Transaction, held: Mapping[str, str], token: str, until: float) -> set[str]:
    """Give the names a new token and so a new lease; returns those that were still held."""
    return {
        name_key
        for name_key, old in sorted(held.items())
        if tx.write(
            update(zone_work)
            .where(zone_work.c.name_key == name_key, zone_work.c.lease_token == old)
            .values(lease_token=token, due_at=until)
        ).rowcount
    }


def fence(tx: Transaction, held: Mapping[str, str]) -> set[str]:
    """Which of the names are still held by these tokens; they stay so until the commit."""
    statement = (
        select(zone_work.c.name_key, zone_work.c.lease_token)
        .where(zone_work.c.name_key.in_(sorted(held)))
        .order_by(zone_work.c.name_key)
        .with_for_update()
    )
    return {row.name_key for row in tx.read(statement) if held[row.name_key] == row.lease_token}


def wanted(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """What is asked for now; to be read before the facts."""
    statement = select(zone_work.c.name_key, zone_work.c.wanted).where(
        zone_work.c.name_key.in_(names)
    )
    return {row.name_key: row.wanted for row in connection.execute(statement)}


def done(tx: Transaction, claimed: Claim, read_at: float) -> bool:
    """End the work on a name, unless more was asked for since `read_at`, which then is due at once.

    False when the lease was lost.
    """
    nothing = {"due_at": None, "since": None, "attempts": 0}
    again = {"due_at": unix_time(tx.now), "since": read_at, "attempts": 0}
    return _release(tx, claimed, nothing, again)


def retry(tx: Transaction, claimed: Claim, due_at: float, *, settled: bool) -> bool:
    """Put a name back until `due_at`, sooner if more was asked for meanwhile; False: lease lost.

    `settled` says that its zones are confirmed all the same, so that nobody waits for it.
    """
    later: dict[str, float | None] = {"due_at": due_at, "attempts": claimed.attempts + 1}
    if settled:
        later["since"] = None
    return _release(tx, claimed, later, {"due_at": unix_time(tx.now)})


def _release(
    tx: Transaction,
    claimed: Claim,
    same: Mapping[str, float | None],
    more: Mapping[str, float | None],
) -> bool:
    """Free the name with the values `same`, or with `more` if more was asked for meanwhile."""
    mine = update(zone_work).where(
        zone_work.c.name_key == claimed.name_key, zone_work.c.lease_token == claimed.token
    )
    as_claimed = mine.where(zone_work.c.wanted == claimed.wanted)
    if tx.write(as_claimed.values(lease_token=None, **same)).rowcount:
        return True
    return bool(tx.write(mine.values(lease_token=None, **more)).rowcount)


def put(tx: Transaction, name_key: str) -> None:
    """Make a name due whoever holds it: what was known of it is in doubt."""
    tx.write(
        update(zone_work)
        .where(zone_work.c.name_key == name_key)
        .values(wanted=zone_work.c.wanted + 1, due_at=unix_time(tx.now))
    )


def release_all(tx: Transaction) -> None:
    """End every lease and every pause; only for the start of the only worker there is."""
    tx.write(
        update(zone_work)
        .where(zone_work.c.due_at.is_not(None))
        .values(lease_token=None, due_at=unix_time(tx.now))
    )


def wake_waiting(tx: Transaction, servers: Sequence[str]) -> None:
    """Make the names due that wait for one of these servers, which failed them before."""
    failed = (
        select(zone_servers.c.name_key)
        .where(
            zone_servers.c.name_key == zone_work.c.name_key,
            zone_servers.c.server.in_(servers),
            zone_servers.c.error_code.is_not(None),
        )
        .exists()
    )
    now = unix_time(tx.now)
    tx.write(update(zone_work).where(zone_work.c.due_at > now, _free, failed).values(due_at=now))


def put_outdated(tx: Transaction, pool_id: str, version: int, limit: int) -> int:
    """Make names due whose targets have an older configuration than the pool; returns how many.

    Names that are queued anyway are left as they are.
    """
    outdated = (
        select(zone_servers.c.name_key)
        .distinct()
        .join(zone_work, zone_work.c.name_key == zone_servers.c.name_key)
        .where(
            zone_servers.c.pool_id == pool_id,
            zone_servers.c.config_version < version,
            zone_servers.c.role == "target",
            zone_servers.c.state != "absent",
            zone_work.c.due_at.is_(None),
        )
        .limit(limit)
    )
    names = list(tx.read(outdated).scalars())
    if names:
        tx.write(
            update(zone_work)
            .where(zone_work.c.name_key.in_(sorted(names)), zone_work.c.due_at.is_(None))
            .values(wanted=zone_work.c.wanted + 1, due_at=unix_time(tx.now))
        )
    return len(names)


def queue(connection: Connection) -> Queue:
    """The length of the queue and the age of its head, from the index on `due_at`."""
    row = connection.execute(
        select(func.count(), func.min(zone_work.c.since)).where(zone_work.c.due_at.is_not(None))
    ).one()
    return Queue(row[0], row[1])


def unix_time(moment: datetime) -> float:
    """Unix seconds of a naive UTC time."""
    return moment.replace(tzinfo=UTC).timestamp()
