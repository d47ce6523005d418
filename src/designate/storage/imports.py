# SPDX-License-Identifier: Apache-2.0
"""Queries on imports: the zone file that waits, and the recordsets that are staged from it.

Staged rows lie under the id of a zone that does not exist yet, so nothing shows them; inserting the
zone makes them its content (decision 3a.8).
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    union_all,
    update,
)

from designate.model import names as name_tree
from designate.model.context import Context
from designate.model.imports import ZoneImport
from designate.model.recordsets import RecordSet, Stored
from designate.model.zones import Zone
from designate.storage import rows, search, tasks
from designate.storage.bulk import BulkInsert
from designate.storage.keyed import Keyed, Own
from designate.storage.tables import record_values, recordsets, zone_task_chunks, zone_tasks
from designate.storage.tables import zones as zones_table
from designate.storage.tables.columns import DEL
from designate.storage.tables.tasks import DISCARDED, IMPORT
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

_CHUNKS_AT_ONCE = 8
_ONE = dict.fromkeys(("generation", "created_generation", "version"), 1)
_NONE = dict.fromkeys(("epoch", "managed"), 0)
_insert_recordsets = BulkInsert(
    recordsets,
    ("id", "name", "name_key", "reverse_key", "type", "ttl", "records", "head", "wire"),
    ("zone_id", "project_id", "created_at", *_ONE, *_NONE),
)
_insert_values = BulkInsert(
    record_values, ("recordset_id", "ordinal", "search_key"), ("zone_id", "project_id")
)
_CHANGES = ("ttl", "records", "wire")
_change_recordsets = Keyed(
    recordsets.c.id,
    lambda own: (
        update(recordsets)
        .where(own.rows)
        .values({name: own.value(recordsets.c[name]) for name in _CHANGES})
    ),
    # Of which each may be a hundred thousand bytes.
    most=16,
)
_delete_values = Keyed(
    record_values.c.recordset_id, lambda own: delete(record_values).where(own.rows)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An import claimed under a token, whose rows are staged under `zone_id`.

    `left_behind` says that an earlier, broken run may have staged rows there.
    """

    id: str
    project_id: str
    token: str
    zone_id: str
    ctx: Context
    attributes: dict[str, str]
    bytes_total: int
    created_at: datetime
    left_behind: bool


def claim(
    tx: Transaction, zone_id: str, token: str, served: str = "", largest: int | None = None
) -> Waiting | None:
    """Take the next import that waits, its rows to be staged under `zone_id`: see `tasks.in_turn`.

    One that was begun before keeps its id, so that what is left under it is never forgotten. Files
    of more than `largest` bytes are left to others.
    """
    small = () if largest is None else (zone_tasks.c.bytes_total <= largest,)
    order = tasks.in_turn(IMPORT, served)
    staged_zone_id = func.coalesce(zone_tasks.c.staged_zone_id, zone_id)
    row = tasks.claim(tx, IMPORT, token, small, order, staged_zone_id=staged_zone_id)
    if row is None:
        return None
    return Waiting(
        row.id,
        row.project_id,
        token,
        row.staged_zone_id,
        msgspec.json.decode(row.context, type=Context),
        msgspec.json.decode(row.attributes, type=dict[str, str]),
        row.bytes_total,
        row.created_at,
        row.staged_zone_id != zone_id,
    )


