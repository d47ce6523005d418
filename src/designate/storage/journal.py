# SPDX-License-Identifier: Apache-2.0
"""The journal read backwards: any version that is kept is the current one minus what came after.

So it can be pruned from its old end. What is left is a suffix of it, with the newest version at
least; its oldest version, the floor, can be rebuilt, and IXFR leads on from it. Nothing leads from
an older serial: a server that has one is behind, and takes the whole zone (decision 3a.4).

A barrier is as good as any other version here: it stops IXFR only (decision 3a.13). Those of today
change fields of the zone or nothing at all. One that replaces content as a whole will keep what it
replaced in compressed chunks, which take the place of its changes in `_changes`.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from designate.model import journal as model
from designate.model.journal import Change, Difference, Image, Kept, Version
from designate.model.zones import Zone
from designate.storage.servers import NAMESERVER
from designate.storage.tables import journal, recordsets, zone_servers, zone_state, zones
from designate.storage.transaction import Transaction

_STREAMED: dict[str, Any] = {"stream_results": True, "max_row_buffer": 2000}
"""For what may be many rows: never all of them in memory."""

_mine = journal.c.zone_id == bindparam("zone_id")
_in_order = (journal.c.generation, journal.c.seq)
_floor = select(func.min(journal.c.generation)).where(_mine)
_made = (
    select(journal.c.serial, journal.c.created_at)
    .where(_mine, journal.c.generation == bindparam("generation"))
    .limit(1)
)
_range = (_mine, journal.c.generation > bindparam("after"), journal.c.generation <= bindparam("to"))
_changes_between = (
    select(
        journal.c.recordset_id,
        journal.c.name,
        journal.c.type,
        journal.c.head,
        journal.c.ttl_before,
        journal.c.wire_before,
        journal.c.records_before,
        journal.c.ttl_after,
        journal.c.wire_after,
        journal.c.records_after,
    )
    .where(*_range, journal.c.head.is_not(None))
    .order_by(*_in_order)
    .execution_options(**_STREAMED)
)
_fields_between = (
    select(journal.c.zone_before)
    .where(*_range, journal.c.zone_before.is_not(None))
    .order_by(*_in_order)
)
# The SOA is no content: it is rendered from the zone.
_content = (
    select(
        recordsets.c.id,
        recordsets.c.name,
        recordsets.c.type,
        recordsets.c.ttl,
        recordsets.c.records,
        recordsets.c.head,
        recordsets.c.wire,
    )
    .where(
        recordsets.c.zone_id == bindparam("zone_id"),
        recordsets.c.epoch == bindparam("epoch"),
        recordsets.c.type != "SOA",
    )
    .order_by(recordsets.c.created_at, recordsets.c.id)
    .execution_options(**_STREAMED)
)


def floor(connection: Connection, zone_id: str) -> int | None:
    """The oldest version of a zone that is kept."""
    return connection.execute(_floor, {"zone_id": zone_id}).scalar()


def at(connection: Connection, zone: Zone, generation: int) -> Version | None:
    """A zone as it was at a version; None when that is not kept, or still to come.

    `zone` was read in the snapshot that `connection` is in, and the recordsets are to be read there
    as well.
    """
    if not _is_kept(connection, zone, generation):
        return None
    bound = {"zone_id": zone.id, "generation": generation}
    made = connection.execute(_made, bound).one()
    then = msgspec.structs.replace(
        zone,
        generation=generation,
        serial=made.serial,
        updated_at=None if generation == 1 else made.created_at,
        **_fields(connection, zone, generation),
    )
    later = model.net(_changes(connection, zone.id, generation, zone.generation))
    return Version(zone=then, recordsets=_rebuilt(connection, zone, later))


def difference(connection: Connection, zone: Zone, older: int, newer: int) -> Difference | None:
    """What changed in a zone from one version to a later one; None unless both are kept.

    `zone` was read in the snapshot that `connection` is in.
    """
    if older > newer or not all(_is_kept(connection, zone, one) for one in (older, newer)):
        return None
    changes = model.net(_changes(connection, zone.id, older, newer))
    now = msgspec.structs.asdict(zone)
    before = _fields(connection, zone, older)
    after = {name: now[name] for name in before} | _fields(connection, zone, newer)
    return Difference(
        recordsets=list(changes.values()),
        fields={
            name: (value, after[name]) for name, value in before.items() if value != after[name]
        },
    )


def _is_kept(connection: Connection, zone: Zone, generation: int) -> bool:
    oldest = floor(connection, zone.id)
    return oldest is not None and oldest <= generation <= zone.generation


def _fields(connection: Connection, zone: Zone, generation: int) -> dict[str, Any]:
    """Those fields of a zone that were changed after a version, as they were at it."""
    bound = {"zone_id": zone.id, "after": generation, "to": zone.generation}
    found = connection.execute(_fields_between, bound).scalars()
    return model.before(json.loads(text) for text in found)


def _changes(connection: Connection, zone_id: str, after: int, to: int) -> Iterator[Change]:
    """The recordsets that versions changed, oldest first."""
    bound = {"zone_id": zone_id, "after": after, "to": to}
    with connection.execute(_changes_between, bound) as found:
        for row in found:
            yield Change(
                _image(row, row.ttl_before, row.wire_before, row.records_before),
                _image(row, row.ttl_after, row.wire_after, row.records_after),
            )


def _image(row: Any, ttl: int | None, wire: bytes | None, records: str | None) -> Image | None:
    if records is None:
        return None
    return Image(
        recordset_id=row.recordset_id,
        name=row.name,
        type=row.type,
        ttl=ttl,
        records=json.loads(records),
        head=row.head,
        wire=wire or b"",
    )


def _rebuilt(connection: Connection, zone: Zone, later: dict[bytes, Change]) -> Iterator[Image]:
    """The recordsets of now, but for those that were changed later, and these as they were."""
    with connection.execute(_content, {"zone_id": zone.id, "epoch": zone.epoch}) as found:
        for row in found:
            if row.head not in later:
                yield Image(
                    recordset_id=row.id,
                    name=row.name,
                    type=row.type,
                    ttl=row.ttl,
                    records=json.loads(row.records),
                    head=row.head,
                    wire=row.wire,
                )
    for change in later.values():
        if change.before is not None:
            yield change.before


# -- pruning ----------------------------------------------------------------------------------

_of_zone = journal.c.zone_id == zones.c.id
_kept = (
    select(
        zones.c.id,
        zones.c.generation,
        select(journal.c.generation)
        .where(_of_zone)
        .order_by(*_in_order)
        .limit(1)
        .scalar_subquery()
        .label("floor"),
        select(journal.c.created_at)
        .where(_of_zone)
        .order_by(*_in_order)
        .limit(1)
        .scalar_subquery()
        .label("oldest"),
        zone_state.c.confirmed_generation,
        # A server that has never had the zone (0) takes it whole.
        select(func.min(zone_servers.c.generation))
        .where(
            zone_servers.c.zone_id == zones.c.id,
            zone_servers.c.role == NAMESERVER,
            zone_servers.c.generation > 0,
        )
        .scalar_subquery()
        .label("behind"),
    )
    .join(zone_state, zone_state.c.zone_id == zones.c.id)
    .where(zones.c.id > bindparam("after"), zones.c.id < bindparam("end"))
    .order_by(zones.c.id)
    .limit(bindparam("number"))
)
_LOOK = 500
"""Versions looked at in one query, to find the one of a moment."""
_versions = (
    select(journal.c.generation, journal.c.created_at)
    .where(_mine, journal.c.generation > bindparam("after"), journal.c.seq == 0)
    .order_by(*_in_order)
    .limit(_LOOK)
)
_oldest = (
    select(journal.c.id)
    .where(_mine, journal.c.generation < bindparam("floor"))
    .order_by(*_in_order)
    .limit(bindparam("number"))
)


def kept(connection: Connection, after: str, end: str, limit: int) -> list[Kept]:
    """What is kept of zones, deleted ones too, in the order of their ids, between two texts."""
    found = connection.execute(_kept, {"after": after, "end": end, "number": limit})
    return [
        Kept(
            zone_id=row.id,
            generation=row.generation,
            floor=row.floor,
            oldest=row.oldest,
            needed=min(row.confirmed_generation, row.behind or row.confirmed_generation),
        )
        for row in found
        if row.floor is not None
    ]


def current_at(connection: Connection, zone_id: str, moment: datetime) -> int | None:
    """The version of a zone that was current at a time; None when all that are kept are younger.

    Where the clock was set back, versions count as made no earlier than those before them.
    """
    newest: int | None = None
    while True:
        bound = {"zone_id": zone_id, "after": newest or 0}
        found = connection.execute(_versions, bound).all()
        for row in found:
            if row.created_at > moment:
                return newest
            newest = row.generation
        if not found:
            return newest


def prune(tx: Transaction, zone_id: str, floor: int, limit: int) -> int:
    """Drop the oldest entries of a zone below a version, `limit` at most; returns how many."""
    ids = list(tx.read(_oldest, {"zone_id": zone_id, "floor": floor, "number": limit}).scalars())
    if ids:
        tx.write(delete(journal).where(journal.c.id.in_(ids)))
    return len(ids)
