# SPDX-License-Identifier: Apache-2.0
"""Queries on pools and on the TSIG keys that they need."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, exists, insert, literal, select, update

from designate.model.pools import Pool
from designate.storage import rows, servers
from designate.storage.prepared import Prepared
from designate.storage.tables import pools, tsigkeys, zone_servers, zone_work, zones
from designate.storage.tables.columns import Moment
from designate.storage.tables.zones import LIVE
from designate.storage.unit_of_work import Transaction

_owns_tsigkey = exists().where(tsigkeys.c.scope == "POOL", tsigkeys.c.resource_id == pools.c.id)
_pools = select(pools, _owns_tsigkey.label("owns_tsigkey"))
_in_order = Prepared(_pools.order_by(pools.c.created_at, pools.c.id))
JOINING = "joining"
"""The state of a name server that was not seen serving a zone yet."""
_DEFINITION = ("attributes", "ns_records", "nameservers", "targets", "also_notifies")


def find_all(connection: Connection) -> list[Pool]:
    """Every pool, in the order of their making."""
    return [_pool(row) for row in _in_order.all(connection, {})]


def get(connection: Connection, pool_id: str) -> Pool | None:
    """The pool of this id."""
    row = connection.execute(_pools.where(pools.c.id == pool_id)).one_or_none()
    return None if row is None else _pool(row)


def put(tx: Transaction, pool: Pool) -> Pool:
    """Insert or replace a pool; its versions rise with what changed, and are the work."""
    before = get(tx.connection, pool.id)
    if before is None:
        tx.write(insert(pools).values(**_values(pool), created_at=tx.now))
        return pool
    ns_changed = before.ordered_ns != pool.ordered_ns
    servers_changed = _servers(before) != _servers(pool)
    after = msgspec.structs.replace(
        pool,
        ns_version=before.ns_version + ns_changed,
        server_config_version=before.server_config_version + servers_changed,
        version=before.version + 1,
    )
    if _values(before) | {"version": 0} != _values(after) | {"version": 0}:
        mine = pools.c.id == pool.id
        tx.write(update(pools).where(mine).values(**_values(after), updated_at=tx.now))
    if servers_changed:
        _change_nameservers(tx, before, after)
        _make_due(tx, pool.id)
    return after


def _change_nameservers(tx: Transaction, before: Pool, after: Pool) -> None:
    """A new name server counts for a zone once it has served it (decision 3a.5)."""
    old = {server.key for server in before.nameservers}
    new = {server.key for server in after.nameservers}
    tx.write(
        delete(zone_servers).where(
            zone_servers.c.pool_id == after.id,
            zone_servers.c.role == servers.NAMESERVER,
            zone_servers.c.server.in_((old - new) | (new - old)),
        )
    )
    for key in sorted(new - old):
        values: dict[str, Any] = {
            "zone_id": zones.c.id,
            "role": literal(servers.NAMESERVER),
            "server": literal(key),
            "pool_id": zones.c.pool_id,
            "name_key": zones.c.name_key,
            "state": literal(JOINING),
            "generation": literal(0),
            "config_version": literal(0),
            "joined": literal(0),
            "attempts": literal(0),
            "changed_at": literal(tx.now, Moment),
        }
        of_pool = select(*values.values()).where(
            zones.c.pool_id == after.id, zones.c.deleted == LIVE
        )
        tx.write(insert(zone_servers).from_select(list(values), of_pool))


def _make_due(tx: Transaction, pool_id: str) -> None:
    """Have the worker look at every zone of the pool: a new target knows none of them."""
    names = select(zones.c.name_key).where(zones.c.pool_id == pool_id, zones.c.deleted == LIVE)
    now = rows.unix_time(tx.now)
    due = update(zone_work).where(zone_work.c.name_key.in_(names))
    tx.write(due.values(wanted=zone_work.c.wanted + 1, due_at=now))


def _servers(pool: Pool) -> Sequence[Any]:
    return (pool.targets, pool.nameservers, pool.also_notifies)


def _values(pool: Pool) -> dict[str, Any]:
    definition = {name: getattr(pool, name) for name in _DEFINITION}
    return {
        "id": pool.id,
        "name": pool.name,
        "description": pool.description,
        "project_id": pool.project_id,
        "definition": msgspec.json.encode(definition).decode(),
        "ns_version": pool.ns_version,
        "server_config_version": pool.server_config_version,
        "version": pool.version,
    }


@lru_cache(256)
def _pool(row: Any) -> Pool:
    """A pool from its row; the same rows are read for each zone that is created or published."""
    known = {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "project_id": row.project_id,
        "owns_tsigkey": bool(row.owns_tsigkey),
        "ns_version": row.ns_version,
        "server_config_version": row.server_config_version,
        "version": row.version,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
    return msgspec.convert(msgspec.json.decode(row.definition) | known, Pool)
