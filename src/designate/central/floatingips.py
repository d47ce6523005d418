# SPDX-License-Identifier: Apache-2.0
"""PTR records of floating IPs: list, show, set, unset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import choice
from typing import Any

import msgspec
from msgspec import UNSET

from designate.contracts.network import Network
from designate.errors import NotFound
from designate.model import names, status
from designate.model.context import Context
from designate.model.floatingips import (
    RESOURCE_TYPE,
    FloatingIP,
    NamedFloatingIP,
    Ptr,
    PtrChange,
)
from designate.model.quotas import UNLIMITED
from designate.model.recordsets import Managed, RecordSet, Stored
from designate.model.zones import NewZone, Zone
from designate.policy.enforcer import Enforcer
from designate.rules import (
    access,
    admission,
    apex,
    contents,
    placement,
    reverse_names,
    ttl,
)
from designate.rules.patterns import Search
from designate.scheduler.pool_choice import Scheduler
from designate.storage import admission as surroundings
from designate.storage import floatingips, pools, recordsets, rows, versions, zones
from designate.storage.floatingips import Owners, Place
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change, Entry

_PTR = "PTR"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingIPs:
    """See `contracts.floatingips.FloatingIPs`.

    Reverse zones belong to `project_id` and name `email`; `prefixes` are the bits, by IP version,
    that the addresses in one have in common.
    """

    store: Store
    enforcer: Enforcer
    network: Network
    scheduler: Scheduler
    defaults: admission.Defaults
    refreshes: Sequence[int]
    project_id: str
    email: str
    prefixes: Mapping[int, int]

    # -- reading ------------------------------------------------------------------------------

    def find(self, ctx: Context) -> list[NamedFloatingIP]:
        """See the contract."""
        self.enforcer.check(ctx, "find_records", access.owner_target(ctx.project_id))
        return self._named(ctx, self.network.find(ctx))

    def get(self, ctx: Context, region: str, floatingip_id: str) -> NamedFloatingIP:
        """See the contract."""
        self.enforcer.check(ctx, "find_records", access.owner_target(ctx.project_id))
        return self._named(ctx, [self.network.get(ctx, region, floatingip_id)])[0]

    def _named(self, ctx: Context, found: Sequence[FloatingIP]) -> list[NamedFloatingIP]:
        with self.store.read() as connection:
            ptrs = floatingips.find(connection, self._owners(ctx.project_id or ""), found)
        return [
            NamedFloatingIP(floatingip=item, ptr=ptrs.get((item.region, item.id))) for item in found
        ]

    # -- writing ------------------------------------------------------------------------------

    def update(
        self, ctx: Context, region: str, floatingip_id: str, change: PtrChange
    ) -> NamedFloatingIP | None:
        """See the contract."""
        target = access.owner_target(ctx.project_id)
        self.enforcer.check(ctx, "update_floatingip", target)
        project_id = access.project(ctx)
        if change.name is UNSET:
            return None
        if change.name is None:
            self._unset(ctx, project_id, region, floatingip_id)
            return None
        min_ttl = self.defaults.min_ttl
        if ttl.is_low(change.ttl, min_ttl) and not self.enforcer.allows(ctx, "use_low_ttl", target):
            raise ttl.low(min_ttl)
        wanted = _Wanted(
            ctx, project_id, self.network.get(ctx, region, floatingip_id), change.name, change
        )
        ptr = self.store.write(lambda tx: self._set(tx, wanted))
        return NamedFloatingIP(floatingip=wanted.floatingip, ptr=ptr)

    def _set(self, tx: Transaction, wanted: "_Wanted") -> Ptr:
        candidates = names.suffixes(wanted.name)
        zone_id = floatingips.nearest_zone(tx.connection, candidates, self.project_id)
        if zone_id is None:
            # A rival may be about to make the zone.
            zones.take_turn(tx, reverse_names.zone(wanted.floatingip.address, self.prefixes))
            zone_id = floatingips.nearest_zone(tx.connection, candidates, self.project_id)
        zone = zones.lock(tx, zone_id) if zone_id else None
        if zone is None or zone.project_id != self.project_id:
            return self._begin_zone(tx, wanted)
        access.editable(zone)
        return _replace(tx, zone, wanted)

    def _begin_zone(self, tx: Transaction, wanted: "_Wanted") -> Ptr:
        """Make the reverse zone, with the record in its first version.

        It is the service that makes it: the caller's policy and quotas are not asked. Reverse zones
        follow from the addresses that the cloud has: nobody runs away with them.
        """
        name = reverse_names.zone(wanted.floatingip.address, self.prefixes)
        new = NewZone(name=name, email=self.email)
        facts = surroundings.read(tx, self.project_id, name, UNLIMITED)
        admission.check(new, self.project_id, facts, self.defaults, lambda rule: True, Search(name))
        owner = Context(request_id=wanted.ctx.request_id, project_id=self.project_id)
        pool = self.scheduler.choose(
            owner, new.attributes, pools.find_all(tx.connection), lambda: None
        )
        pools.enter(tx, pool, name)
        zone = admission.begin(
            new,
            pool,
            self.defaults,
            id=rows.new_id(),
            project_id=self.project_id,
            serial=admission.first_serial(rows.unix(tx.now), facts.last_serial),
            refresh=choice(self.refreshes),
            created_at=tx.now,
            recordset_count=3,
        )
        first = wanted.recordset(zone, tx, zone.generation)
        content = [*apex.recordsets(zone, pool, rows.ordered_id), wanted.stored(zone, first)]
        versions.begin(tx, zone, pool, content, wanted.ctx)
        return floatingips.ptr_of(first, zone.ttl)

    def _unset(self, ctx: Context, project_id: str, region: str, floatingip_id: str) -> None:
        with self.store.read() as connection:
            places = floatingips.locate(connection, self._owners(project_id), region, floatingip_id)
        removed = [
            self.store.write(
                partial(self._remove, ctx, place, (floatingip_id, project_id)),
                zone_id=place.zone_id,
            )
            for place in places
        ]
        if not any(removed):
            raise NotFound

    def _remove(self, ctx: Context, place: Place, whose: tuple[str, str], tx: Transaction) -> bool:
        """Remove a PTR record; False when it is not that of the floating IP any more."""
        zone = zones.lock(tx, place.zone_id)
        if zone is None or zone.project_id != self.project_id:
            return False
        before = recordsets.get_stored(tx, zone, place.recordset_id)
        found = recordsets.stands_for(tx.connection, place.recordset_id)
        if before is None or found is None or (found.resource_id, found.project_id) != whose:
            return False
        access.editable(zone)
        fields = {"recordset_count": zone.recordset_count - 1}
        versions.advance(tx, zone, Change(entries=[Entry.of(before, None)], fields=fields), ctx)
        recordsets.remove(tx, place.recordset_id)
        return True

    def _owners(self, project_id: str) -> Owners:
        return Owners(project_id=project_id, of_zones=self.project_id)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A PTR record as somebody wants it."""

    ctx: Context
    project_id: str
    floatingip: FloatingIP
    ptrdname: str
    change: PtrChange

    @property
    def name(self) -> str:
        """Where the record belongs."""
        return reverse_names.pointer(self.floatingip.address)

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of its recordset that are the caller's."""
        return {
            "records": [self.ptrdname],
            "ttl": self.change.ttl,
            "description": self.change.description,
        }

    def recordset(self, zone: Zone, tx: Transaction, generation: int = 0) -> RecordSet:
        """Its recordset, made by this version of its zone."""
        return RecordSet(
            id=rows.ordered_id(),
            zone_id=zone.id,
            zone_name=zone.name,
            project_id=self.project_id,
            name=self.name,
            type=_PTR,
            managed=True,
            created_at=tx.now,
            generation=generation,
            created_generation=generation,
            **self.fields,
        )

    def stored(self, zone: Zone, recordset: RecordSet) -> Stored:
        """The same with what DNS serves of it."""
        return Stored(
            recordset=recordset,
            head=contents.head(recordset.name_key, zone.name_key, _PTR),
            wire=contents.encode(recordset.name, _PTR, recordset.records).wire,
            stands_for=Managed(
                resource_type=RESOURCE_TYPE,
                resource_id=self.floatingip.id,
                resource_region=self.floatingip.region,
                project_id=self.project_id,
                extra=self.floatingip.address,
            ),
        )


