# SPDX-License-Identifier: Apache-2.0
"""Queries on the states of services."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    delete,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from designate.model.listing import Page, Query
from designate.model.service_statuses import DOWN, STOPPED, ServiceStatus
from designate.storage import criteria, rows
from designate.storage.listing import Listing, Sort, Source
from designate.storage.tables import service_statuses as table
from designate.storage.tables.columns import Moment, Word
from designate.storage.transaction import Transaction

_silent = and_(table.c.status != STOPPED, table.c.heartbeated_at < bindparam("since", type_=Moment))
_status = type_coerce(case((_silent, literal(DOWN, Word)), else_=table.c.status), Word)
_stored = [column for column in table.c if column.name != "status"]
_columns = (*_stored, _status.label("status"))
_listing = Listing(
    Source(_columns, table.c.id, joined=(), scope=(select(table.c.id),), visible=()),
    criteria.Fields(
        {
            "hostname": criteria.TextField(table.c.hostname),
            "service_name": criteria.TextField(table.c.service_name),
            "status": criteria.TextField(_status),
        }
    ),
    {
        "created_at": Sort(table.c.created_at),
        "updated_at": Sort(table.c.updated_at, nullable=True),
        "id": Sort(table.c.id),
        "hostname": Sort(table.c.hostname),
        "service_name": Sort(table.c.service_name),
        "status": Sort(_status),
    },
)


def find(connection: Connection, query: Query, since: datetime) -> Page[ServiceStatus]:
    """A page of services; those that were heard of last before `since` are down."""
    page = _listing.page(connection, query, {"since": since})
    return Page([_service(row) for row in page.items], page.total)


def get(connection: Connection, service_id: str, since: datetime) -> ServiceStatus | None:
    """One of them."""
    statement = select(*_columns).where(table.c.id == service_id)
    row = connection.execute(statement, {"since": since}).one_or_none()
    return None if row is None else _service(row)


def report(tx: Transaction, hostname: str, services: Collection[str], status: str) -> None:
    """Note that the services of a host are as they say: in one statement, but for the first time.

    Of rivals that are all the first, the others find the rows with their next attempt.
    """
    mine = and_(table.c.hostname == hostname, table.c.service_name.in_(sorted(services)))
    heard = {"status": status, "heartbeated_at": tx.now}
    beat = update(table).where(mine).values(**heard, updated_at=tx.now)
    if tx.write(beat).rowcount == len(services):
        return
    known = set(tx.read(select(table.c.service_name).where(mine)).scalars())
    new = {**heard, "hostname": hostname, "stats": "{}", "capabilities": "{}", "created_at": tx.now}
    each = [
        {**new, "id": rows.ordered_id(), "service_name": name}
        for name in sorted(set(services) - known)
    ]
    if each:
        tx.write(insert(table), each)


def forget(tx: Transaction, silent_since: datetime | None, limit: int) -> int:
    """Drop services that have stopped, and those silent since before a moment; how many.

    `limit` of them at most, so that it may have to be repeated.
    """
    gone = table.c.status == STOPPED
    if silent_since is not None:
        gone = or_(gone, table.c.heartbeated_at < silent_since)
    found = list(
        tx.read(select(table.c.id).where(gone).order_by(table.c.id).limit(limit)).scalars()
    )
    if found:
        # A service that began again meanwhile stays.
        tx.write(delete(table).where(table.c.id.in_(found), gone))
    return len(found)


def _service(row: Any) -> ServiceStatus:
    return ServiceStatus(
        id=row.id,
        hostname=row.hostname,
        service_name=row.service_name,
        status=row.status,
        stats=rows.load(row.stats),
        capabilities=rows.load(row.capabilities),
        heartbeated_at=row.heartbeated_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
