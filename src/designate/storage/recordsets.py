# SPDX-License-Identifier: Apache-2.0
"""Queries on recordsets."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)

from designate.model import names as name_tree
from designate.model import status as statuses
from designate.model.recordsets import Managed, RecordSet, Stored
from designate.model.soa import soa_text
from designate.model.zones import Zone
from designate.storage import rows, search
from designate.storage.prepared import Prepared, numbered, numbers
from designate.storage.tables import record_values, recordsets, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

_load = msgspec.json.Decoder(list[str]).decode
SHOWN = (
    recordsets.c.id,
    recordsets.c.zone_id,
    recordsets.c.epoch,
    recordsets.c.project_id,
    recordsets.c.name,
    recordsets.c.type,
    recordsets.c.ttl,
    recordsets.c.description,
    recordsets.c.managed,
    recordsets.c.records,
    recordsets.c.generation,
    recordsets.c.created_generation,
    recordsets.c.version,
    recordsets.c.created_at,
    recordsets.c.updated_at,
)
_in_zone: Select[Any] = select(*SHOWN).where(
    recordsets.c.zone_id == bindparam("zone_id"), recordsets.c.epoch == bindparam("epoch")
)
_by_id = _in_zone.where(recordsets.c.id == bindparam("id"))
_one_in_zone = Prepared(_by_id)
_one_with_wire = Prepared(_by_id.add_columns(recordsets.c.head, recordsets.c.wire))


@cache
def _around(candidates: int) -> Prepared:
    """The recordsets at a name, and the zones among so many candidates."""
    found = select(recordsets.c.id.label("value"), recordsets.c.type.label("rtype")).where(
        recordsets.c.zone_id == bindparam("zone_id"),
        recordsets.c.epoch == bindparam("epoch"),
        recordsets.c.name_key == bindparam("name_key"),
    )
    if not candidates:
        return Prepared(found)
    children = select(zones.c.name_key.label("value"), null().label("rtype")).where(
        zones.c.name_key.in_(numbered("candidate", candidates)),
        zones.c.pool_id == bindparam("pool_id"),
        zones.c.deleted == LIVE,
    )
    return Prepared(union_all(found, children))


_located = (
    select(recordsets.c.zone_id)
    .join(zones, and_(zones.c.id == recordsets.c.zone_id, zones.c.epoch == recordsets.c.epoch))
    .where(recordsets.c.id == bindparam("id"), zones.c.deleted == LIVE)
)


_insert = Prepared(
    insert(recordsets), *(column.name for column in recordsets.c if column.name != "updated_at")
)
_insert_values = Prepared(insert(record_values), *search.COLUMNS)
_MANAGED = {
    "managed_resource_type": "resource_type",
    "managed_resource_id": "resource_id",
    "managed_resource_region": "resource_region",
    "managed_project_id": "project_id",
    "managed_extra": "extra",
    "managed_plugin_type": "plugin_type",
    "managed_plugin_name": "plugin_name",
}
"""Column of a value, and the field of `Managed` that it holds."""
_insert_managed = Prepared(insert(record_values), *search.COLUMNS, *_MANAGED)
_managed_columns = [record_values.c[column].label(name) for column, name in _MANAGED.items()]
_stands_for = Prepared(
    select(*_managed_columns).where(
        record_values.c.recordset_id == bindparam("id"),
        record_values.c.managed_resource_id.is_not(None),
    )
)
_delete = Prepared(delete(recordsets).where(recordsets.c.id == bindparam("b_id")))
_delete_values = Prepared(
    delete(record_values).where(record_values.c.recordset_id == bindparam("b_id"))
)
_REPLACED = (
    "ttl",
    "description",
    "records",
    "wire",
    "generation",
    "created_generation",
    "version",
    "updated_at",
)
_replace = Prepared(
    update(recordsets)
    .where(recordsets.c.id == bindparam("b_id"))
    .values({name: bindparam(f"b_{name}") for name in _REPLACED})
)


def locate(connection: Connection, recordset_id: str) -> str | None:
    """The id of the zone that holds a recordset."""
    return connection.execute(_located, {"id": recordset_id}).scalar()


def get(connection: Connection, zone: Zone, recordset_id: str) -> RecordSet | None:
    """A recordset of a zone."""
    bound = {"zone_id": zone.id, "epoch": zone.epoch, "id": recordset_id}
    row = _one_in_zone.first(connection, bound)
    return None if row is None else of_zone(row, zone)


def get_stored(tx: Transaction, zone: Zone, recordset_id: str) -> Stored | None:
    """A recordset of a locked zone with its wire form."""
    bound = {"zone_id": zone.id, "epoch": zone.epoch, "id": recordset_id}
    row = _one_with_wire.first(tx.connection, bound)
    return (
        None if row is None else Stored(recordset=of_zone(row, zone), head=row.head, wire=row.wire)
    )


class Around(NamedTuple):
    """What else is at a name: types of recordsets with their ids, and child zones above it."""

    types: dict[str, str]
    children: list[str]


def around(tx: Transaction, zone: Zone, name_key: str, candidates: Sequence[str]) -> Around:
    """What is at a name of a zone; `candidates` are the names that child zones might have."""
    bound = {
        "zone_id": zone.id,
        "epoch": zone.epoch,
        "name_key": name_key,
        "pool_id": zone.pool_id,
        **numbers("candidate", candidates),
    }
    types: dict[str, str] = {}
    children: list[str] = []
    waits = (zone.id, name_key) in tx.added
    connection = tx.connection if waits else tx.behind
    for value, rtype in _around(len(candidates)).all(connection, bound):
        if rtype is None:
            children.append(value)
        else:
            types[rtype] = value
    return Around(types, children)


def add(tx: Transaction, stored: Sequence[Stored], epoch: int = 0) -> None:
    """Insert recordsets and their values, in multi-row statements, with those of other writers."""
    for each in stored:
        item = each.recordset
        tx.added.add((item.zone_id, item.name_key))
        tx.defer(_insert, item.id, _values(each, epoch))
        statement, values = _keys(each)
        for value in values:
            tx.defer(statement, (item.id, value["ordinal"]), value)


def replace(tx: Transaction, stored: Stored, *, records_changed: bool) -> None:
    """Write a recordset anew; without another `stands_for` it keeps what it stood for."""
    item = stored.recordset
    values: dict[str, Any] = {f"b_{name}": getattr(item, name, None) for name in _REPLACED}
    values |= {"b_id": item.id, "b_records": rows.dump(item.records), "b_wire": stored.wire}
    tx.run(_replace, values)
    if records_changed:
        if item.managed and stored.stands_for is None:
            stored = msgspec.structs.replace(stored, stands_for=stands_for(tx.connection, item.id))
        tx.run(_delete_values, {"b_id": item.id})
        statement, found = _keys(stored)
        if found:
            tx.run_many(statement, found)


def stands_for(connection: Connection, recordset_id: str) -> Managed | None:
    """What the records of a recordset stand for."""
    row = _stands_for.first(connection, {"id": recordset_id})
    return None if row is None else Managed(**row._asdict())


def _keys(stored: Stored) -> tuple[Prepared, list[dict[str, Any]]]:
    """The rows of a recordset's values, and the statement that inserts one."""
    found, resource = search.keys(stored.recordset), stored.stands_for
    if resource is None:
        return _insert_values, found
    managed = {column: getattr(resource, name) for column, name in _MANAGED.items()}
    return _insert_managed, [value | managed for value in found]


