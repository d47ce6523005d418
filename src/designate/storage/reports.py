# SPDX-License-Identifier: Apache-2.0
"""Queries of reports: from counters, never by counting what is counted already.

Each reads one row for each project with zones, except that `records` reads each zone's row and
`waiting` those of the zones that wait.
"""

from collections.abc import Callable

from sqlalchemy import Connection, func, select
from sqlalchemy.sql.elements import ColumnElement

from designate.model.reports import Tenant
from designate.model.zones import PENDING
from designate.storage.tables import project_usage, zones
from designate.storage.tables.zones import LIVE

Count = Callable[[Connection, str | None], int]
"""Counts in a project, or in all of them."""


def tenants(connection: Connection, project_id: str | None) -> list[Tenant]:
    """The projects that have zones, by id; only `project_id` unless it is None."""
    statement = (
        select(project_usage.c.project_id, project_usage.c.zones)
        .where(project_usage.c.zones > 0, *_scope(project_usage.c.project_id, project_id))
        .order_by(project_usage.c.project_id)
    )
    return [
        Tenant(id=row.project_id, zone_count=row.zones) for row in connection.execute(statement)
    ]


def zones_of(connection: Connection, project_id: str) -> list[str]:
    """The names of a project's zones, oldest first."""
    mine = zones.c.project_id == project_id
    statement = select(zones.c.name).where(mine, zones.c.deleted == LIVE)
    return list(connection.execute(statement.order_by(zones.c.created_at, zones.c.id)).scalars())


def count_tenants(connection: Connection, project_id: str | None) -> int:
    """How many projects have zones."""
    statement = select(func.count()).where(
        project_usage.c.zones > 0, *_scope(project_usage.c.project_id, project_id)
    )
    return int(connection.execute(statement).scalar_one())


def count_zones(connection: Connection, project_id: str | None) -> int:
    """How many zones there are."""
    statement = select(func.coalesce(func.sum(project_usage.c.zones), 0)).where(
        *_scope(project_usage.c.project_id, project_id)
    )
    return int(connection.execute(statement).scalar_one())


def count_records(connection: Connection, project_id: str | None) -> int:
    """How many records there are that quotas count."""
    statement = select(func.coalesce(func.sum(zones.c.record_count), 0)).where(
        zones.c.deleted == LIVE, *_scope(zones.c.project_id, project_id)
    )
    return int(connection.execute(statement).scalar_one())


def count_waiting(connection: Connection, project_id: str | None) -> int:
    """How many zones wait for name servers."""
    statement = select(func.count()).where(
        zones.c.status == PENDING,
        zones.c.deleted == LIVE,
        *_scope(zones.c.project_id, project_id),
    )
    return int(connection.execute(statement).scalar_one())


def _scope(column: ColumnElement[str | None], project_id: str | None) -> list[ColumnElement[bool]]:
    return [] if project_id is None else [column == project_id]
