# SPDX-License-Identifier: Apache-2.0
"""Central over a database of its own, and what tests of it say over and over."""

from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Engine, func, insert, select, update

from designate import conf
from designate.central.floatingips import FloatingIPs
from designate.cmd import central as central_root
from designate.model.context import Context
from designate.model.floatingips import FloatingIP, Ptr, PtrChange
from designate.model.listing import Query
from designate.model.pools import NsRecord, Pool
from designate.model.recordsets import NewRecordSet, RecordSet
from designate.model.tsigkeys import POOL, TsigKey
from designate.model.zones import NewZone, Zone
from designate.network.fake import Fake
from designate.policy.enforcer import Enforcer
from designate.storage import pools, rows, tsigkeys, versions, zones
from designate.storage.tables import (
    blacklists,
    quotas,
    recordsets,
    tlds,
    zone_state,
)
from designate.storage.tables import zones as zones_table
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

UseCases = TypeVar("UseCases")

DEFAULT_POOL = "794ccc2c-d751-44fe-b57f-8894c9f5c842"
OTHER_POOL = "11111111-2222-4333-8444-555555555555"
START = datetime(2026, 11, 21, 9, 0)
NS = [NsRecord(priority=1, hostname="ns1.pool."), NsRecord(priority=2, hostname="ns2.pool.")]


@cache
def enforcer() -> Enforcer:
    """The default policy."""
    return Enforcer(conf.load([], search=False))


@cache
def settings() -> conf.Settings:
    """The default options."""
    return conf.settings(conf.load([], search=False))