def has_of_project(
    connection: Connection, zone: Zone, project_id: str, since: datetime | None = None
) -> bool:
    """Whether a project has made recordsets of a zone, at all or since a moment.

    At all, this may read the whole zone; since a moment no more than was made since.
    """
    mine = select(literal(1)).where(
        recordsets.c.zone_id == zone.id,
        recordsets.c.epoch == zone.epoch,
        recordsets.c.project_id == project_id,
    )
    if since is not None:
        mine = mine.where(recordsets.c.created_at >= since)
    return connection.execute(mine.limit(1)).first() is not None


def remove(tx: Transaction, recordset_id: str) -> None:
    """Delete a recordset and its values."""
    tx.run(_delete_values, {"b_id": recordset_id})
    tx.run(_delete, {"b_id": recordset_id})


def _values(stored: Stored, epoch: int) -> dict[str, Any]:
    item = stored.recordset
    return {
        "id": item.id,
        "zone_id": item.zone_id,
        "epoch": epoch,
        "project_id": item.project_id,
        "name": item.name,
        "name_key": item.name_key,
        "reverse_key": name_tree.reverse(item.name_key),
        "type": item.type,
        "ttl": item.ttl,
        "description": item.description,
        "managed": int(item.managed),
        "records": rows.dump(item.records),
        "head": stored.head,
        "wire": stored.wire,
        "generation": item.generation,
        "created_generation": item.created_generation,
        "version": item.version,
        "created_at": item.created_at,
    }


def of_zone(row: Any, zone: Zone) -> RecordSet:
    """A recordset from its row and its zone."""
    records = [soa_text(zone)] if row.type == "SOA" else _load(row.records)
    return _recordset(
        row,
        zone_name=zone.name,
        records=records,
        confirmed=zone.confirmed_generation,
        generation=zone.generation if row.type == "SOA" else row.generation,
        failing=zone.status == "ERROR",
    )


def of_any_zone(row: Any) -> RecordSet:
    """A recordset from a row that has what is needed of its zone; a SOA has no records yet."""
    return _recordset(
        row,
        zone_name=row.zone_name,
        records=_load(row.records),
        confirmed=row.confirmed_generation,
        generation=row.zone_generation if row.type == "SOA" else row.generation,
        failing=row.zone_status == "ERROR",
    )


def _recordset(
    row: Any,
    *,
    zone_name: str,
    records: list[str],
    confirmed: int,
    generation: int,
    failing: bool,
) -> RecordSet:
    return RecordSet(
        id=row.id,
        zone_id=row.zone_id,
        zone_name=zone_name,
        project_id=row.project_id,
        name=row.name,
        type=row.type,
        records=records,
        ttl=row.ttl,
        description=row.description,
        managed=bool(row.managed),
        generation=generation,
        created_generation=row.created_generation,
        status=statuses.recordset_status(generation, confirmed, failing=failing),
        action=statuses.recordset_action(generation, row.created_generation, confirmed),
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