def _replace(tx: Transaction, zone: Zone, wanted: _Wanted) -> Ptr:
    """Put the record in the place of whatever PTR records the address has, whoever set them.

    A recordset of the same project stays the same one; that of another project goes.
    """
    before = _at_its_name(tx, zone, wanted)
    old = before.recordset if before else None
    stays = old is not None and old.managed and old.project_id == wanted.project_id
    if old is not None and stays:
        new = msgspec.structs.replace(
            old, version=old.version + 1, updated_at=tx.now, **wanted.fields
        )
    else:
        new = wanted.recordset(zone, tx)
    stored = wanted.stored(zone, new)
    entries = [Entry.of(before, stored)]
    if before is not None and not stays:
        entries = [Entry.of(before, None), Entry.of(None, stored)]
    unmanaged = 0 if before is None or before.recordset.managed else _number(before)
    fields = {
        "recordset_count": zone.recordset_count + (before is None),
        "record_count": zone.record_count - unmanaged,
    }
    after = versions.advance(tx, zone, Change(entries=entries, fields=fields), wanted.ctx)
    if not stays:
        new = msgspec.structs.replace(new, created_generation=after.generation)
    kept = stays and not entries[0].shows(zone.ttl)
    written = status.derived(new, after) if kept else status.changed(new, after, stored.wire)
    stored = msgspec.structs.replace(stored, recordset=written)
    if stays:
        recordsets.replace(tx, stored, records_changed=True)
    else:
        if old is not None:
            recordsets.remove(tx, old.id)
        recordsets.add(tx, [stored], zone.epoch)
    return floatingips.ptr_of(written, after.ttl)


def _at_its_name(tx: Transaction, zone: Zone, wanted: _Wanted) -> Stored | None:
    """The PTR recordset that is there; raises InvalidRecordSetLocation where none may be."""
    children = placement.names_of_children(wanted.name, zone.name_key)
    around = recordsets.around(tx, zone, wanted.name, children)
    placement.check_cname_place(wanted.name, zone.name_key, _PTR, around.types.keys() - {_PTR})
    placement.check_children(wanted.name, _PTR, around.children)
    there = around.types.get(_PTR)
    return recordsets.get_stored(tx, zone, there) if there else None


def _number(stored: Stored) -> int:
    return len(contents.unpack(stored.wire))
