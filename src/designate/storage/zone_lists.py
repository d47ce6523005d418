# SPDX-License-Identifier: Apache-2.0
"""Lists of zones: those that a project sees, or of all projects."""

from dataclasses import replace

from sqlalchemy import Connection, bindparam, or_, select

from designate.model.listing import Page, Query
from designate.model.zones import CATALOG, Zone
from designate.storage import criteria, rows, zones
from designate.storage.leading import LeadingJoin
from designate.storage.listing import Listing, Sort, Source
from designate.storage.tables import shares
from designate.storage.tables import zones as table
from designate.storage.tables.zones import LIVE

_ids = select(table.c.id)
_live = table.c.deleted == LIVE
_FIELDS = criteria.Fields(
    {
        "name": criteria.NameField(table.c.name_key, table.c.reverse_key, _ids.where(_live)),
        "type": criteria.TextField(table.c.type, _ids),
        "email": criteria.TextField(table.c.email),
        "status": criteria.TextField(table.c.status, _ids.where(_live)),
        "description": criteria.TextField(table.c.description),
        "ttl": criteria.NumberField(table.c.ttl),
    }
)
_SORTS = {
    "created_at": Sort(table.c.created_at, indexed=True),
    "updated_at": Sort(table.c.updated_at, nullable=True),
    "id": Sort(table.c.id),
    "name": Sort(table.c.name_key),
    "tenant_id": Sort(table.c.project_id, nullable=True),
    "serial": Sort(table.c.serial),
    "ttl": Sort(table.c.ttl),
    "status": Sort(table.c.status),
}
_everywhere = Source(
    columns=zones.SHOWN,
    identity=table.c.id,
    joined=(),
    scope=(_ids.where(_live),),
    visible=(_live,),
)
_own = table.c.project_id == bindparam("project")
_not_own = or_(table.c.project_id.is_(None), table.c.project_id != bindparam("project"))
_received = shares.c.target_project_id == bindparam("project")
_of_project = replace(
    _everywhere,
    scope=(
        _ids.where(_own, _live),
        _ids.select_from(LeadingJoin(shares, table, table.c.id == shares.c.zone_id)).where(
            _received,
            _live,
            _not_own,
        ),
    ),
    visible=(_live, or_(_own, table.c.id.in_(select(shares.c.zone_id).where(_received)))),
)


def find(
    connection: Connection,
    query: Query,
    *,
    project_id: str | None,
    all_projects: bool,
    catalogs: bool,
) -> Page[Zone]:
    """A page of zones: own and shared ones, or of all projects; catalog zones only when asked."""
    source = _everywhere if all_projects else _of_project
    if not catalogs:
        source = replace(source, visible=(*source.visible, table.c.type != CATALOG))
    listing = Listing(source, _FIELDS, _SORTS)
    page = listing.page(connection, query, {"project": project_id})
    return Page([rows.zone(row) for row in page.items], page.total)
