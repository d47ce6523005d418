# SPDX-License-Identifier: Apache-2.0
"""A write is a zone version: the one place that makes the next one (design idea 1).

In the transaction that changed the rows it raises the generation and, where DNS shows the change,
the serial; appends to the journal; and marks the zone due.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import msgspec
from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from designate.model.context import Context
from designate.model.pools import Pool
from designate.model.recordsets import Stored
from designate.model.soa import soa_rdata
from designate.model.work import Lane, lane_of
from designate.model.zones import DELETE, PENDING, SECONDARY, UPDATE, Zone
from designate.storage import recordsets, rows, zones
from designate.storage.keyed import Keyed
from designate.storage.prepared import Prepared
from designate.storage.tables import journal, zone_state, zone_work
from designate.storage.tables import zones as zones_table
from designate.storage.tables.journal import BARRIER, CHANGE, META
from designate.storage.transaction import Transaction
from designate.wire import serial as serials

_STORED_AS_JSON = frozenset({"attributes", "masters"})
_ALWAYS_WRITTEN = (
    "serial",
    "generation",
    "version",
    "updated_at",
    "status",
    "action",
    "recordset_count",
    "record_count",
)
# Built once: building a statement costs more than running it.
_update_zone = Prepared(
    update(zones_table)
    .where(zones_table.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in _ALWAYS_WRITTEN})
)
_insert_entry = Prepared(
    insert(journal), *(column.name for column in journal.c if column.name != "id")
)
_generation = Prepared(
    select(func.max(journal.c.generation).label("generation")).where(
        journal.c.zone_id == bindparam("zone_id"), journal.c.serial == bindparam("serial")
    )
)
_generations = Keyed(
    journal.c.zone_id,
    lambda own: (
        select(journal.c.zone_id, journal.c.serial, func.max(journal.c.generation).label("newest"))
        .where(own.any_of(journal.c.serial))
        .group_by(journal.c.zone_id, journal.c.serial)
    ),
)
_mark_due = Prepared(
    update(zone_work)
    .where(zone_work.c.name_key == bindparam("b_name_key"))
    .values(
        wanted=zone_work.c.wanted + 1,
        due_at=bindparam("b_now"),
        since=func.coalesce(zone_work.c.since, bindparam("b_now")),
        lane=bindparam("b_lane"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One recordset in a version: as it was before, and as it is now.

    A TTL of None is the zone's, wire is the packed rdata set; records are None where the recordset
    did not, or does not, exist.
    """

    recordset_id: str
    name: str
    type: str
    head: bytes
    ttl_before: int | None = None
    wire_before: bytes | None = None
    records_before: Sequence[str] | None = None
    ttl_after: int | None = None
    wire_after: bytes | None = None
    records_after: Sequence[str] | None = None

    @classmethod
    def of(cls, before: Stored | None, after: Stored | None) -> Self:
        """The entry of a recordset that is made, changed or removed; raises ValueError for none."""
        item = after or before
        if item is None:
            raise ValueError("nothing has changed")
        old = before.recordset if before else None
        new = after.recordset if after else None
        return cls(
            recordset_id=item.recordset.id,
            name=item.recordset.name,
            type=item.recordset.type,
            head=item.head,
            ttl_before=old.ttl if old else None,
            wire_before=before.wire if before else None,
            records_before=old.records if old else None,
            ttl_after=new.ttl if new else None,
            wire_after=after.wire if after else None,
            records_after=new.records if new else None,
        )

    def shows(self, zone_ttl: int) -> bool:
        """Whether DNS shows a difference in a zone with this TTL."""
        before, after = self.wire_before or b"", self.wire_after or b""
        if before != after or not after:
            return before != after
        ttl_before = zone_ttl if self.ttl_before is None else self.ttl_before
        return ttl_before != (zone_ttl if self.ttl_after is None else self.ttl_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a version changes: recordsets, fields of the zone, or all of its content."""

    entries: Sequence[Entry] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    barrier: bool = False
    action: str = UPDATE
    beyond: int | None = None
    comment: str | None = None


def advance(tx: Transaction, zone: Zone, change: Change, ctx: Context | None = None) -> Zone:
    """Make the next version of a locked zone and return it.

    `fields` are columns of the zone, Python values. Without an effect that DNS shows the serial
    stays, and the version is confirmed at once where the one before was (decision 3a.16).
    """
    draft = msgspec.structs.replace(zone, **change.fields)
    shows = (
        change.barrier
        or change.beyond is not None
        or any(entry.shows(zone.ttl) for entry in change.entries)
        or soa_rdata(draft) != soa_rdata(zone)
        or draft.ttl != zone.ttl
    )
    renewed = msgspec.structs.replace(
        draft,
        generation=zone.generation + 1,
        version=zone.version + 1,
        updated_at=tx.now,
        **(_shown(zone, change, tx.now) if shows or change.action == DELETE else {}),
    )
    at_once = not shows and change.action != DELETE and zone.confirmed_generation >= zone.generation
    if at_once:
        renewed = msgspec.structs.replace(renewed, confirmed_generation=renewed.generation)
    _write_zone(tx, renewed, change)
    if at_once:
        _confirm(tx, renewed)
    kind = META if not shows else BARRIER if change.barrier else CHANGE
    _append(tx, zone, renewed, change, kind, ctx)
    if not at_once:
        mark_due(tx, renewed.name_key, lane_of(renewed.project_id))
    return renewed


def begin(
    tx: Transaction, zone: Zone, pool: Pool, apex: Sequence[Stored], ctx: Context | None
) -> Zone:
    """Insert a zone at its first version, with its apex and its journal; raises DuplicateZone.

    Recordsets that were staged under its id and epoch are its content from here on: the counters
    of `zone` already hold all of them.
    """
    zones.add(tx, zone, ns_version=pool.ns_version)
    recordsets.add(tx, apex, zone.epoch)
    first(tx, zone, ctx)
    return zone


def first(tx: Transaction, zone: Zone, ctx: Context | None, comment: str | None = None) -> None:
    """Begin the journal of a zone that was just inserted, and mark it due."""
    _append(tx, None, zone, Change(comment=comment), BARRIER, ctx)
    mark_due(tx, zone.name_key, lane_of(zone.project_id))


def move_past(tx: Transaction, zone_id: str, serial: int, comment: str) -> bool:
    """Move a zone's serial past one that a server was seen with (decision 3a.4).

    The version is a barrier, so that the server takes the whole zone. False when the zone is gone.
    """
    zone = zones.lock(tx, zone_id)
    if zone is None or zone.action == DELETE:
        return False
    advance(tx, zone, Change(barrier=True, beyond=serial, comment=comment))
    return True


def generation_of(connection: Connection, zone_id: str, serial: int) -> int | None:
    """The newest generation of a zone that had this serial, None when no kept one had (3a.4)."""
    found: int | None = _generation.first(
        connection, {"zone_id": zone_id, "serial": serial}
    ).generation
    return found


def generations_of(
    connection: Connection, served: Collection[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """As `generation_of`, of many zones and serials; those that no kept version had are missing."""
    asked = [{"zone_id": zone_id, "serial": serial} for zone_id, serial in sorted(served)]
    found = _generations.all(connection, asked)
    return {(row.zone_id, row.serial): row.newest for row in found}


def mark_due(tx: Transaction, name_key: str, lane: Lane) -> None:
    """Queue the zones of a name for the worker, at once; it hears of it after the commit.

    They wait in this lane: of the project that has asked for it, if one has.
    """
    now = rows.unix_time(tx.now)
    tx.defer(_mark_due, name_key, {"b_name_key": name_key, "b_now": now, "b_lane": lane})
    tx.changed(name_key)


def _shown(zone: Zone, change: Change, now: datetime) -> dict[str, Any]:
    seconds = rows.unix(now)
    serial = serials.following(zone.serial, seconds)
    if change.beyond is not None and not serials.is_newer(serial, change.beyond):
        serial = serials.following(change.beyond, seconds)
    if change.action == DELETE or zone.type == SECONDARY:
        # The serial of a secondary zone is its master's (decision 3a.20).
        serial = zone.serial
    return {"serial": serial, "status": PENDING, "action": change.action}


def _write_zone(tx: Transaction, zone: Zone, change: Change) -> None:
    values: dict[str, Any] = {f"b_{name}": getattr(zone, name) for name in _ALWAYS_WRITTEN}
    rest = {
        name: rows.dump(getattr(zone, name)) if name in _STORED_AS_JSON else getattr(zone, name)
        for name in change.fields
        if name not in _ALWAYS_WRITTEN
    }
    if not rest and zones.renewed(tx, zone):
        tx.defer(_update_zone, zone.id, {"b_id": zone.id, **values})
        return
    tx.run(_update_zone, {"b_id": zone.id, **values})
    if rest:
        tx.write(update(zones_table).where(zones_table.c.id == zone.id).values(rest))


def _confirm(tx: Transaction, zone: Zone) -> None:
    tx.write(
        update(zone_state)
        .where(zone_state.c.zone_id == zone.id)
        .values(confirmed_generation=zone.generation)
    )


def _append(
    tx: Transaction,
    before: Zone | None,
    after: Zone,
    change: Change,
    kind: str,
    ctx: Context | None,
) -> None:
    change_id = rows.new_id()
    tx.proves(lambda: exists().where(journal.c.change_id == change_id))
    shared: dict[str, Any] = {
        "change_id": change_id,
        "zone_id": after.id,
        "generation": after.generation,
        "serial": after.serial,
        "kind": kind,
        "soa_before": None if before is None else soa_rdata(before),
        "soa_ttl_before": None if before is None else before.ttl,
        "soa_after": soa_rdata(after),
        "soa_ttl_after": after.ttl,
        "zone_before": _fields_before(before, change),
        "project_id": ctx.project_id if ctx else None,
        "user_id": ctx.user_id if ctx else None,
        "request_id": ctx.request_id if ctx else None,
        "comment": change.comment,
        "created_at": tx.now,
    }
    tx.version(kind)
    entries: list[dict[str, Any]] = [_entry(item) for item in change.entries] or [_NO_ENTRY]
    for seq, item in enumerate(entries):
        tx.defer(_insert_entry, (change_id, seq), {**shared, "seq": seq, **item})


def _fields_before(before: Zone | None, change: Change) -> str | None:
    kept = {name for name in change.fields if not name.endswith("_count")}
    if before is None or not kept:
        return None
    return rows.dump({name: getattr(before, name) for name in sorted(kept)})


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "recordset_id": entry.recordset_id,
        "name": entry.name,
        "type": entry.type,
        "head": entry.head,
        "ttl_before": entry.ttl_before,
        "wire_before": entry.wire_before or None,
        "records_before": None if entry.records_before is None else rows.dump(entry.records_before),
        "ttl_after": entry.ttl_after,
        "wire_after": entry.wire_after or None,
        "records_after": None if entry.records_after is None else rows.dump(entry.records_after),
    }


_NO_ENTRY: dict[str, Any] = dict.fromkeys(
    (
        "recordset_id",
        "name",
        "type",
        "head",
        "ttl_before",
        "wire_before",
        "records_before",
        "ttl_after",
        "wire_after",
        "records_after",
    )
)
