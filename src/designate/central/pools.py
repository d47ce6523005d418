# SPDX-License-Identifier: Apache-2.0
"""Pools: who may keep them, and what a change of their NS records means for their zones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from designate.errors import (
    DuplicatePool,
    DuplicatePoolNsRecord,
    InvalidObject,
    InvalidOperation,
    LastServerDeleteNotAllowed,
    PoolNotFound,
)
from designate.model import changes
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.pools import NewPool, NsRecord, Pool, PoolChange
from designate.model.zones import DELETE, SECONDARY
from designate.policy.enforcer import Enforcer
from designate.rules import contents
from designate.storage import apex, pools, rows, versions, zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Pools:
    """See `contracts.pools.Pools`."""

    store: Store
    enforcer: Enforcer

    def create(self, ctx: Context, new: NewPool) -> Pool:
        """See the contract."""
        self.enforcer.check(ctx, "create_pool", {})
        _check_ns(new.ns_records)
        pool_id, values = rows.ordered_id(), msgspec.structs.asdict(new)
        values["project_id"] = new.project_id or ctx.project_id

        def write(tx: Transaction) -> Pool:
            if pools.is_taken(tx, new.name):
                raise DuplicatePool
            pool = Pool(id=pool_id, **values, created_at=tx.now)
            return pools.put(tx, pool)

        return self.store.write(write)

    def find(self, ctx: Context, query: Query) -> Page[Pool]:
        """See the contract."""
        self.enforcer.check(ctx, "find_pools", {})
        with self.store.read() as connection:
            return pools.find(connection, query, project_id=ctx.project_id, every=ctx.all_projects)

    def get(self, ctx: Context, pool_id: str) -> Pool:
        """See the contract."""
        self.enforcer.check(ctx, "get_pool", {"pool_id": pool_id})
        with self.store.read() as connection:
            return _visible(ctx, pools.get(connection, pool_id))

    def update(self, ctx: Context, pool_id: str, change: PoolChange) -> Pool:
        """See the contract."""
        self.enforcer.check(ctx, "update_pool", {"pool_id": pool_id})
        fields = changes.given(change)
        _check_ns(fields.get("ns_records", []))

        def write(tx: Transaction) -> Pool:
            before = _visible(ctx, pools.lock(tx, pool_id))
            after = msgspec.structs.replace(before, **fields)
            if before.ns_records and not after.ns_records:
                raise LastServerDeleteNotAllowed
            if after.name != before.name and pools.is_taken(tx, after.name):
                raise DuplicatePool
            pools.put(tx, after)
            return _visible(ctx, pools.get(tx.connection, pool_id))

        return self.store.write(write)

    def delete(self, ctx: Context, pool_id: str) -> None:
        """See the contract."""
        self.enforcer.check(ctx, "delete_pool", {"pool_id": pool_id})

        def write(tx: Transaction) -> None:
            _visible(ctx, pools.get(tx.connection, pool_id))
            if not pools.remove(tx, pool_id):
                raise InvalidOperation("The pool has zones; move or delete those first")

        self.store.write(write)

    def run_next(self) -> bool:
        """See the contract."""
        with self.store.read() as connection:
            unfinished = pools.unfinished(connection)
            waiting = [
                (pool.id, zone_id)
                for pool in pools.find_all(connection)
                for zone_id in zones.behind_ns(connection, pool.id, pool.ns_version, _AT_ONCE)
            ]
        for pool_id in unfinished:
            self.store.write(partial(pools.go_on, pool_id=pool_id))
        for pool_id, zone_id in waiting:
            renew = partial(_renew, pool_id=pool_id, zone_id=zone_id)
            self.store.write(renew, zone_id=zone_id)
        return bool(unfinished or waiting)


def _visible(ctx: Context, pool: Pool | None) -> Pool:
    """The pool, if the caller may know of it; raises PoolNotFound."""
    if pool is None or not (ctx.all_projects or pool.project_id in (None, ctx.project_id)):
        raise PoolNotFound
    return pool


def _check_ns(records: Sequence[NsRecord]) -> None:
    if len({record.hostname.lower() for record in records}) < len(records):
        raise DuplicatePoolNsRecord
    if not records:
        return
    # Else no zone of the pool could be made, or brought to these.
    try:
        contents.encode("", "NS", [record.hostname for record in records])
    except InvalidObject as error:
        raise InvalidObject(
            problems=[replace(each, path=("ns_records", *each.path[1:])) for each in error.problems]
        ) from None


def _renew(tx: Transaction, pool_id: str, zone_id: str) -> None:
    """Bring a zone to the NS records that its pool has now, unless it has left that pool."""
    zone = zones.lock(tx, zone_id)
    if zone is None or zone.pool_id != pool_id:
        return
    pool = pools.get(tx.connection, pool_id)
    if pool is None:
        return
    # What a secondary zone holds is its master's, the NS records too.
    if zone.action != DELETE and zone.type != SECONDARY:
        held = contents.encode(zone.name, "NS", [ns.hostname for ns in pool.ordered_ns])
        entries = apex.renew(tx, zone, held.records, held.wire)
        change = Change(
            entries=entries,
            fields={"mname": pool.ordered_ns[0].hostname},
            comment="The NS records of the pool changed",
        )
        versions.advance(tx, zone, change)
    zones.applied_ns(tx, zone_id, pool.ns_version)