@dataclass
class Clock:
    """A clock that the test sets."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.moment += timedelta(seconds=seconds)


def caller(project: str | None = "p1", *roles: str, **switches: Any) -> Context:
    """Somebody who asks; a member and reader where no role is named."""
    return Context(
        request_id="req-1", project_id=project, roles=roles or ("member", "reader"), **switches
    )


ADMIN = caller("admins", "admin", "member", "reader", all_projects=True)


class Site:
    """Central with one pool, the default one."""

    def __init__(
        self,
        engine: Engine,
        *,
        scheduler: Sequence[str] = (),
        clock: Clock | None = None,
        **options: Any,
    ) -> None:
        self.clock = clock or Clock()
        self.store = Store(engine, self.clock)
        own = replace(settings().central, **options)
        if scheduler:
            own = replace(own, scheduler_filters=tuple(scheduler))
        default = replace(settings().default, network_api="fake")
        chosen = replace(settings(), central=own, default=default)
        built = central_root.build(self.store, enforcer(), chosen)
        self.central = built.central
        self.pools = built.central.pools
        self.pool(DEFAULT_POOL, "default")

    # -- what others have made ----------------------------------------------------------------

    def pool(self, pool_id: str, name: str, **fields: Any) -> Pool:
        """Insert or replace a pool."""
        pool = Pool(id=pool_id, name=name, **{"ns_records": NS, **fields})
        return self.store.write(lambda tx: pools.put(tx, pool))

    def _insert(self, table: Any, **values: Any) -> None:
        now = {"created_at": self.clock.moment}
        self.store.write(lambda tx: tx.write(insert(table).values(**now, **values)))

    def limit(self, project: str, **limits: int) -> None:
        """Give a project quotas of its own."""
        for resource, hard_limit in limits.items():
            self._insert(quotas, project_id=project, resource=resource, hard_limit=hard_limit)

    def share(self, zone: Zone, target: str) -> None:
        """Share a zone with a project."""
        self.central.shares.create(ADMIN, zone.id, target)

    def tld(self, name: str) -> None:
        """Allow a top-level domain, and so no others."""
        self._insert(tlds, id=rows.new_id(), name=name, name_key=name.lower(), version=1)

    def blacklist(self, pattern: str) -> None:
        """Forbid names."""
        self._insert(blacklists, id=rows.new_id(), pattern=pattern, version=1)

    def tsigkey(self, owner_id: str, scope: str = POOL) -> None:
        """Give a pool, or a zone, a TSIG key."""
        name = f"key-{owner_id}"
        values = (
            rows.new_id(),
            name,
            "hmac-sha256",
            "c2VjcmV0",
            scope,
            owner_id,
            self.clock.moment,
        )
        self.store.write(lambda tx: tsigkeys.REGISTER.add(tx, TsigKey(*values)))

    def foreign(self, name: str, project: str = "stranger", pool_id: str = DEFAULT_POOL) -> Zone:
        """A zone of another project, whatever the rules say."""
        zone = Zone(
            id=rows.new_id(),
            pool_id=pool_id,
            project_id=project,
            name=name,
            email="x@example.org",
            ttl=3600,
            serial=1,
            refresh=1,
            retry=1,
            expire=1,
            minimum=1,
            mname="ns1.pool.",
            created_at=self.clock.moment,
        )
        pool = Pool(id=pool_id, name="any")
        return self.store.write(lambda tx: versions.begin(tx, zone, pool, [], None))

    def floatingip(
        self, address: str = "198.51.100.7", project: str = "p1", region: str = "RegionOne"
    ) -> FloatingIP:
        """Give a project a floating IP."""
        found = FloatingIP(region=region, id=rows.new_id(), address=address)
        self._network.allocated.setdefault(project, []).append(found)
        return found

    def release(self, floatingip: FloatingIP) -> None:
        """Take a floating IP away from its project."""
        for own in self._network.allocated.values():
            if floatingip in own:
                own.remove(floatingip)

    @property
    def _network(self) -> Fake:
        floatingips = self.central.floatingips
        assert isinstance(floatingips, FloatingIPs)
        assert isinstance(floatingips.network, Fake)
        return floatingips.network

    def elsewhere(self, use_cases: UseCases) -> UseCases:
        """The same use cases in another process, whose writes do not wait for this one's."""
        assert is_dataclass(use_cases)
        assert not isinstance(use_cases, type)
        return replace(use_cases, store=Store(self.store.engine, self.clock))

    # -- what tests do ------------------------------------------------------------------------

    def zone(self, name: str = "example.org.", ctx: Context | None = None, **fields: Any) -> Zone:
        """Create a zone, by default as a member of p1."""
        new = NewZone(name=name, **{"email": "dns@example.org", **fields})
        return self.central.zones.create(ctx or caller(), new)

    def recordset(self, zone: Zone, name: str, rtype: str, *records: str, **more: Any) -> RecordSet:
        """Create a recordset; `name` is relative to the apex, "@" is the apex."""
        ctx = more.pop("ctx", None) or caller(zone.project_id)
        full = zone.name if name == "@" else f"{name}.{zone.name}"
        new = NewRecordSet(name=full, type=rtype, records=list(records), **more)
        return self.central.recordsets.create(ctx, zone.id, new)

    def ptr(
        self, floatingip: FloatingIP, name: str | None, ctx: Context | None = None, **more: Any
    ) -> Ptr | None:
        """Set or, with None, remove the PTR record of a floating IP, by default as p1."""
        change = PtrChange(name=name, **more)
        named = self.central.floatingips.update(
            ctx or caller(), floatingip.region, floatingip.id, change
        )
        return named.ptr if named else None

    def listed(self, zone: Zone, **filters: str) -> list[RecordSet]:
        """All recordsets of a zone."""
        page = self.central.recordsets.find(ADMIN, zone.id, Query(filters=filters, limit=5000))
        return page.items

    def apex(self, zone: Zone, rtype: str) -> RecordSet:
        """The managed recordset of this type."""
        return next(item for item in self.listed(zone, type=rtype) if item.name == zone.name)

    def fresh(self, zone: Zone) -> Zone:
        """The zone as it is now."""
        return self.central.zones.get(ADMIN, zone.id)

    def fresh_of(self, item: RecordSet) -> Zone:
        """The zone of a recordset as it is now."""
        return self.central.zones.get(ADMIN, item.zone_id)

    def everywhere(self, ctx: Context | None = None, **filters: str) -> list[RecordSet]:
        """Recordsets over all zones."""
        query = Query(filters=filters, limit=5000)
        return self.central.recordsets.find_all(ctx or ADMIN, query).items

    def confirm(self, zone: Zone) -> None:
        """Let name servers serve the zone as it is now."""
        now = self.fresh(zone).generation

        def write(tx: Transaction) -> None:
            state = update(zone_state).where(zone_state.c.zone_id == zone.id)
            tx.write(state.values(confirmed_generation=now))
            mine = update(zones_table).where(zones_table.c.id == zone.id)
            tx.write(mine.values(status="ACTIVE", action="NONE"))

        self.store.write(write)

    def remove(self, zone: Zone) -> None:
        """Delete a zone, and let name servers forget it."""
        self.central.zones.delete(ADMIN, zone.id)
        self.store.write(lambda tx: zones.finish_delete(tx, zone.id))

    def change(self, zone: Zone, **fields: Any) -> None:
        """Write columns of a zone past the rules."""
        mine = update(zones_table).where(zones_table.c.id == zone.id)
        self.store.write(lambda tx: tx.write(mine.values(**fields)))

    def rows_of(self, zone: Zone) -> int:
        """How many rows of recordsets there are under a zone's id."""
        counting = select(func.count()).select_from(recordsets)
        with self.store.read() as connection:
            return int(
                connection.execute(counting.where(recordsets.c.zone_id == zone.id)).scalar_one()
            )


def without(item: msgspec.Struct, *names: str) -> dict[str, Any]:
    """A struct as a dict, some fields left out."""
    return {key: value for key, value in msgspec.structs.asdict(item).items() if key not in names}
