# SPDX-License-Identifier: Apache-2.0
"""Lists of recordsets: of a zone, of a project, of all projects."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, bindparam, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from designate.model.listing import Page, Query
from designate.model.recordsets import RecordSet
from designate.model.soa import soa_text
from designate.model.zones import ERROR, PENDING, Zone
from designate.storage import criteria, owners, recordsets, search, zones
from designate.storage.leading import LeadingJoin
from designate.storage.listing import Listing, Sort, Source
from designate.storage.tables import record_values, zone_state
from designate.storage.tables import recordsets as table
from designate.storage.tables import zones as zones_table
from designate.storage.tables.zones import LIVE

_ids = select(table.c.id)
_SORTS = {
    "created_at": Sort(table.c.created_at, indexed=True),
    "updated_at": Sort(table.c.updated_at, nullable=True),
    "id": Sort(table.c.id),
    "zone_id": Sort(table.c.zone_id),
    "tenant_id": Sort(table.c.project_id, nullable=True),
    "name": Sort(table.c.name_key),
    "type": Sort(table.c.type),
    "ttl": Sort(table.c.ttl, nullable=True),
}


def _status_fields(
    confirmed: ColumnElement[Any],
    waiting: ColumnElement[bool],
    failing: ColumnElement[bool],
    ids: tuple[criteria.Branches | None, criteria.Branches],
) -> dict[str, criteria.Field]:
    # The SOA changes with every version of its zone.
    soa_settled = or_(table.c.type != "SOA", not_(waiting))
    settled = and_(table.c.generation <= confirmed, soa_settled)
    created = table.c.created_generation > confirmed
    actions = {
        "NONE": settled,
        "CREATE": and_(not_(settled), created),
        "UPDATE": and_(not_(settled), not_(created)),
    }
    statuses = criteria.status_conditions(settled, failing)
    return {
        "status": criteria.DerivedField(statuses, "ACTIVE", ids),
        "action": criteria.DerivedField(actions, "NONE", ids),
    }


# -- of a zone --------------------------------------------------------------------------------

_zone_scope = (table.c.zone_id == bindparam("zone_id"), table.c.epoch == bindparam("epoch"))
_zone_ids = _ids.where(*_zone_scope)
_confirmed: ColumnElement[Any] = bindparam("confirmed")
_by_generation = _zone_ids.order_by(table.c.generation)
_zone_soa = _zone_ids.where(table.c.type == "SOA")
_IN_ZONE = Listing(
    Source(
        columns=recordsets.SHOWN,
        identity=table.c.id,
        joined=(),
        scope=(_zone_ids,),
        visible=_zone_scope,
        narrow=[("zone_id", bindparam("zone_id"))],
    ),
    criteria.Fields(
        {
            "name": criteria.NameField(table.c.name_key, table.c.reverse_key, _zone_ids),
            "type": criteria.TextField(table.c.type, ordered=True),
            "ttl": criteria.NumberField(table.c.ttl, _ids, _ids),
            "description": criteria.TextField(table.c.description),
            "zone_id": criteria.TextField(table.c.zone_id),
            "data": search.DataField(),
            **_status_fields(
                _confirmed,
                bindparam("waiting") == 1,
                bindparam("failing") == 1,
                (
                    (_by_generation.where(table.c.generation <= _confirmed),),
                    (_by_generation.where(table.c.generation > _confirmed), _zone_soa),
                ),
            ),
        }
    ),
    _SORTS,
)


def find(connection: Connection, zone: Zone, query: Query) -> Page[RecordSet]:
    """A page of the recordsets of a zone; the whole zone is counted without counting."""
    total = zone.recordset_count if query.count and not query.filters else None
    page = _IN_ZONE.page(
        connection,
        msgspec.structs.replace(query, count=query.count and total is None),
        {
            "zone_id": zone.id,
            "epoch": zone.epoch,
            "confirmed": zone.confirmed_generation,
            "waiting": int(zone.generation > zone.confirmed_generation),
            "failing": int(zone.status == ERROR),
        },
        zone.recordset_count,
    )
    items = [recordsets.of_zone(row, zone) for row in page.items]
    return Page(items, page.total if total is None else total)


# -- over zones -------------------------------------------------------------------------------

OF_ITS_ZONE = and_(zones_table.c.id == table.c.zone_id, zones_table.c.epoch == table.c.epoch)
_its_confirmed = zone_state.c.confirmed_generation
COLUMNS = (
    *recordsets.SHOWN,
    zones_table.c.name.label("zone_name"),
    zones_table.c.status.label("zone_status"),
    zones_table.c.generation.label("zone_generation"),
    zone_state.c.confirmed_generation,
)
"""What `recordsets.of_any_zone` reads, of recordsets, their zones and those zones' states."""


