# SPDX-License-Identifier: Apache-2.0
"""Zones whose servers are looked at again although nothing changed."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from designate.model.zones import ACTIVE
from designate.storage import rows
from designate.storage.servers import PRESENT, TARGET
from designate.storage.tables import zone_servers, zone_work, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction


class Page(NamedTuple):
    """The names of those zones of a page that are ACTIVE, and the id that the next one follows."""

    names: list[str]
    last: str | None


_page = (
    select(zones.c.id, zones.c.name_key, zones.c.status, zones.c.deleted)
    .where(zones.c.id > bindparam("after"))
    .order_by(zones.c.id)
    .limit(bindparam("number"))
)


def page(connection: Connection, after: str, number: int) -> Page:
    """The next so many zones in the order of their ids, after an id."""
    found = connection.execute(_page, {"after": after, "number": number}).all()
    active = [row.name_key for row in found if row.status == ACTIVE and row.deleted == LIVE]
    return Page(active, found[-1].id if found else None)


def doubt(tx: Transaction, names: list[str]) -> int:
    """Have the worker verify what is known of these names, who has targets; returns how many.

    The targets are told of them again, and every name server is asked what it serves. The rows of
    servers stay as they are unless something is found to be otherwise.
    """
    there = zone_servers.c.role == TARGET, zone_servers.c.state == PRESENT
    told = select(zone_servers.c.name_key).where(zone_servers.c.name_key.in_(names), *there)
    found = sorted(set(tx.read(told).scalars())) if names else []
    if not found:
        return 0
    tx.write(
        update(zone_work)
        .where(zone_work.c.name_key.in_(found))
        .values(wanted=zone_work.c.wanted + 1, due_at=rows.unix_time(tx.now), verify=1)
    )
    return len(found)