def import_of(row: Row[Any]) -> ZoneImport:
    """An import from its task."""
    return ZoneImport(
        id=row.id,
        project_id=row.project_id,
        status=row.status,
        message=row.message,
        zone_id=row.zone_id,
        records_done=row.records_done,
        bytes_done=row.bytes_done,
        bytes_total=row.bytes_total,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def remove(tx: Transaction, task: Row[Any]) -> None:
    """Forget an import; one that is under way ends, and what it has staged is left to be purged.

    One that has ended since it was read has become a zone, which stays.
    """
    mine = zone_tasks.c.id == task.id
    under_way = zone_tasks.c.staged_zone_id.is_not(None) & (zone_tasks.c.status == tasks.PENDING)
    discard = update(zone_tasks).where(mine, under_way).values(task_type=DISCARDED)
    # None that has ended waits again.
    if task.status == tasks.PENDING and tx.write(discard).rowcount:
        tx.leaves(lambda: exists().where(mine & (zone_tasks.c.task_type == DISCARDED)))
    else:
        tasks.remove(tx, task.id)


# -- the zone file ----------------------------------------------------------------------------


def add_chunk(tx: Transaction, task_id: str, ordinal: int, body: bytes) -> None:
    """Keep a piece of the zone file of a task that is still to be queued."""
    tx.write(insert(zone_task_chunks).values(task_id=task_id, ordinal=ordinal, body=body))
    mine = (zone_task_chunks.c.task_id == task_id) & (zone_task_chunks.c.ordinal == ordinal)
    tx.leaves(lambda: exists().where(mine))


def chunks(store: Store, task_id: str) -> Iterator[bytes]:
    """The pieces of a zone file in order, each read on its own."""
    ordinal = 0
    while True:
        mine = (zone_task_chunks.c.task_id == task_id) & (zone_task_chunks.c.ordinal == ordinal)
        with store.read() as connection:
            body = connection.execute(select(zone_task_chunks.c.body).where(mine)).scalar()
        if body is None:
            return
        yield body
        ordinal += 1


def remove_chunks(store: Store, task_id: str) -> None:
    """Drop the zone file of a task, in small transactions."""
    while store.write(lambda tx: _remove_some_chunks(tx, task_id)):
        pass


def _remove_some_chunks(tx: Transaction, task_id: str) -> bool:
    mine = zone_task_chunks.c.task_id == task_id
    some = select(zone_task_chunks.c.ordinal).where(mine).limit(_CHUNKS_AT_ONCE)
    found = list(tx.read(some).scalars())
    if found:
        tx.write(delete(zone_task_chunks).where(mine, zone_task_chunks.c.ordinal.in_(found)))
    return bool(found)


def remove_abandoned_chunks(tx: Transaction, begun_before: datetime | None = None) -> None:
    """Drop zone files whose upload an ended process did not finish, or whose task is forgotten.

    Where there are other processes, only those that were begun before: others may be on their way.
    """
    kept = select(zone_tasks.c.id).where(zone_tasks.c.status == "PENDING")
    statement = delete(zone_task_chunks).where(zone_task_chunks.c.task_id.not_in(kept))
    if begun_before is not None:
        statement = statement.where(zone_task_chunks.c.task_id < rows.ordered_from(begun_before))
    tx.write(statement)


# -- staged recordsets ------------------------------------------------------------------------


def staged(
    connection: Connection, zone_id: str, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, int | None, list[str]]]:
    """Those of the (name key, type) pairs that are staged: their ids, TTLs and texts."""
    statement = select(
        recordsets.c.name_key,
        recordsets.c.type,
        recordsets.c.id,
        recordsets.c.ttl,
        recordsets.c.records,
    ).where(_staged(zone_id), recordsets.c.name_key.in_({name_key for name_key, _ in keys}))
    return {
        (row.name_key, row.type): (row.id, row.ttl, json.loads(row.records))
        for row in connection.execute(statement)
        if (row.name_key, row.type) in keys
    }


def _staged(zone_id: str) -> ColumnElement[bool]:
    """The rows of an import: with the epoch, the index over names serves them."""
    return and_(recordsets.c.zone_id == zone_id, recordsets.c.epoch == 0)


class Batch(NamedTuple):
    """Rows of recordsets and of their values, ready to be written.

    `changed` are those of recordsets that are staged already: the file went on with them later.
    """

    recordsets: list[tuple[Any, ...]]
    changed: list[dict[str, Any]]
    values: list[tuple[Any, ...]]
    shared: dict[str, Any]


def batch(
    fresh: Sequence[Stored],
    zone_id: str,
    project_id: str | None,
    now: datetime,
    changed: Sequence[Stored] = (),
) -> Batch:
    """The rows of recordsets that become content when the zone is inserted."""
    rows_of_recordsets, values, changes = [], [], []
    for each in fresh:
        item = each.recordset
        name_key = item.name_key
        rows_of_recordsets.append(
            (
                item.id,
                item.name,
                name_key,
                name_tree.reverse(name_key),
                item.type,
                item.ttl,
                rows.dump(item.records),
                each.head,
                each.wire,
            )
        )
        values += _values_of(item)
    for each in changed:
        item = each.recordset
        row = {"id": item.id, "ttl": item.ttl, "records": rows.dump(item.records)}
        changes.append({**row, "wire": each.wire, "recordset_id": item.id})
        values += _values_of(item)
    shared = {"zone_id": zone_id, "project_id": project_id, "created_at": now, **_ONE, **_NONE}
    return Batch(rows_of_recordsets, changes, values, shared)


