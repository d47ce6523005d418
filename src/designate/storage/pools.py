# SPDX-License-Identifier: Apache-2.0
"""Queries on pools and on the TSIG keys that they need."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any
from zlib import crc32

import msgspec
from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from designate.errors import NoValidPoolFound
from designate.model.listing import Page, Query
from designate.model.pools import Pool
from designate.model.tsigkeys import POOL
from designate.storage import criteria, rows, servers, turns
from designate.storage.listing import Listing, Sort, Source
from designate.storage.prepared import Prepared
from designate.storage.tables import pools, tsigkeys, zone_servers, zone_work, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

_owns_tsigkey = exists().where(tsigkeys.c.scope == POOL, tsigkeys.c.resource_id == pools.c.id)
_pools = select(pools, _owns_tsigkey.label("owns_tsigkey"))
_in_order = Prepared(_pools.order_by(pools.c.created_at, pools.c.id))
_versions = Prepared(select(pools.c.id, pools.c.server_config_version))
AT_ONCE = 1000
"""Zones that a change of a pool looks at in one transaction."""
_last_shard = (
    select(zones.c.shard)
    .where(zones.c.shard >= bindparam("first"))
    .order_by(zones.c.shard)
    .limit(1)
    .offset(bindparam("number"))
)
_unfinished = select(pools.c.id).where(pools.c.due_from.is_not(None)).order_by(pools.c.id)
_STRIPES = 16
"""Rows that those who put zones into a pool share."""
_FIELDS = criteria.Fields({"name": criteria.TextField(pools.c.name)})
_SORTS = {
    "created_at": Sort(pools.c.created_at),
    "updated_at": Sort(pools.c.updated_at, nullable=True),
    "id": Sort(pools.c.id),
    "name": Sort(pools.c.name),
}
_DEFINITION = ("attributes", "ns_records", "nameservers", "targets", "also_notifies", "joining")


def find_all(connection: Connection) -> list[Pool]:
    """Every pool, in the order of their making."""
    return [_pool(row) for row in _in_order.all(connection, {})]


def server_versions(connection: Connection) -> dict[str, int]:
    """The version of each pool's targets and name servers, by its id."""
    return {row.id: row.server_config_version for row in _versions.all(connection, {})}


def get(connection: Connection, pool_id: str) -> Pool | None:
    """The pool of this id."""
    row = connection.execute(_pools.where(pools.c.id == pool_id)).one_or_none()
    return None if row is None else _pool(row)


def lock(tx: Transaction, pool_id: str) -> Pool | None:
    """The pool, with its row locked."""
    if not tx.sole_writer:
        # On its own: what is read then is as the writer before has left it.
        tx.read(select(pools.c.id).where(pools.c.id == pool_id).with_for_update())
    return get(tx.connection, pool_id)


def find(
    connection: Connection, query: Query, *, project_id: str | None, every: bool
) -> Page[Pool]:
    """A page of pools: of `every` project, or of none and of this one."""
    mine = true() if every else or_(pools.c.project_id.is_(None), pools.c.project_id == project_id)
    ids = (select(pools.c.id).where(mine),)
    columns = (*pools.c, _owns_tsigkey.label("owns_tsigkey"))
    source = Source(columns, pools.c.id, joined=(), scope=ids, visible=(mine,))
    page = Listing(source, _FIELDS, _SORTS).page(connection, query)
    return Page([_pool(row) for row in page.items], page.total)


def is_taken(tx: Transaction, name: str) -> bool:
    """Whether a pool has this name; a rival that takes it is found by the second attempt."""
    return tx.read(select(pools.c.id).where(pools.c.name == name)).first() is not None


def enter(tx: Transaction, pool: Pool, name_key: str) -> None:
    """Keep a pool for a zone that is put there, from the end of the transaction to the commit.

    If it is gone by then, NoValidPoolFound is raised.
    """
    if not tx.sole_writer:
        stripe = _stripe_of(pool.id, name_key)
        tx.closing["pool", stripe] = partial(_enter, pool_id=pool.id, stripe=stripe)


def _enter(tx: Transaction, pool_id: str, stripe: str) -> None:
    turns.take(tx, stripe)
    if not _is_there(tx, pool_id):
        raise NoValidPoolFound


def hold(tx: Transaction, pool_id: str, key: str) -> bool:
    """Keep a pool for what belongs to it, until the commit; False when there is none.

    The row is one of several, so that those who come seldom meet, and who deletes writes them all.
    """
    turns.take(tx, _stripe_of(pool_id, key))
    return _is_there(tx, pool_id)


