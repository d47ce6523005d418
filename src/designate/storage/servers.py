# SPDX-License-Identifier: Apache-2.0
"""What is on each server, and what follows from it for the zones: facts for the worker.

`zone_servers` changes on transitions only (decision 3a.12): a name server without a row serves the
confirmed generation, a target without a row was never told of the zone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from designate.model.pools import Pool
from designate.model.zones import DELETE, NONE, SECONDARY
from designate.storage import rows
from designate.storage.keyed import Keyed
from designate.storage.tables import zone_servers, zone_state, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

TARGET = "target"
NAMESERVER = "nameserver"

PRESENT = "present"
ABSENT = "absent"
DOUBT = "doubt"
"""A call may have been carried out or not: to be told again, whatever comes of it."""

JOINING = "joining"
"""A name server was not seen serving the zone yet, and does not count for it (decision 3a.5)."""

ABANDON = "ABANDON"
"""The action of a deleted zone whose servers are left as they are."""

UNVERSIONED = 2**31 - 1
"""The `config_version` of name servers, which have none: never older than a pool's, so that rows of
ten million zones on a new name server are not looked at by who looks for old ones."""
MAX_TEXT = 255
FEW = 8
"""Rows that are deleted at once: a small table would be read whole, and locked, for more."""

# Run for many rows at once, so built once.
_insert_row = insert(zone_servers)
_delete_rows = Keyed(
    zone_servers.c.zone_id,
    lambda own: delete(zone_servers).where(own.any_of(zone_servers.c.role, zone_servers.c.server)),
    FEW,
)
_drop_rows = Keyed(
    zone_servers.c.zone_id,
    lambda own: delete(zone_servers).where(
        own.any_of(zone_servers.c.role, zone_servers.c.server, zone_servers.c.state)
    ),
    FEW,
)
_on_servers = select(zone_servers).where(
    zone_servers.c.name_key.in_(bindparam("names", expanding=True))
)
_incarnations = select(
    zones, zone_state.c.confirmed_generation, zone_state.c.failure_code
).outerjoin(zone_state, zone_state.c.zone_id == zones.c.id)
_live = _incarnations.where(
    zones.c.name_key.in_(bindparam("names", expanding=True)), zones.c.deleted == LIVE
)
_left = _incarnations.where(
    zones.c.id.in_(bindparam("left", expanding=True)), zones.c.deleted != LIVE
)
_versions = select(zones.c.id, zones.c.generation, zones.c.serial).where(
    zones.c.id.in_(bindparam("ids", expanding=True)), zones.c.deleted == LIVE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRow:
    """A zone on a server: for a target whether it is there, for a name server what it serves."""

    zone_id: str
    role: str
    server: str
    pool_id: str
    name_key: str
    state: str
    serial: int | None = None
    generation: int = 0
    config_version: int = 0
    joined: bool = True
    error_code: str | None = None
    error_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incarnation:
    """A zone of a name: the one that exists, or a deleted one that is still on a server.

    `created_at` orders them; of a purged zone nothing but its rows on servers is left, it is the
    oldest.
    """

    id: str
    name: str
    name_key: str
    pool_id: str
    created_at: datetime
    type: str = ""
    generation: int = 0
    confirmed: int = 0
    serial: int = 0
    status: str = ""
    action: str = NONE
    deleted: bool = True
    hard_delete: bool = False
    transferred: bool = False
    failing: bool = False

    @property
    def wanted(self) -> bool:
        """Whether it shall be served."""
        return not self.deleted and self.action != DELETE

    @property
    def is_empty(self) -> bool:
        """Whether it waits for its first transfer from a master: there is nothing to serve yet."""
        return self.type == SECONDARY and not self.transferred


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a name: its incarnations, newest first, and its rows on servers."""

    name_key: str
    incarnations: tuple[Incarnation, ...]
    rows: tuple[ServerRow, ...]


def load(
    connection: Connection, names: Collection[str], pools: Mapping[str, Pool]
) -> dict[str, Facts]:
    """The facts of each of the names; the pools were read before them.

    What zones are yet to be told of new name servers (`tell`) is as if they had been.
    """
    bound = {"names": list(names)}
    found = [_server_row(row) for row in connection.execute(_on_servers, bound)]
    left = {row.zone_id for row in found if row.role == TARGET and row.state != ABSENT}
    known = {row.id: _incarnation(row) for row in connection.execute(_live, bound)}
    left -= known.keys()
    if left:
        of_deleted = connection.execute(_left, {"left": list(left)})
        known |= {row.id: _incarnation(row) for row in of_deleted}
    for row in found:
        if row.zone_id in left and row.zone_id not in known:
            known[row.zone_id] = _purged(row)
    found += [row for zone in known.values() for row in _joining(zone, pools)]
    latest = {(row.zone_id, row.role, row.server): row for row in found}
    return {name: _facts(name, list(known.values()), list(latest.values())) for name in names}


def _joining(zone: Incarnation, pools: Mapping[str, Pool]) -> list[ServerRow]:
    pool = pools.get(zone.pool_id)
    if pool is None or pool.due_from is None or zone.deleted:
        return []
    new = pool.joining if rows.shard_of(zone.id) >= pool.due_from else ()
    return [_joins(pool, zone.id, zone.name_key, key) for key in new]


def _facts(name: str, incarnations: list[Incarnation], found: list[ServerRow]) -> Facts:
    mine = [zone for zone in incarnations if zone.name_key == name]
    mine.sort(key=lambda zone: (zone.created_at, zone.id), reverse=True)
    return Facts(name, tuple(mine), tuple(row for row in found if row.name_key == name))


