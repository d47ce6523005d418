# SPDX-License-Identifier: Apache-2.0
"""Recordsets: create, list, show, update, delete."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from designate.errors import BadRequest, DuplicateRecordSet, RecordSetNotFound, ZoneNotFound
from designate.model import changes, status
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.recordsets import (
    NewRecordSet,
    RecordSet,
    RecordSetChange,
    Stored,
)
from designate.model.zones import DELETE, PENDING, Zone
from designate.policy.enforcer import Enforcer
from designate.rules import access, contents, placement, quota, ttl
from designate.storage import quotas, recordset_lists, recordsets, rows, versions, zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change, Entry


@dataclass(frozen=True, slots=True)
class RecordSets:
    """See `contracts.recordsets.RecordSets`."""

    store: Store
    enforcer: Enforcer
    limits: Mapping[str, int]
    supported: Collection[str]
    max_name: int
    min_ttl: int

    # -- reading ------------------------------------------------------------------------------

    def find(self, ctx: Context, zone_id: str, query: Query) -> Page[RecordSet]:
        """See the contract."""
        with self.store.listing() as connection:
            zone = access.visible(ctx, zones.get(connection, zone_id, ctx.project_id))
            self.enforcer.check(ctx, "find_recordsets", access.owner_target(ctx.project_id))
            self.enforcer.check(ctx, "get_zone", access.zone_target(zone))
            return recordset_lists.find(connection, zone, query)

    def find_all(self, ctx: Context, query: Query) -> Page[RecordSet]:
        """See the contract."""
        self.enforcer.check(ctx, "find_recordsets", access.owner_target(ctx.project_id))
        with self.store.listing() as connection:
            return recordset_lists.find_all(connection, query, access.scope(ctx))

    def get(self, ctx: Context, zone_id: str, recordset_id: str) -> RecordSet:
        """See the contract."""
        with self.store.read() as connection:
            # Who does not see the zone does not learn what is in it.
            zone = access.visible(ctx, zones.get(connection, zone_id, ctx.project_id))
            found = recordsets.get(connection, zone, recordset_id)
        if found is None:
            raise RecordSetNotFound
        self.enforcer.check(ctx, "get_recordset", _target(zone, found))
        return found

    def changeable(self, ctx: Context, zone_id: str, recordset_id: str) -> RecordSet:
        """See the contract."""
        found = self.get(ctx, zone_id, recordset_id)
        _check_changeable(ctx, found)
        return found

    def locate(self, ctx: Context, recordset_id: str) -> RecordSet:
        """See the contract."""
        with self.store.read() as connection:
            zone_id = recordsets.locate(connection, recordset_id)
        if zone_id is None:
            raise RecordSetNotFound
        try:
            return self.get(ctx, zone_id, recordset_id)
        except ZoneNotFound:
            raise RecordSetNotFound from None

    # -- writing ------------------------------------------------------------------------------

    def create(self, ctx: Context, zone_id: str, new: NewRecordSet) -> RecordSet:
        """See the contract."""
        contents.check_type(new.type, self.supported)
        held = contents.encode(new.name, new.type, new.records)
        placement.check_type_rules(new.name, new.type)

        def write(tx: Transaction) -> RecordSet:
            zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
            access.editable(zone)
            target = access.zone_target(zone)
            target |= {"recordset_name": new.name, "recordset_type": new.type}
            self.enforcer.check(ctx, "create_recordset", target)
            limits = quotas.limits_in(tx, zone.project_id, self.limits)
            quota.check(limits, zone_recordsets=zone.recordset_count + 1)
            number = len(contents.unpack(held.wire))
            draft = RecordSet(
                id=rows.ordered_id(),
                zone_id=zone.id,
                zone_name=zone.name,
                project_id=ctx.project_id,
                name=new.name,
                type=new.type,
                records=held.records,
                ttl=new.ttl,
                description=new.description,
                created_at=tx.now,
            )
            types = self._check_placement(tx, ctx, zone, draft, number)
            _check_quotas(limits, zone, number, 0)
            if draft.type in types:
                raise DuplicateRecordSet
            return self._insert(tx, ctx, zone, draft, held.wire)

        return self.store.write(write, zone_id=zone_id)

    def _insert(
        self, tx: Transaction, ctx: Context, zone: Zone, draft: RecordSet, wire: bytes
    ) -> RecordSet:
        head = contents.head(draft.name_key, zone.name_key, draft.type)
        item = Stored(recordset=draft, head=head, wire=wire)
        change = Change(
            entries=[Entry.of(None, item)],
            fields={
                "recordset_count": zone.recordset_count + 1,
                "record_count": zone.record_count + len(contents.unpack(wire)),
            },
        )
        after = versions.advance(tx, zone, change, ctx)
        first = after.generation if wire else 0
        created = status.changed(
            msgspec.structs.replace(draft, created_generation=first), after, wire
        )
        recordsets.add(tx, [Stored(recordset=created, head=head, wire=wire)], zone.epoch)
        return created

    def update(
        self, ctx: Context, zone_id: str, recordset_id: str, change: RecordSetChange
    ) -> RecordSet:
        """See the contract."""
        return self.store.write(
            lambda tx: self._update(tx, ctx, *self._lock(tx, ctx, zone_id, recordset_id), change),
            zone_id=zone_id,
        )

    def _update(
        self, tx: Transaction, ctx: Context, zone: Zone, before: Stored, change: RecordSetChange
    ) -> RecordSet:
        old = before.recordset
        _check_changeable(ctx, old)
        given = changes.given(change)
        wire = before.wire
        if change.records is not UNSET:
            held = contents.encode(old.name, old.type, change.records)
            wire, given["records"] = held.wire, held.records
        access.editable(zone)
        self.enforcer.check(ctx, "update_recordset", _target(zone, old))
        new = msgspec.structs.replace(old, version=old.version + 1, updated_at=tx.now, **given)
        number, was = len(contents.unpack(wire)), len(contents.unpack(before.wire))
        if not old.managed:
            limits = quotas.limits_in(tx, zone.project_id, self.limits)
            self._check_placement(tx, ctx, zone, new, number)
            _check_quotas(limits, zone, number, was)
        stored = Stored(recordset=new, head=before.head, wire=wire)
        entry = Entry.of(before, stored)
        fields = {} if old.managed else {"record_count": zone.record_count - was + number}
        after = versions.advance(tx, zone, Change(entries=[entry], fields=fields), ctx)
        shows = entry.shows(zone.ttl)
        written = status.changed(new, after, wire) if shows else status.derived(new, after)
        recordsets.replace(
            tx,
            Stored(recordset=written, head=before.head, wire=wire),
            records_changed=new.records != old.records,
        )
        return written

    def delete(self, ctx: Context, zone_id: str, recordset_id: str) -> RecordSet:
        """See the contract."""
        return self.store.write(
            lambda tx: self._delete(tx, ctx, *self._lock(tx, ctx, zone_id, recordset_id)),
            zone_id=zone_id,
        )

    def _delete(self, tx: Transaction, ctx: Context, zone: Zone, before: Stored) -> RecordSet:
        old = before.recordset
        if old.type == "SOA":
            raise BadRequest("SOA recordsets are managed by the service and cannot be deleted")
        access.editable(zone)
        self.enforcer.check(ctx, "delete_recordset", _target(zone, old))
        _check_managed(ctx, old)
        number = 0 if old.managed else len(contents.unpack(before.wire))
        change = Change(
            entries=[Entry.of(before, None)],
            fields={
                "recordset_count": zone.recordset_count - 1,
                "record_count": zone.record_count - number,
            },
        )
        versions.advance(tx, zone, change, ctx)
        recordsets.remove(tx, old.id)
        return msgspec.structs.replace(
            old, action=DELETE, status=PENDING, version=old.version + 1, updated_at=tx.now
        )

    def _lock(
        self, tx: Transaction, ctx: Context, zone_id: str, recordset_id: str
    ) -> tuple[Zone, Stored]:
        zone = access.visible(ctx, zones.lock(tx, zone_id, ctx.project_id))
        stored = recordsets.get_stored(tx, zone, recordset_id)
        if stored is None:
            raise RecordSetNotFound
        return zone, stored

    def _check_placement(
        self, tx: Transaction, ctx: Context, zone: Zone, draft: RecordSet, number: int
    ) -> Collection[str]:
        """Items 7 to 12 of API.md 7.3; return the types of the other recordsets at the name."""
        if ttl.is_low(draft.ttl, self.min_ttl) and not self.enforcer.allows(
            ctx, "use_low_ttl", access.zone_target(zone)
        ):
            raise ttl.low(self.min_ttl)
        name_key = draft.name_key
        placement.check_location(name_key, zone.name_key, self.max_name)
        children = placement.names_of_children(name_key, zone.name_key)
        around = recordsets.around(tx, zone, name_key, children)
        others = {rtype for rtype, found in around.types.items() if found != draft.id}
        placement.check_cname_place(name_key, zone.name_key, draft.type, others)
        placement.check_children(name_key, draft.type, around.children)
        placement.check_cname_count(draft.type, number)
        return others


def _target(zone: Zone, recordset: RecordSet) -> dict[str, Any]:
    return access.zone_target(zone) | {
        "recordset_id": recordset.id,
        "recordset_name": recordset.name,
        "recordset_type": recordset.type,
        "recordset_project_id": recordset.project_id,
    }


def _check_managed(ctx: Context, recordset: RecordSet) -> None:
    if recordset.managed and not ctx.edit_managed:
        raise BadRequest("Managed records may not be changed")
    if recordset.type == "SOA":
        raise BadRequest("SOA recordsets are managed by the service and cannot be changed")


def _check_changeable(ctx: Context, recordset: RecordSet) -> None:
    _check_managed(ctx, recordset)
    if recordset.type == "NS" and recordset.name_key == recordset.zone_name.lower():
        raise BadRequest("The NS recordset of the apex is managed by the service")


def _check_quotas(limits: Mapping[str, int], zone: Zone, number: int, was: int) -> None:
    quota.check(limits, zone_records=zone.record_count - was + number, recordset_records=number)