def _is_there(tx: Transaction, pool_id: str) -> bool:
    return tx.read(select(pools.c.id).where(pools.c.id == pool_id)).first() is not None


def _stripe_of(pool_id: str, key: str) -> str:
    return _stripe(pool_id, crc32(key.encode()) % _STRIPES)


def remove(tx: Transaction, pool_id: str) -> bool:
    """Delete a pool with its keys, its servers are left as they are; False when it has zones."""
    for number in range(_STRIPES):
        turns.take(tx, _stripe(pool_id, number))
    some = select(zones.c.id).where(zones.c.pool_id == pool_id, zones.c.deleted == LIVE)
    if tx.read(some.limit(1)).first() is not None:
        return False
    tx.write(delete(pools).where(pools.c.id == pool_id))
    of_pool = tsigkeys.c.scope == POOL, tsigkeys.c.resource_id == pool_id
    tx.write(delete(tsigkeys).where(*of_pool))
    tx.write(delete(zone_servers).where(zone_servers.c.pool_id == pool_id))
    tx.leaves(lambda: ~exists().where(pools.c.id == pool_id))
    return True


def _stripe(pool_id: str, number: int) -> str:
    return f"pool/{pool_id}/{number}"


def put(tx: Transaction, pool: Pool) -> Pool:
    """Insert or replace a pool; its versions rise with what changed, and are the work."""
    before = get(tx.connection, pool.id)
    if before is None:
        tx.write(insert(pools).values(**_values(pool), created_at=tx.now))
        tx.leaves(lambda: exists().where(pools.c.id == pool.id))
        return pool
    ns_changed = before.ordered_ns != pool.ordered_ns
    servers_changed = _servers(before) != _servers(pool)
    after = msgspec.structs.replace(
        pool,
        ns_version=before.ns_version + ns_changed,
        server_config_version=before.server_config_version + servers_changed,
        version=before.version + 1,
        joining=_joining(before, pool) if servers_changed else before.joining,
    )
    if _values(before) | {"version": 0} != _values(after) | {"version": 0}:
        mine = pools.c.id == pool.id
        tx.write(update(pools).where(mine).values(**_values(after), updated_at=tx.now))
    if ns_changed:
        tx.queued_task()
    if servers_changed:
        _make_due(tx, after, 0)
    return after


def unfinished(connection: Connection) -> list[str]:
    """The pools that have changed, and some of whose zones are still to be made due."""
    return list(connection.execute(_unfinished).scalars())


def go_on(tx: Transaction, pool_id: str) -> None:
    """Make some more zones of a pool due, after a change of its servers."""
    pool = lock(tx, pool_id)
    if pool is not None and pool.due_from is not None:
        _make_due(tx, pool, pool.due_from)


def _joining(before: Pool, after: Pool) -> list[str]:
    """The name servers that some zones are yet to be told of, also since an earlier change."""
    old = {server.key for server in before.nameservers}
    new = {server.key for server in after.nameservers}
    waiting = set(before.joining) if before.due_from is not None else set[str]()
    return sorted(new - old | new & waiting)


def _make_due(tx: Transaction, pool: Pool, first: int) -> None:
    """Have the worker look at zones of the pool, from a shard on: a new server knows none of them.

    So many shards at once as have about `AT_ONCE` zones, of whatever pools; others are left for
    `go_on`.
    """
    last = tx.read(_last_shard, {"first": first, "number": AT_ONCE}).scalar()
    shards = zones.c.shard >= first
    if last is not None:
        shards &= zones.c.shard <= last
    # Not as the index on pools has it, by which SQLite would read the whole pool.
    mine = func.coalesce(zones.c.pool_id, "") == pool.id
    of_pool = select(zones.c.name_key, zones.c.id).where(shards, mine, zones.c.deleted == LIVE)
    if found := sorted((row.name_key, row.id) for row in tx.read(of_pool)):
        due = update(zone_work).where(zone_work.c.name_key.in_([name for name, _ in found]))
        values = {"wanted": zone_work.c.wanted + 1, "due_at": rows.unix_time(tx.now)}
        tx.write(due.values(**values))
        if not tx.sole_writer:
            # Some may have left the pool before their names were ours.
            found = sorted((row.name_key, row.id) for row in tx.read(of_pool))
        servers.tell(tx, pool, found)
    next_shard = None if last is None else last + 1
    tx.write(update(pools).where(pools.c.id == pool.id).values(due_from=next_shard))
    if next_shard is not None:
        tx.queued_task()


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
        "due_from": row.due_from,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
    return msgspec.convert(msgspec.json.decode(row.definition) | known, Pool)
