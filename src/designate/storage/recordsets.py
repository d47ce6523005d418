# SPDX-License-Identifier: Apache-2.0
"""Queries on recordsets."""

from collections.abc import Sequence
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
    not_,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from designate.model import names as name_tree
from designate.model import status as statuses
from designate.model.listing import Page, Query
from designate.model.recordsets import RecordSet, Stored
from designate.model.soa import soa_text
from designate.model.zones import Zone
from designate.storage import criteria, rows, search
from designate.storage import zones as zone_queries
from designate.storage.prepared import Prepared, numbered, numbers
from designate.storage.tables import record_values, recordsets, zone_state, zones
from designate.storage.tables.zones import LIVE
from designate.storage.unit_of_work import Transaction

_load = msgspec.json.Decoder(list[str]).decode
_own = (
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
_in_zone: Select[Any] = select(*_own).where(
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


_everywhere: Select[Any] = (
    select(
        *_own,
        zones.c.name.label("zone_name"),
        zones.c.status.label("zone_status"),
        zones.c.generation.label("zone_generation"),
        zone_state.c.confirmed_generation,
    )
    .join(zones, and_(zones.c.id == recordsets.c.zone_id, zones.c.epoch == recordsets.c.epoch))
    .join(zone_state, zone_state.c.zone_id == zones.c.id)
    .where(zones.c.deleted == LIVE)
)


_insert = Prepared(
    insert(recordsets), *(column.name for column in recordsets.c if column.name != "updated_at")
)
_insert_values = Prepared(insert(record_values), *search.COLUMNS)
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


def _fields(
    confirmed: ColumnElement[Any],
    waiting: ColumnElement[bool],
    failing: ColumnElement[bool],
    data: search.DataField,
) -> criteria.Fields:
    # The SOA changes with every version of its zone.
    soa_settled = or_(recordsets.c.type != "SOA", not_(waiting))
    settled = and_(recordsets.c.generation <= confirmed, soa_settled)
    created = recordsets.c.created_generation > confirmed
    actions = {
        "NONE": settled,
        "CREATE": and_(not_(settled), created),
        "UPDATE": and_(not_(settled), not_(created)),
    }
    return criteria.Fields(
        {
            "name": criteria.NameField(recordsets.c.name_key, recordsets.c.reverse_key),
            "type": criteria.TextField(recordsets.c.type),
            "ttl": criteria.NumberField(recordsets.c.ttl),
            "description": criteria.TextField(recordsets.c.description),
            "zone_id": criteria.TextField(recordsets.c.zone_id),
            "data": data,
            "status": criteria.DerivedField(criteria.status_conditions(settled, failing)),
            "action": criteria.DerivedField(actions),
        }
    )


_SORT = {
    "created_at": criteria.Sort(recordsets.c.created_at),
    "updated_at": criteria.Sort(recordsets.c.updated_at, nullable=True),
    "id": criteria.Sort(recordsets.c.id),
    "zone_id": criteria.Sort(recordsets.c.zone_id),
    "tenant_id": criteria.Sort(recordsets.c.project_id, nullable=True),
    "name": criteria.Sort(recordsets.c.name_key),
    "type": criteria.Sort(recordsets.c.type),
    "ttl": criteria.Sort(recordsets.c.ttl, nullable=True),
}
_IN_ZONE = criteria.Listing(
    _fields(
        bindparam("confirmed"),
        bindparam("waiting") == 1,
        bindparam("failing") == 1,
        search.DataField(record_values.c.zone_id == bindparam("zone_id")),
    ),
    _SORT,
    recordsets.c.id,
)
_zone_confirmed = zone_state.c.confirmed_generation
_EVERYWHERE = criteria.Listing(
    _fields(
        _zone_confirmed,
        zones.c.generation > _zone_confirmed,
        zones.c.status == "ERROR",
        search.DataField(),
    ),
    _SORT,
    recordsets.c.id,
)


def find(connection: Connection, zone: Zone, query: Query) -> Page[RecordSet]:
    """A page of the recordsets of a zone; the whole zone is counted without counting."""
    total = zone.recordset_count if query.count and not query.filters else None
    page = _IN_ZONE.page(
        connection,
        _in_zone,
        msgspec.structs.replace(query, count=query.count and total is None),
        {
            "zone_id": zone.id,
            "epoch": zone.epoch,
            "confirmed": zone.confirmed_generation,
            "waiting": int(zone.generation > zone.confirmed_generation),
            "failing": int(zone.status == "ERROR"),
        },
    )
    items = [_of_zone(row, zone) for row in page.items]
    return Page(items, page.total if total is None else total)


def find_all(connection: Connection, query: Query, project_id: str | None) -> Page[RecordSet]:
    """A page of the recordsets of a project, or of all when `project_id` is None."""
    statement = _everywhere
    if project_id is not None:
        statement = statement.where(recordsets.c.project_id == project_id)
    page = _EVERYWHERE.page(connection, statement, query)
    found = [_everywhere_row(row) for row in page.items]
    return Page(_with_soa(connection, found), page.total)


def locate(connection: Connection, recordset_id: str) -> str | None:
    """The id of the zone that holds a recordset."""
    statement = _everywhere.with_only_columns(recordsets.c.zone_id)
    return connection.execute(statement.where(recordsets.c.id == recordset_id)).scalar()


def get(connection: Connection, zone: Zone, recordset_id: str) -> RecordSet | None:
    """A recordset of a zone."""
    bound = {"zone_id": zone.id, "epoch": zone.epoch, "id": recordset_id}
    row = _one_in_zone.first(connection, bound)
    return None if row is None else _of_zone(row, zone)


def get_stored(tx: Transaction, zone: Zone, recordset_id: str) -> Stored | None:
    """A recordset of a locked zone with its wire form."""
    bound = {"zone_id": zone.id, "epoch": zone.epoch, "id": recordset_id}
    row = _one_with_wire.first(tx.connection, bound)
    return (
        None if row is None else Stored(recordset=_of_zone(row, zone), head=row.head, wire=row.wire)
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
    for value, rtype in _around(len(candidates)).all(tx.connection, bound):
        if rtype is None:
            children.append(value)
        else:
            types[rtype] = value
    return Around(types, children)


def add(tx: Transaction, stored: Sequence[Stored], epoch: int = 0) -> None:
    """Insert recordsets and their values, in multi-row statements."""
    if not stored:
        return
    tx.run_many(_insert, [_values(item, epoch) for item in stored])
    values = [value for item in stored for value in search.keys(item.recordset)]
    if values:
        tx.run_many(_insert_values, values)


def replace(tx: Transaction, stored: Stored, *, records_changed: bool) -> None:
    """Write a recordset anew."""
    item = stored.recordset
    values: dict[str, Any] = {f"b_{name}": getattr(item, name, None) for name in _REPLACED}
    values |= {"b_id": item.id, "b_records": rows.dump(item.records), "b_wire": stored.wire}
    tx.run(_replace, values)
    if records_changed:
        tx.run(_delete_values, {"b_id": item.id})
        found = search.keys(item)
        if found:
            tx.run_many(_insert_values, found)


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


def _of_zone(row: Any, zone: Zone) -> RecordSet:
    records = [soa_text(zone)] if row.type == "SOA" else _load(row.records)
    return _recordset(
        row,
        zone_name=zone.name,
        records=records,
        confirmed=zone.confirmed_generation,
        generation=zone.generation if row.type == "SOA" else row.generation,
        failing=zone.status == "ERROR",
    )


def _everywhere_row(row: Any) -> RecordSet:
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


def _with_soa(connection: Connection, items: list[RecordSet]) -> list[RecordSet]:
    """Fill in the SOA recordsets, whose content is their zone's row."""
    wanted = {item.zone_id for item in items if item.type == "SOA"}
    if not wanted:
        return items
    found = zone_queries.get_many(connection, wanted)
    return [
        msgspec.structs.replace(item, records=[soa_text(found[item.zone_id])])
        if item.type == "SOA" and item.zone_id in found
        else item
        for item in items
    ]
