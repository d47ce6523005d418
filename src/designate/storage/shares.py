# SPDX-License-Identifier: Apache-2.0
"""Queries on shares of zones. Whoever writes them has locked the zone (decision 3a.6)."""

from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
)

from designate.model.listing import Page, Query
from designate.model.shares import Share
from designate.storage import criteria
from designate.storage.listing import Listing, Sort, Source
from designate.storage.tables import shares
from designate.storage.transaction import Transaction

_ids = select(shares.c.id).where(shares.c.zone_id == bindparam("zone_id"))
_FIELDS = criteria.Fields(
    {"target_project_id": criteria.TextField(shares.c.target_project_id, _ids)}
)
_SORTS = {
    "created_at": Sort(shares.c.created_at, indexed=True),
    "updated_at": Sort(shares.c.updated_at, nullable=True),
}


def _seen_by(zone_id: str, project_id: str | None) -> ColumnElement[bool]:
    of_zone = shares.c.zone_id == zone_id
    if project_id is None:
        return of_zone
    return of_zone & or_(
        shares.c.project_id == project_id, shares.c.target_project_id == project_id
    )


def find(
    connection: Connection,
    zone_id: str,
    query: Query,
    *,
    owner: str | None = None,
    target: str | None = None,
) -> Page[Share]:
    """A page of the shares of a zone: of one owner's, of those with one project, or of all."""
    seen = shares.c.zone_id == zone_id
    if target is not None:
        seen &= shares.c.target_project_id == target
    visible = seen if owner is None else seen & (shares.c.project_id == owner)
    source = Source(
        columns=tuple(shares.c),
        identity=shares.c.id,
        joined=(),
        # By the zone alone for its owner, who owns all of its shares: an index has their order.
        scope=(select(shares.c.id).where(seen),),
        visible=(visible,),
    )
    page = Listing(source, _FIELDS, _SORTS).page(connection, query, {"zone_id": zone_id})
    return Page([_share(row) for row in page.items], page.total)


def get(
    connection: Connection, zone_id: str, share_id: str, project_id: str | None
) -> Share | None:
    """A share of a zone that a project sees; any when `project_id` is None."""
    statement = select(shares).where(shares.c.id == share_id, _seen_by(zone_id, project_id))
    row = connection.execute(statement).one_or_none()
    return None if row is None else _share(row)


def exists_for(tx: Transaction, zone_id: str, target_project_id: str) -> bool:
    """Whether a zone is shared with a project."""
    some = select(literal(1)).where(
        shares.c.zone_id == zone_id, shares.c.target_project_id == target_project_id
    )
    return tx.read(some).first() is not None


def add(tx: Transaction, share: Share) -> None:
    """Insert a share."""
    tx.write(insert(shares).values(**msgspec.structs.asdict(share)))
    tx.leaves(lambda: exists().where(shares.c.id == share.id))


def remove(tx: Transaction, share_id: str) -> None:
    """Remove a share."""
    tx.write(delete(shares).where(shares.c.id == share_id))
    tx.leaves(lambda: ~exists().where(shares.c.id == share_id))


def _share(row: Row[Any]) -> Share:
    return Share(**row._mapping)
