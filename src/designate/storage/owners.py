# SPDX-License-Identifier: Apache-2.0
"""What belongs to the owner of a zone, and follows it to a new one.

The zone itself is one row. Its recordsets and their values may be millions: they follow in steps
that each begin where the one before has ended. Until then lists over zones pass over them, so that
who had the zone does not see what becomes of it.
"""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from designate.model.zones import Zone
from designate.storage import rows, tasks, zones
from designate.storage.tables import record_values, recordsets, shares, zone_tasks
from designate.storage.tables import zones as zones_table
from designate.storage.tables.tasks import FOLLOW
from designate.storage.transaction import Transaction


class Place(NamedTuple):
    """Where a step has ended, in the order of names and types."""

    name_key: str = ""
    type: str = ""


class Following(NamedTuple):
    """What is to follow: the recordsets that a zone had when it moved."""

    zone_id: str
    generation: int
    moved_at: datetime


class Task(NamedTuple):
    """A zone whose recordsets are to follow, taken by somebody."""

    id: str
    what: Following


class _Moved(msgspec.Struct):
    generation: int
    moved_at: datetime
    former: str | None


def following(project_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a zone of another project may have recordsets that still follow it to its owner.

    A list of the former owner reads past all of these: on SQLite half a second for 240,000, until
    they have followed. Other lists read no more for it.
    """
    waiting = exists().where(
        zone_tasks.c.zone_id == zones_table.c.id,
        zone_tasks.c.task_type == FOLLOW,
    )
    return and_(zones_table.c.project_id != project_id, waiting)


def count(tx: Transaction, zone: Zone, project_id: str) -> int:
    """The number of zones of a new owner; its rivals, and those of the old one, are excluded."""
    found = {}
    for owner in sorted({project_id, zone.project_id or ""}):
        found[owner] = zones.count_in_project(tx, owner)
    return found[project_id]


def hand_over(tx: Transaction, zone: Zone, project_id: str) -> None:
    """Let what counts a zone, and its shares, go with it; one with the new owner ends."""
    zones.give_back(tx, zone.project_id)
    zones.use(tx, project_id)
    of_zone = shares.c.zone_id == zone.id
    tx.write(delete(shares).where(of_zone, shares.c.target_project_id == project_id))
    tx.write(update(shares).where(of_zone).values(project_id=project_id))


def queue(tx: Transaction, zone: Zone, former: str | None) -> None:
    """Leave it to `claim` and `follow` that the recordsets go with a zone that has just moved."""
    moved = msgspec.json.encode(_Moved(zone.generation, tx.now, former)).decode()
    values = {"id": rows.ordered_id(), "task_type": FOLLOW, "project_id": zone.project_id}
    document = {"context": "{}", "attributes": moved}
    tasks.add(tx, values | document | {"zone_id": zone.id})


def still_owns(tx: Transaction, zone_id: str, project_id: str) -> bool:
    """Whether recordsets of a zone still have this project as their owner, which was the zone's."""
    waiting = select(zone_tasks.c.attributes).where(
        zone_tasks.c.zone_id == zone_id, zone_tasks.c.task_type == FOLLOW
    )
    moved = (msgspec.json.decode(text, type=_Moved) for text in tx.read(waiting).scalars())
    return any(item.former == project_id for item in moved)


def claim(tx: Transaction, token: str) -> Task | None:
    """Take what has waited longest, under a token of the caller's."""
    row = tasks.claim(tx, FOLLOW, token)
    if row is None:
        return None
    moved = msgspec.json.decode(row.attributes, type=_Moved)
    return Task(row.id, Following(row.zone_id, moved.generation, moved.moved_at))


def follow(tx: Transaction, what: Following, after: Place, limit: int) -> Place | None:
    """Let some recordsets follow their zone; the place for the next step, None behind the last.

    What was made since is its maker's.
    """
    zone = zones.lock(tx, what.zone_id)
    if zone is None:
        return None
    key, rtype = recordsets.c.name_key, recordsets.c.type
    some = (
        select(recordsets)
        .with_only_columns(
            recordsets.c.id,
            key,
            rtype,
            recordsets.c.project_id,
            recordsets.c.created_generation,
            recordsets.c.created_at,
        )
        .where(
            recordsets.c.zone_id == zone.id,
            recordsets.c.epoch == zone.epoch,
            key >= after.name_key,
            or_(key > after.name_key, rtype > after.type),
        )
        .order_by(key, rtype)
        .limit(limit)
    )
    found = tx.read(some).all()
    moving = [
        row.id
        for row in found
        if row.created_generation <= what.generation
        and row.created_at <= what.moved_at
        and row.project_id != zone.project_id
    ]
    if moving:
        for table, column in ((recordsets, recordsets.c.id), (record_values, _VALUES)):
            tx.write(update(table).where(column.in_(moving)).values(project_id=zone.project_id))
    return Place(found[-1].name_key, found[-1].type) if len(found) == limit else None


_VALUES = record_values.c.recordset_id