def tell(tx: Transaction, pool: Pool, told: Sequence[tuple[str, str]]) -> None:
    """Tell zones of their pool's name servers: of these names and ids, none deleted.

    New ones count for a zone once they have served it (decision 3a.5); of those that are gone
    nothing is remembered.
    """
    current = {server.key for server in pool.nameservers}
    tx.write(
        delete(zone_servers).where(
            zone_servers.c.zone_id.in_([zone_id for _, zone_id in told]),
            zone_servers.c.role == NAMESERVER,
            zone_servers.c.pool_id == pool.id,
            or_(zone_servers.c.server.in_(pool.joining), zone_servers.c.server.not_in(current)),
        )
    )
    new = [_joins(pool, zone_id, name, key) for name, zone_id in told for key in pool.joining]
    if new:
        tx.write(_insert_row, [_values(row, tx.now) for row in new])


def _joins(pool: Pool, zone_id: str, name_key: str, server: str) -> ServerRow:
    return ServerRow(
        zone_id=zone_id,
        role=NAMESERVER,
        server=server,
        pool_id=pool.id,
        name_key=name_key,
        state=JOINING,
        joined=False,
    )


def put(tx: Transaction, new: Sequence[ServerRow]) -> None:
    """Insert or replace rows; of several of one zone on one server the last."""
    latest = {(row.zone_id, row.role, row.server): row for row in new}.values()
    if latest:
        _delete_rows.run(tx, [_identity(row) for row in latest])
        tx.write(_insert_row, [_values(row, tx.now) for row in latest])


def put_late(tx: Transaction, late: Sequence[ServerRow]) -> None:
    """Note that targets may have what was done too late, but for zones that were abandoned."""
    if not late:
        return
    ids = {row.zone_id for row in late}
    left = select(zones.c.id).where(zones.c.id.in_(ids), zones.c.action == ABANDON)
    abandoned = set(tx.read(left).scalars())
    doubted = [row for row in late if row.zone_id not in abandoned]
    put(tx, [replace(row, state=DOUBT, config_version=0) for row in doubted])


def drop(tx: Transaction, old: Sequence[ServerRow]) -> None:
    """Remove rows: nothing is to be remembered of these zones on these servers.

    One whose state is another by now stays: somebody has done something late, and it is to be found
    out what.
    """
    if old:
        _drop_rows.run(tx, [{**_identity(row), "state": row.state} for row in old])


def _identity(row: ServerRow) -> dict[str, str]:
    return {"zone_id": row.zone_id, "role": row.role, "server": row.server}


def drop_settled(tx: Transaction, zone_id: str) -> None:
    """Remove the rows of a deleted zone, except of targets that may still have it."""
    tx.write(
        delete(zone_servers).where(
            zone_servers.c.zone_id == zone_id,
            or_(zone_servers.c.role == NAMESERVER, zone_servers.c.state == ABSENT),
        )
    )


def doubt(tx: Transaction, name_key: str) -> bool:
    """Mark what is known of a name's targets as to be verified; False when nothing is."""
    doubted = tx.write(
        update(zone_servers)
        .where(zone_servers.c.name_key == name_key, zone_servers.c.role == TARGET)
        .values(state=DOUBT, changed_at=tx.now)
    )
    return bool(doubted.rowcount)


def versions(connection: Connection, zone_ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Generation and serial of zones that exist, as they are now."""
    found = connection.execute(_versions, {"ids": list(zone_ids)})
    return {row.id: (row.generation, row.serial) for row in found}


def _values(row: ServerRow, now: datetime) -> dict[str, Any]:
    return {
        "zone_id": row.zone_id,
        "role": row.role,
        "server": row.server,
        "pool_id": row.pool_id,
        "name_key": row.name_key,
        "state": row.state,
        "serial": row.serial,
        "generation": row.generation,
        "config_version": row.config_version if row.role == TARGET else UNVERSIONED,
        "joined": int(row.joined),
        "error_code": row.error_code,
        "error_text": row.error_text and row.error_text[:MAX_TEXT],
        "attempts": 0,
        "changed_at": now,
    }


def _server_row(row: Row[Any]) -> ServerRow:
    return ServerRow(
        zone_id=row.zone_id,
        role=row.role,
        server=row.server,
        pool_id=row.pool_id,
        name_key=row.name_key,
        state=row.state,
        serial=row.serial,
        generation=row.generation,
        config_version=row.config_version if row.role == TARGET else 0,
        joined=bool(row.joined),
        error_code=row.error_code,
        error_text=row.error_text,
    )


def _incarnation(row: Row[Any]) -> Incarnation:
    return Incarnation(
        id=row.id,
        name=row.name,
        name_key=row.name_key,
        pool_id=row.pool_id,
        created_at=row.created_at,
        type=row.type,
        generation=row.generation,
        confirmed=row.confirmed_generation or 0,
        serial=row.serial,
        status=row.status,
        action=row.action,
        deleted=row.deleted != LIVE,
        hard_delete=bool(row.hard_delete),
        transferred=row.transferred_at is not None,
        failing=row.failure_code is not None,
    )


def _purged(row: ServerRow) -> Incarnation:
    return Incarnation(
        id=row.zone_id,
        name=row.name_key,
        name_key=row.name_key,
        pool_id=row.pool_id,
        created_at=datetime.min,
    )
