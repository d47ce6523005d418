# SPDX-License-Identifier: Apache-2.0
"""Queries on transfer requests. Whoever writes them has locked the zone (decision 3a.6).

They go with their zone: of one that is deleted there are none.
"""

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, insert, select, update

from designate.model.listing import Page, Query
from designate.model.transfer_requests import ACTIVE, TransferRequest
from designate.storage import criteria
from designate.storage.listing import Listing, Sort, Source
from designate.storage.prepared import Prepared
from designate.storage.tables import transfer_requests as table
from designate.storage.tables import zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

_SHOWN = (*table.c, zones.c.name.label("zone_name"))
_of_zone = and_(zones.c.id == table.c.zone_id, zones.c.deleted == LIVE)
_by_id = Prepared(select(*_SHOWN).join(zones, _of_zone).where(table.c.id == bindparam("id")))
_open = Prepared(select(table.c.id).where(table.c.open == bindparam("zone_id")))

_ids = select(table.c.id)
_owned = table.c.project_id == bindparam("project")
_received = table.c.target_project_id == bindparam("project")
_everywhere = Source(
    columns=_SHOWN,
    identity=table.c.id,
    joined=((zones, _of_zone),),
    scope=(_ids,),
    visible=(),
)
_of_project = replace(
    _everywhere,
    scope=(_ids.where(_owned), _ids.where(_received)),
    visible=(_owned | _received,),
    overlaps=True,
)
_FIELDS = criteria.Fields({"status": criteria.TextField(table.c.status, _ids)})
_SORTS = {
    "created_at": Sort(table.c.created_at, indexed=True),
    "updated_at": Sort(table.c.updated_at, nullable=True),
    "id": Sort(table.c.id),
}


def find(connection: Connection, query: Query, project_id: str | None) -> Page[TransferRequest]:
    """A page of the requests that a project has made or is the target of; None: of all."""
    source = _everywhere if project_id is None else _of_project
    page = Listing(source, _FIELDS, _SORTS).page(connection, query, {"project": project_id})
    return Page([_request(row) for row in page.items], page.total)


def get(connection: Connection, request_id: str) -> TransferRequest | None:
    """The request of this id."""
    row = _by_id.first(connection, {"id": request_id})
    return None if row is None else _request(row)


def has_open(tx: Transaction, zone_id: str) -> bool:
    """Whether a zone is offered."""
    return _open.first(tx.connection, {"zone_id": zone_id}) is not None


def add(tx: Transaction, request: TransferRequest) -> None:
    """Insert a request, which is open."""
    values = msgspec.structs.asdict(request)
    del values["zone_name"], values["reduced"]
    tx.write(insert(table).values(**values, open=request.zone_id, version=1))
    tx.leaves(lambda: exists().where(table.c.id == request.id))


def change(tx: Transaction, request: TransferRequest) -> None:
    """Write a request anew; one that is not ACTIVE is not open any more, and has no key."""
    is_open = request.status == ACTIVE
    tx.write(
        update(table)
        .where(table.c.id == request.id)
        .values(
            target_project_id=request.target_project_id,
            description=request.description,
            key=request.key if is_open else None,
            status=request.status,
            open=request.zone_id if is_open else request.id,
            version=table.c.version + 1,
            updated_at=request.updated_at,
        )
    )


def remove(tx: Transaction, request_id: str) -> None:
    """Remove a request."""
    tx.write(delete(table).where(table.c.id == request_id))
    tx.leaves(lambda: ~exists().where(table.c.id == request_id))


def _request(row: Row[Any]) -> TransferRequest:
    return TransferRequest(
        id=row.id,
        zone_id=row.zone_id,
        zone_name=row.zone_name,
        project_id=row.project_id,
        target_project_id=row.target_project_id,
        key=row.key,
        description=row.description,
        status=row.status,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