_MAX_NAMED = 300
_named = select(table.c.id, table.c.project_id)
_of_waiting_zones = and_(
    zones_table.c.status.in_((PENDING, ERROR)),
    zones_table.c.deleted == LIVE,
    zone_state.c.zone_id == zones_table.c.id,
)
_waiting_zones = (
    select(zones_table.c.id, zones_table.c.epoch, _its_confirmed)
    .where(_of_waiting_zones)
    .limit(_MAX_NAMED + 1)
)


def _joined(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Recordsets of the zones that wait for name servers, of which there are few."""
    waiting = LeadingJoin(zones_table, zone_state, _of_waiting_zones)
    return _named.select_from(LeadingJoin(waiting, table, and_(OF_ITS_ZONE, *conditions)))


_UNSETTLED = _joined(table.c.generation > _its_confirmed), _joined(table.c.type == "SOA")


def _unsettled(connection: Connection) -> criteria.Branches:
    """Recordsets that wait for name servers, by the zones that do.

    MariaDB reads a whole zone where it joins by what is greater than a column, so that there the
    zones are named, unless they are very many.
    """
    if connection.dialect.name not in ("mysql", "mariadb"):
        return _UNSETTLED
    waiting = connection.execute(_waiting_zones).all()
    if not 0 < len(waiting) <= _MAX_NAMED:
        return _UNSETTLED
    newer = [
        and_(
            table.c.zone_id == zone.id,
            table.c.epoch == zone.epoch,
            table.c.generation > zone.confirmed_generation,
        )
        for zone in waiting
    ]
    apexes = [
        and_(table.c.zone_id == zone.id, table.c.epoch == zone.epoch, table.c.type == "SOA")
        for zone in waiting
    ]
    return tuple(_named.where(condition) for condition in (or_(*newer), or_(*apexes)))


# The index of all begins with a column of few values, which no other list names: see the table.
_ALL = tuple(_ids.where(table.c.managed == managed) for managed in (0, 1))


def _over_zones(
    scope: Sequence[ColumnElement[bool]],
    values: Sequence[ColumnElement[bool]],
    waiting: criteria.Branches,
) -> Listing:
    named = _named
    fields: dict[str, criteria.Field] = {
        "name": criteria.NameField(table.c.name_key, table.c.reverse_key, named),
        "type": criteria.TextField(table.c.type, ordered=True),
        "ttl": criteria.NumberField(table.c.ttl, named.where(*scope), named),
        "description": criteria.TextField(table.c.description),
        "zone_id": criteria.TextField(table.c.zone_id, _ids),
        "data": search.DataField(*values),
        **_status_fields(
            _its_confirmed,
            zones_table.c.generation > _its_confirmed,
            zones_table.c.status == "ERROR",
            (None, waiting),
        ),
    }
    source = Source(
        columns=COLUMNS,
        identity=table.c.id,
        joined=(
            (zones_table, OF_ITS_ZONE),
            (zone_state, zone_state.c.zone_id == zones_table.c.id),
        ),
        scope=(_ids.where(*scope),) if scope else _ALL,
        visible=(
            *scope,
            zones_table.c.deleted == LIVE,
            *([not_(owners.following(bindparam("project")))] if scope else []),
        ),
        narrow=[("project_id", bindparam("project"))] if scope else [],
    )
    return Listing(source, criteria.Fields(fields), _SORTS)


def _listing(project_id: str | None, waiting: criteria.Branches) -> Listing:
    if project_id is None:
        return _over_zones([], [], waiting)
    mine = table.c.project_id == bindparam("project")
    return _over_zones([mine], [record_values.c.project_id == bindparam("project")], waiting)


_IN_PROJECT = _listing("any", _UNSETTLED)
_EVERYWHERE = _listing(None, _UNSETTLED)


def find_all(connection: Connection, query: Query, project_id: str | None) -> Page[RecordSet]:
    """A page of the recordsets of a project, or of all when `project_id` is None."""
    listing = _EVERYWHERE if project_id is None else _IN_PROJECT
    if not query.filters.keys().isdisjoint(("status", "action")):
        listing = _listing(project_id, _unsettled(connection))
    page = listing.page(connection, query, {"project": project_id})
    found = [recordsets.of_any_zone(row) for row in page.items]
    return Page(_with_soa(connection, found), page.total)


def _with_soa(connection: Connection, items: list[RecordSet]) -> list[RecordSet]:
    """Fill in the SOA recordsets, whose content is their zone's row."""
    wanted = {item.zone_id for item in items if item.type == "SOA"}
    if not wanted:
        return items
    found = zones.get_many(connection, wanted)
    return [
        msgspec.structs.replace(item, records=[soa_text(found[item.zone_id])])
        if item.type == "SOA" and item.zone_id in found
        else item
        for item in items
    ]
