# SPDX-License-Identifier: Apache-2.0
"""Zones in the order of their ids, a page at a time, for tasks that go through all of a kind."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, or_, select

from designate.model.zones import DELETE, SECONDARY, Zone
from designate.storage import rows, versions, zones
from designate.storage.tables import zones as table
from designate.storage.tables.columns import Moment
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

Ids = tuple[str, str]
"""Two texts between which the ids are."""


class Existing(NamedTuple):
    """A zone that existed at a moment, and when it was deleted after that."""

    zone: Zone
    deleted_at: datetime | None


class Secondaries(NamedTuple):
    """Of a page of secondary zones the names of those that are due, and the id of the last one."""

    names: list[str]
    last: str | None


_between = (table.c.id > bindparam("after"), table.c.id < bindparam("end"))
_moment = bindparam("moment", type_=Moment)
_existing = (
    select(*zones.SHOWN)
    .where(
        *_between,
        table.c.created_at < _moment,
        or_(table.c.deleted == LIVE, table.c.deleted_at >= _moment),
    )
    .order_by(table.c.id)
    .limit(bindparam("number"))
)
_secondaries = (
    select(table.c.id, table.c.name_key, table.c.refresh, table.c.transferred_at)
    .where(table.c.type == SECONDARY, *_between)
    .where(table.c.deleted == LIVE, table.c.action != DELETE)
    .order_by(table.c.id)
    .limit(bindparam("number"))
)


def existing(connection: Connection, ids: Ids, moment: datetime, limit: int) -> list[Existing]:
    """Zones that existed at a moment, as they are now."""
    bound = {"after": ids[0], "end": ids[1], "moment": moment, "number": limit, "project": None}
    found = connection.execute(_existing, bound)
    return [Existing(rows.zone(row), row.deleted_at) for row in found]


def secondaries(connection: Connection, ids: Ids, moment: datetime, limit: int) -> Secondaries:
    """A page of secondary zones, and which of them their SOA wants to be refreshed by a moment.

    Those that were never transferred are no matter of refreshing.
    """
    bound = {"after": ids[0], "end": ids[1], "number": limit}
    found = connection.execute(_secondaries, bound).all()
    due = [
        row.name_key
        for row in found
        if row.transferred_at is not None
        and row.transferred_at + timedelta(seconds=row.refresh) <= moment
    ]
    return Secondaries(due, found[-1].id if found else None)


def refresh(tx: Transaction, names: Collection[str]) -> None:
    """Have the zones of these names transferred in anew, as `contracts.zones.transfer_in` does."""
    for name_key in sorted(names):
        versions.mark_due(tx, name_key, None)
