# SPDX-License-Identifier: Apache-2.0
"""Zones: create, list, show, update, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import choice

from designate.errors import BadRequest, Forbidden, InvalidObject, ZoneHasSubZone, ZoneIsShared
from designate.model import changes, soa
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.pools import Pool
from designate.model.work import lane_of
from designate.model.zones import CATALOG, DELETE, SECONDARY, NewZone, Zone, ZoneChange
from designate.policy.enforcer import Enforcer
from designate.rules import access, admission, apex, contents, quota, ttl, zone_types
from designate.rules.patterns import Search
from designate.scheduler.pool_choice import Scheduler
from designate.storage import admission as surroundings
from designate.storage import apex as storage_apex
from designate.storage import blacklists, pools, rows, versions, zone_lists, zone_pools, zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change


@dataclass(frozen=True, slots=True)
class Zones:
    """See `contracts.zones.Zones`. `refreshes` are the SOA refresh values to draw from."""

    store: Store
    enforcer: Enforcer
    scheduler: Scheduler
    limits: Mapping[str, int]
    defaults: admission.Defaults
    refreshes: Sequence[int]

    def create(self, ctx: Context, new: NewZone) -> Zone:
        """See the contract."""
        target = access.owner_target(ctx.project_id, zone_name=new.name)
        self.enforcer.check(ctx, "create_zone", target)
        if new.type == CATALOG:
            raise Forbidden("Catalog zones are managed by the service")
        project_id = access.project(ctx)
        zone_types.check_masters(new.masters)

        def allowed(rule: str) -> bool:
            return self.enforcer.allows(ctx, rule, target)

        def may_force() -> None:
            self.enforcer.check(ctx, "zone_create_forced_pool", target)

        blacklist = Search(new.name.lower())
        if not allowed(admission.USE_BLACKLISTED):
            with self.store.read() as connection:
                listed = blacklists.patterns(connection)
            blacklist.finds(listed)

        def admit(tx: Transaction) -> Zone:
            facts = surroundings.read(tx, project_id, new.name.lower(), self.limits)
            admission.check(new, project_id, facts, self.defaults, allowed, blacklist)
            candidates = pools.find_all(tx.connection)
            pool = self.scheduler.choose(ctx, new.attributes, candidates, may_force)
            pools.enter(tx, pool, new.name.lower())
            zone = admission.begin(
                new,
                pool,
                self.defaults,
                id=rows.new_id(),
                project_id=project_id,
                serial=admission.first_serial(rows.unix(tx.now), facts.last_serial),
                refresh=choice(self.refreshes),
                created_at=tx.now,
                recordset_count=1 if new.type == SECONDARY else 2,
            )
            quota.check(facts.limits, zone_recordsets=zone.recordset_count)
            return versions.begin(tx, zone, pool, apex.recordsets(zone, pool, rows.ordered_id), ctx)

        return self.store.write(admit, project_id=project_id)

    def find(self, ctx: Context, query: Query) -> Page[Zone]:
        """See the contract."""
        self.enforcer.check(ctx, "find_zones", access.owner_target(ctx.project_id))
        with self.store.listing() as connection:
            return zone_lists.find(
                connection,
                query,
                project_id=ctx.project_id,
                all_projects=ctx.all_projects,
                catalogs="admin" in ctx.roles,
            )

    def get(self, ctx: Context, zone_id: str) -> Zone:
        """See the contract."""
        with self.store.read() as connection:
            zone = access.visible(ctx, zones.get(connection, zone_id, ctx.project_id))
        self.enforcer.check(ctx, "get_zone", access.zone_target(zone))
        return zone

    def update(self, ctx: Context, zone_id: str, change: ZoneChange) -> Zone:
        """See the contract."""
        return self.store.write(lambda tx: self._update(tx, ctx, zone_id, change), zone_id=zone_id)

    def _update(self, tx: Transaction, ctx: Context, zone_id: str, change: ZoneChange) -> Zone:
        zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
        target = access.zone_target(zone)
        self.enforcer.check(ctx, "update_zone", target)
        access.editable(zone)
        fields = changes.given(change)
        if problems := zone_types.unfitting(zone.type, fields):
            raise InvalidObject(problems=problems)
        zone_types.check_masters(fields.get("masters", ()))
        low = ttl.is_low(fields.get("ttl"), self.defaults.min_ttl)
        if low and not self.enforcer.allows(ctx, "use_low_ttl", target):
            raise ttl.low(self.defaults.min_ttl)
        if "email" in fields:
            soa.rname(fields["email"])
        # Recordsets without a TTL of their own change with the zone's: no delta can say so.
        barrier = fields.get("ttl", zone.ttl) != zone.ttl
        if "masters" in fields:
            versions.mark_due(tx, zone.name_key, lane_of(zone.project_id))
        return versions.advance(tx, zone, Change(fields=fields, barrier=barrier), ctx)

    def abandon(self, ctx: Context, zone_id: str) -> None:
        """See the contract."""
        self.enforcer.check(ctx, "abandon_zone", access.owner_target(ctx.project_id))
        self.store.write(lambda tx: self._abandon(tx, ctx, zone_id), zone_id=zone_id)

    def _abandon(self, tx: Transaction, ctx: Context, zone_id: str) -> None:
        zones.exclude_creators(tx, zone_id)
        zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
        _check_alone(tx, ctx, zone)
        if zone.shared:
            zones.unshare(tx, zone_id)
        change = Change(comment="The zone was abandoned")
        zone_pools.forget(tx, versions.advance(tx, zone, change, ctx))

    def move(self, ctx: Context, zone_id: str, pool_id: str | None) -> None:
        """See the contract."""
        self.store.write(lambda tx: self._move(tx, ctx, zone_id, pool_id), zone_id=zone_id)

    def _move(self, tx: Transaction, ctx: Context, zone_id: str, pool_id: str | None) -> None:
        zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
        target = access.owner_target(ctx.project_id, zone_id=zone.id, zone_name=zone.name)
        self.enforcer.check(ctx, "pool_move_zone", target)
        pool = self._destination(tx, ctx, zone, pool_id)
        access.editable(zone)
        pools.enter(tx, pool, zone.name_key)
        zone_pools.move(tx, zone, pool)
        versions.advance(tx, zone, _moved(tx, zone, pool), ctx)

    def _destination(self, tx: Transaction, ctx: Context, zone: Zone, pool_id: str | None) -> Pool:
        """The pool that a zone is to move to."""
        if pool_id == zone.pool_id:
            raise BadRequest("The zone is in that pool already")
        candidates = pools.find_all(tx.connection)
        if pool_id is None:
            target = access.owner_target(ctx.project_id, zone_name=zone.name)
            pool = self.scheduler.choose(
                ctx,
                zone.attributes,
                candidates,
                lambda: self.enforcer.check(ctx, "zone_create_forced_pool", target),
            )
            if pool.id == zone.pool_id:
                raise BadRequest("The zone is in the pool that the scheduler chooses")
            return pool
        named = [pool for pool in candidates if pool.id == pool_id]
        if not named:
            raise BadRequest(f"There is no pool {pool_id}")
        return self.scheduler.usable(named[0])

    def transfer_in(self, ctx: Context, zone_id: str) -> None:
        """See the contract."""

        def write(tx: Transaction) -> None:
            zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
            self.enforcer.check(ctx, "xfr_zone", access.zone_target(zone))
            access.editable(zone)
            if zone.type != SECONDARY:
                raise BadRequest("Only a SECONDARY zone is transferred in")
            versions.mark_due(tx, zone.name_key, lane_of(zone.project_id))

        self.store.write(write, zone_id=zone_id)

    def delete(self, ctx: Context, zone_id: str) -> Zone:
        """See the contract."""
        return self.store.write(lambda tx: self._delete(tx, ctx, zone_id), zone_id=zone_id)

    def _delete(self, tx: Transaction, ctx: Context, zone_id: str) -> Zone:
        zones.exclude_creators(tx, zone_id)
        zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
        if zone.type == CATALOG:
            raise Forbidden("Catalog zones are managed by the service")
        self.enforcer.check(ctx, "delete_zone", access.zone_target(zone))
        _check_alone(tx, ctx, zone)
        if zone.action == DELETE:
            return zone
        if zone.shared:
            zones.unshare(tx, zone_id)
        change = Change(action=DELETE, fields={"hard_delete": ctx.hard_delete})
        return versions.advance(tx, zone, change, ctx)


def _moved(tx: Transaction, zone: Zone, pool: Pool) -> Change:
    """The first version of a zone in another pool, which its new servers are to be seen to serve.

    Elsewhere the same NS records have a new serial for that. What a secondary zone holds is its
    master's, the serial too: its new servers are seen to serve that one. Before its first transfer
    it is on no server, old or new, and waits as it did.
    """
    comment = f"The zone moved to the pool {pool.name}"
    fields = {"pool_id": pool.id}
    if zone.type == SECONDARY:
        return Change(fields=fields, barrier=zone.transferred_at is not None, comment=comment)
    held = contents.encode(zone.name, "NS", [ns.hostname for ns in pool.ordered_ns])
    return Change(
        entries=storage_apex.renew(tx, zone, held.records, held.wire),
        fields=fields | {"mname": pool.ordered_ns[0].hostname},
        barrier=True,
        comment=comment,
    )


def _check_alone(tx: Transaction, ctx: Context, zone: Zone) -> None:
    """Raise where others would lose what they have of the zone (API.md 6.6)."""
    if zone.type == CATALOG:
        raise Forbidden("Catalog zones are managed by the service")
    if zone.shared and not ctx.delete_shares:
        raise ZoneIsShared("The zone is shared with other projects")
    if zones.has_descendants(tx, zone.name_key):
        raise ZoneHasSubZone("The zone has child zones; delete those first")
