# SPDX-License-Identifier: Apache-2.0
"""The queue of zone names that need the worker: claimed by token, done by condition (3a.11).

Times are Unix seconds. A claim pushes `due_at` to where the lease may have ended, which only says
when somebody should look: whether it has ended is judged by the observer's own clock, from how
long the token stayed the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, false, func, or_, select, update

from designate.model.work import Lane
from designate.storage import rows
from designate.storage.keyed import Keyed
from designate.storage.tables import zone_servers, zone_work
from designate.storage.transaction import Transaction

MOST_COUNTED = 100_000
"""Names that are counted to tell how many wait: a queue of millions is not read for a figure."""

_free = zone_work.c.lease_token.is_(None)
_named = zone_work.c.name_key.in_(bindparam("names", expanding=True))
# These are in no index. By one of whose a name is, or of when it is due, SQLite would read all that
# is free, or rests, to find a few names.
_holder = func.coalesce(zone_work.c.lease_token, "")
_due_at = zone_work.c.due_at + 0.0
# Built once: building a statement costs more than running it.
_claim = (
    update(zone_work)
    .where(
        _named,
        (_holder == "") | (_holder == bindparam("b_token")),
        _due_at.is_not(None),
    )
    .values(lease_token=bindparam("b_token"), due_at=bindparam("b_until"))
)
_claimed = select(zone_work).where(_named, zone_work.c.lease_token == bindparam("token"))
# The first of the index: a minimum over those that are free would read all that rest.
_next_due = (
    select(zone_work.c.due_at)
    .where(zone_work.c.due_at.is_not(None), _free)
    .order_by(zone_work.c.due_at)
    .limit(1)
)
_unrenewed = (
    select(zone_work.c.lease_token)
    .distinct()
    .where(zone_work.c.lease_token > "", _due_at <= bindparam("until"))
)
_held_by = select(zone_work.c.name_key, zone_work.c.lease_token).where(
    zone_work.c.lease_token.in_(bindparam("tokens", expanding=True))
)
_parked = (
    select(zone_work.c.name_key, zone_work.c.due_at)
    .where(
        zone_work.c.due_at >= bindparam("due_at"),
        (zone_work.c.due_at > bindparam("due_at")) | (zone_work.c.name_key > bindparam("name")),
        _free,
    )
    .order_by(zone_work.c.due_at, zone_work.c.name_key)
    .limit(bindparam("number"))
)
_failed = (
    select(zone_servers.c.name_key)
    .distinct()
    .where(
        zone_servers.c.name_key.in_(bindparam("names", expanding=True)),
        zone_servers.c.server.in_(bindparam("servers", expanding=True)),
        zone_servers.c.error_code.is_not(None),
    )
)
_wake = (
    update(zone_work)
    .where(_named, _due_at > bindparam("b_now"), _holder == "")
    .values(due_at=bindparam("b_now"))
)
_fence = (
    select(zone_work.c.name_key, zone_work.c.lease_token)
    .where(_named)
    .order_by(zone_work.c.name_key)
    .with_for_update()
)
_asked = select(zone_work.c.name_key, zone_work.c.wanted, zone_work.c.verify).where(_named)


@dataclass(frozen=True, slots=True)
class Claim:
    """A name taken from the queue. `wanted` is what was asked for when it was read.

    With `verify` its targets are told of it again whatever is known of them.
    """

    name_key: str
    token: str
    wanted: int
    attempts: int
    since: float | None
    lane: Lane
    verify: bool = False


class Asked(NamedTuple):
    """What is asked for of a name; see `Claim`."""

    wanted: int
    verify: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """How much is waiting: names that are due now or later, and the oldest unconfirmed change."""

    names: int
    oldest: float | None


class Parked(NamedTuple):
    """A place among the names that are due later."""

    due_at: float
    name_key: str


_take_over = Keyed(
    zone_work.c.name_key,
    lambda own: (
        update(zone_work)
        .where(own.rows, zone_work.c.lease_token == own.value(zone_work.c.lease_token))
        .values(lease_token=None)
    ),
)
_renew = Keyed(
    zone_work.c.name_key,
    lambda own: (
        update(zone_work)
        .where(
            own.rows,
            (zone_work.c.lease_token == own.value(zone_work.c.lease_token))
            | (zone_work.c.lease_token == bindparam("b_token")),
        )
        .values(lease_token=bindparam("b_token"), due_at=bindparam("b_until"))
    ),
)


def unrenewed(connection: Connection, until: float) -> set[str]:
    """Tokens of names that are held and due until then; a renewal puts that off.

    They are few, however many names there are: a renewal gives one to all.
    """
    return set(connection.execute(_unrenewed, {"until": until}).scalars())


def held_by(connection: Connection, tokens: Collection[str]) -> dict[str, str]:
    """Names that are held by any of these tokens, each with its own."""
    found = connection.execute(_held_by, {"tokens": sorted(tokens)})
    return {row.name_key: row.lease_token for row in found}


def next_due(connection: Connection) -> float | None:
    """When the next free name is due."""
    return connection.execute(_next_due).scalar()


def claim(tx: Transaction, names: Collection[str], token: str, until: float) -> list[Claim]:
    """Take those of the names that are queued and free; `token` is used for this claim only.

    What is held by it already was taken by this claim, when its COMMIT was not answered.
    """
    mine = sorted(names)
    if tx.write(_claim, {"names": mine, "b_token": token, "b_until": until}).rowcount == 0:
        return []
    return [
        Claim(row.name_key, token, row.wanted, row.attempts, row.since, row.lane, bool(row.verify))
        for row in tx.read(_claimed, {"names": mine, "token": token})
    ]


def take_over(tx: Transaction, held: Mapping[str, str]) -> int:
    """Free names whose holder is gone; how many. Those whose token changed meanwhile are left."""
    old = [{"name_key": name, "lease_token": held[name]} for name in sorted(held)]
    return _take_over.run(tx, old)


def free(
    tx: Transaction,
    prefix: str,
    *,
    but: Collection[str] = (),
    only: Collection[str] | None = None,
) -> None:
    """Free the names that are held by tokens of this prefix: all `but` some, or `only` some."""
    # Tokens go on with what is no letter: up to the first that would.
    held = zone_work.c.lease_token.between(prefix, prefix + "g") & _due_at.is_not(None)
    name = zone_work.c.name_key
    tx.write(
        update(zone_work)
        .where(held, name.not_in(but) if only is None else name.in_(only))
        .values(lease_token=None, due_at=rows.unix_time(tx.now))
    )


def renew(tx: Transaction, held: Mapping[str, str], token: str, until: float) -> set[str]:
    """Give the names a new token and so a new lease; returns those that were still held.

    Those that have the new one have it from here, when the COMMIT was not answered.
    """
    old = [{"name_key": name, "lease_token": held[name]} for name in sorted(held)]
    _renew.run(tx, old, b_token=token, b_until=until)
    return fence(tx, dict.fromkeys(held, token))


def fence(tx: Transaction, held: Mapping[str, str]) -> set[str]:
    """Which of the names are still held by these tokens; they stay so until the commit."""
    found = tx.read(_fence, {"names": sorted(held)})
    return {row.name_key for row in found if held[row.name_key] == row.lease_token}


def asked(connection: Connection, names: Collection[str]) -> dict[str, Asked]:
    """What is asked for now; to be read before the facts."""
    found = connection.execute(_asked, {"names": list(names)})
    return {row.name_key: Asked(row.wanted, bool(row.verify)) for row in found}


def put(tx: Transaction, name_key: str) -> None:
    """Make a name due whoever holds it: what was known of it is in doubt."""
    tx.write(
        update(zone_work)
        .where(zone_work.c.name_key == name_key)
        .values(wanted=zone_work.c.wanted + 1, due_at=rows.unix_time(tx.now), verify=1)
    )


def take_back(tx: Transaction, name_key: str) -> None:
    """Make a name due, and take it from whoever holds it."""
    tx.write(
        update(zone_work)
        .where(zone_work.c.name_key == name_key)
        .values(wanted=zone_work.c.wanted + 1, due_at=rows.unix_time(tx.now), lease_token=None)
    )


def release_all(tx: Transaction) -> None:
    """End every lease and every pause; only for the start of the only worker there is."""
    tx.write(
        update(zone_work)
        .where(zone_work.c.due_at.is_not(None))
        .values(lease_token=None, due_at=rows.unix_time(tx.now))
    )


def bring_forward(tx: Transaction, pause: float, limit: int) -> int:
    """Make names due that are to wait for longer than a pause; returns how many.

    They were put off by a clock that was ahead. Who holds one is judged as ever: by its token.
    """
    now = rows.unix_time(tx.now)
    far = zone_work.c.due_at > now + pause
    found = list(tx.read(select(zone_work.c.name_key).where(far).limit(limit)).scalars())
    if found:
        mine = zone_work.c.name_key.in_(sorted(found))
        tx.write(update(zone_work).where(mine, far).values(due_at=now))
    return len(found)


def wake_waiting(
    tx: Transaction, servers: Sequence[str], after: Parked | None, limit: int
) -> Parked | None:
    """Make the names due that wait for one of these servers, which failed them before.

    Looks at so many that wait, from behind a place on; returns where to go on, None at the end.
    """
    now = rows.unix_time(tx.now)
    place = after or Parked(now, "")
    bound = {"due_at": place.due_at, "name": place.name_key, "number": limit}
    parked = tx.read(_parked, bound).all()
    if not parked:
        return None
    names = {"names": [row.name_key for row in parked], "servers": list(servers)}
    if failed := sorted(tx.read(_failed, names).scalars()):
        tx.write(_wake, {"names": failed, "b_now": now})
    return Parked(parked[-1].due_at, parked[-1].name_key) if len(parked) == limit else None


def outdated(connection: Connection, current: Mapping[str, int], limit: int) -> list[str]:
    """Names whose targets have an older configuration than their pool, by the pools' versions.

    Names that are queued anyway are left out.
    """
    older = [
        (zone_servers.c.pool_id == pool_id) & (zone_servers.c.config_version < version)
        for pool_id, version in sorted(current.items())
    ]
    statement = (
        select(zone_servers.c.name_key)
        .distinct()
        .join(zone_work, zone_work.c.name_key == zone_servers.c.name_key)
        .where(
            or_(false(), *older),
            zone_servers.c.role == "target",
            zone_servers.c.state != "absent",
            zone_work.c.due_at.is_(None),
        )
    )
    return sorted(connection.execute(statement.limit(limit)).scalars())


def put_resting(tx: Transaction, names: Sequence[str]) -> None:
    """Make those of the names due that rest."""
    tx.write(
        update(zone_work)
        .where(zone_work.c.name_key.in_(names), _due_at.is_(None))
        .values(wanted=zone_work.c.wanted + 1, due_at=rows.unix_time(tx.now))
    )


def queue(connection: Connection) -> Queue:
    """The length of the queue and the age of its head, of the first `MOST_COUNTED` names."""
    first = (
        select(zone_work.c.since)
        .where(zone_work.c.due_at.is_not(None))
        .order_by(zone_work.c.due_at)
        .limit(MOST_COUNTED)
        .subquery()
    )
    row = connection.execute(select(func.count(), func.min(first.c.since)).select_from(first)).one()
    return Queue(row[0], row[1])
