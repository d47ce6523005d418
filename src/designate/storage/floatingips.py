# SPDX-License-Identifier: Apache-2.0
"""Queries on the PTR records of floating IPs, and on the zones that hold them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from designate.model.floatingips import RESOURCE_TYPE, FloatingIP, Ptr
from designate.model.recordsets import RecordSet
from designate.model.zones import PRIMARY
from designate.storage import recordset_lists, recordsets
from designate.storage.tables import record_values as values
from designate.storage.tables import recordsets as table
from designate.storage.tables import zone_state, zones
from designate.storage.tables.zones import LIVE

_AT_ONCE = 500
"""Floating IPs named in one statement."""


class Owners(NamedTuple):
    """The project that has set a PTR record, and the one that has the reverse zones.

    A zone with such records may get another owner: they are his then, and no longer the setter's.
    """

    project_id: str
    of_zones: str


class Place(NamedTuple):
    """Where a PTR record is."""

    zone_id: str
    recordset_id: str


def ptr_of(recordset: RecordSet, zone_ttl: int) -> Ptr:
    """The PTR record as its floating IP shows it."""
    return Ptr(
        name=recordset.records[0],
        ttl=zone_ttl if recordset.ttl is None else recordset.ttl,
        description=recordset.description,
        status=recordset.status,
        action=recordset.action,
    )


def find(
    connection: Connection, owners: Owners, floatingips: Sequence[FloatingIP]
) -> dict[tuple[str, str], Ptr]:
    """The PTR records that a project has set, by region and id; of several the newest.

    There are several where a nearer reverse zone was made after the first.
    """
    found: dict[tuple[str, str], Ptr] = {}
    for first in range(0, len(floatingips), _AT_ONCE):
        ids = [item.id for item in floatingips[first : first + _AT_ONCE]]
        for row in connection.execute(_rows(owners, ids)):
            ptr = ptr_of(recordsets.of_any_zone(row), row.zone_ttl)
            found[row.managed_resource_region, row.managed_resource_id] = ptr
    return found


def locate(connection: Connection, owners: Owners, region: str, floatingip_id: str) -> list[Place]:
    """Where the PTR records of a floating IP are that a project has set."""
    of_region = values.c.managed_resource_region == region
    rows = connection.execute(_rows(owners, [floatingip_id]).where(of_region))
    return [Place(row.zone_id, row.id) for row in rows]


def _rows(owners: Owners, ids: Sequence[str]) -> Select[Any]:
    return (
        select(
            *recordset_lists.COLUMNS,
            zones.c.ttl.label("zone_ttl"),
            values.c.managed_resource_region,
            values.c.managed_resource_id,
        )
        .select_from(values)
        .join(table, table.c.id == values.c.recordset_id)
        .join(zones, recordset_lists.OF_ITS_ZONE)
        .join(zone_state, zone_state.c.zone_id == zones.c.id)
        .where(
            values.c.managed_resource_id.in_(ids),
            values.c.managed_resource_type == RESOURCE_TYPE,
            values.c.managed_project_id == owners.project_id,
            zones.c.project_id == owners.of_zones,
            zones.c.deleted == LIVE,
        )
        .order_by(table.c.created_at, table.c.id)
    )


def nearest_zone(connection: Connection, name_keys: Sequence[str], project_id: str) -> str | None:
    """The id of a project's zone that has the first possible of these names; of two the older."""
    statement = select(zones.c.id, zones.c.name_key).where(
        zones.c.name_key.in_(name_keys),
        zones.c.deleted == LIVE,
        zones.c.project_id == project_id,
        zones.c.type == PRIMARY,
    )
    rows = connection.execute(statement.order_by(zones.c.created_at, zones.c.id)).all()
    return min(rows, key=lambda row: name_keys.index(row.name_key)).id if rows else None
