# SPDX-License-Identifier: Apache-2.0
"""Queries on accepts of transfer requests."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, insert, select, true

from designate.model.listing import Page, Query
from designate.model.transfer_accepts import TransferAccept
from designate.storage import criteria
from designate.storage.listing import Listing, Sort, Source
from designate.storage.tables import transfer_accepts as table
from designate.storage.transaction import Transaction

_ids = select(table.c.id)
_FIELDS = criteria.Fields({"status": criteria.TextField(table.c.status, _ids)})
_SORTS = {
    "created_at": Sort(table.c.created_at, indexed=True),
    "updated_at": Sort(table.c.updated_at, nullable=True),
    "id": Sort(table.c.id),
}


def _of(project_id: str | None) -> ColumnElement[bool]:
    return true() if project_id is None else table.c.project_id == project_id


def find(connection: Connection, query: Query, project_id: str | None) -> Page[TransferAccept]:
    """A page of the accepts of a project, of all when `project_id` is None."""
    mine = _of(project_id)
    source = Source(
        columns=tuple(table.c),
        identity=table.c.id,
        joined=(),
        scope=(_ids.where(mine),),
        visible=(mine,),
    )
    page = Listing(source, _FIELDS, _SORTS).page(connection, query)
    return Page([_accept(row) for row in page.items], page.total)


def get(connection: Connection, accept_id: str, project_id: str | None) -> TransferAccept | None:
    """An accept of a project, of any when `project_id` is None."""
    statement = select(table).where(table.c.id == accept_id, _of(project_id))
    row = connection.execute(statement).one_or_none()
    return None if row is None else _accept(row)


def add(tx: Transaction, accept: TransferAccept) -> None:
    """Insert an accept."""
    tx.write(
        insert(table).values(
            id=accept.id,
            transfer_request_id=accept.zone_transfer_request_id,
            zone_id=accept.zone_id,
            project_id=accept.project_id,
            status=accept.status,
            version=1,
            created_at=accept.created_at,
            updated_at=accept.updated_at,
        )
    )
    tx.leaves(lambda: exists().where(table.c.id == accept.id))


def _accept(row: Row[Any]) -> TransferAccept:
    return TransferAccept(
        id=row.id,
        zone_transfer_request_id=row.transfer_request_id,
        project_id=row.project_id,
        zone_id=row.zone_id,
        status=row.status,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