def _values_of(item: RecordSet) -> list[tuple[Any, ...]]:
    return [(item.id, n, search.key(text)) for n, text in enumerate(item.records)]


def stage(tx: Transaction, made: Batch) -> None:
    """Write the rows; a database takes many of them in one statement."""
    if made.recordsets:
        _insert_recordsets.run(tx, made.recordsets, made.shared)
        tx.leaves(lambda: exists().where(recordsets.c.id == made.recordsets[0][0]))
    _change_recordsets.run(tx, made.changed)
    _delete_values.run(tx, made.changed)
    _insert_values.run(tx, made.values, made.shared)


def cname_conflict(connection: Connection, zone_id: str) -> str | None:
    """A staged name that has a CNAME and other data too."""
    # One walk through an index: a join would take the square of it where statistics are missing.
    cnames = func.sum(case((recordsets.c.type == "CNAME", 1), else_=0))
    statement = (
        select(recordsets.c.name_key)
        .where(_staged(zone_id))
        .group_by(recordsets.c.name_key)
        .having(func.count() > 1, cnames > 0)
    )
    name_key = connection.execute(statement.limit(1)).scalar()
    spelt = select(recordsets.c.name).where(_staged(zone_id), recordsets.c.name_key == name_key)
    return None if name_key is None else connection.execute(spelt.limit(1)).scalar()


def clean_children(connection: Connection, zone_id: str, name_key: str) -> set[str]:
    """The zones below a name, in any pool, that hold nothing of what is staged.

    Looked at before the transaction that lets the zone be, since there may be thousands.
    """
    below = _children(connection, name_key)
    return set(below) - _names_in(connection, zone_id, below).keys()


def name_in_child(tx: Transaction, zone: Zone, clean: Collection[str]) -> str | None:
    """A staged name that a child zone of the pool holds; `clean` ones are known to hold none."""
    below = _children(tx.connection, zone.name_key, zones_table.c.pool_id == zone.pool_id)
    others = [child for child in below if child not in clean]
    return next(iter(_names_in(tx.connection, zone.id, others).values()), None)


def _children(connection: Connection, name_key: str, *only: ColumnElement[bool]) -> Sequence[str]:
    below = rows.prefix_range(zones_table.c.reverse_key, name_tree.reverse("." + name_key))
    statement = select(zones_table.c.name_key).where(below, zones_table.c.deleted == LIVE, *only)
    return connection.execute(statement).scalars().all()


def _names_in(connection: Connection, zone_id: str, child_zones: Sequence[str]) -> dict[str, str]:
    """Those zones that hold a staged name, each with one; delegations to it are the parent's."""
    asked = []
    for child in child_zones:
        low, high = rows.prefix_bounds(name_tree.reverse("." + child), DEL)
        asked.append({"name_key": child, "low": low, "high": high})
    found = _first_names.all(connection, asked, zone_id=zone_id)
    return {row.child: row.name for row in found}


def _first_name_of_each(own: Own) -> CompoundSelect[Any]:
    """A name at each of some zones, and one below each.

    Each is a select of its own, which every database answers with one row of an index: MariaDB
    would read all that is staged for each child in a join over ranges.
    """
    key, reverse = recordsets.c.name_key, recordsets.c.reverse_key
    bounds = own.given("low", reverse), own.given("high", reverse)
    found = []
    for child, low, high in zip(own.given("name_key", key), *bounds, strict=True):
        at = and_(key == child, recordsets.c.type != "NS")
        below = and_(reverse >= low, reverse < high)
        for place in (at, below):
            one = select(child.label("child"), recordsets.c.name)
            one = one.where(recordsets.c.zone_id == bindparam("zone_id"), recordsets.c.epoch == 0)
            found.append(select(one.where(place).limit(1).subquery()))
    return union_all(*found)


_first_names = Keyed(recordsets.c.name_key, _first_name_of_each)
