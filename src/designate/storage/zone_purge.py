# SPDX-License-Identifier: Apache-2.0
"""Rows that nobody needs any more - of deleted zones, of imports that did not come to an end -
dropped in small transactions, so that nobody waits for them (decision 3a.8).

What must outlive a zone stays: the last serial of its name, and its rows of servers that may still
have it (decision 3a.10).
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from designate.storage import servers
from designate.storage.pace import Pace
from designate.storage.tables import (
    journal,
    record_values,
    recordsets,
    shares,
    transfer_accepts,
    transfer_requests,
    zone_pools,
    zone_state,
    zone_tasks,
    zones,
)
from designate.storage.tables.tasks import DISCARDED
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

AT_ONCE = 800
"""Rows of a table that one transaction drops at most."""

Stopping = Callable[[], bool]
"""Whether to leave the rest for another time: asked between two transactions."""
Ours = Callable[[Transaction], bool]
"""Whether what is to be dropped is still ours: asked in each transaction."""


def due(
    connection: Connection, ids: tuple[str, str], deleted_before: datetime, limit: int
) -> list[str]:
    """Some zones whose deletion is older, by their ids, which are between two texts."""
    # A deleted zone has its id there: the index on it knows no other zones.
    deleted = zones.c.deleted
    within = (deleted > LIVE, deleted > ids[0], deleted < ids[1])
    statement = select(zones.c.id).where(*within, zones.c.deleted_at <= deleted_before)
    return list(connection.execute(statement.order_by(deleted).limit(limit)).scalars())


def discarded(connection: Connection, ids: tuple[str, str], limit: int) -> list[tuple[str, str]]:
    """Some imports that were deleted under way: their ids, and the zones that they staged.

    The ids of those are between two texts.
    """
    staged = zone_tasks.c.staged_zone_id
    within = (zone_tasks.c.task_type == DISCARDED, staged > ids[0], staged < ids[1])
    statement = select(zone_tasks.c.id, staged).where(*within).limit(limit)
    return [(row.id, row.staged_zone_id) for row in connection.execute(statement)]


def purge(store: Store, zone_id: str, stopping: Stopping) -> bool:
    """Drop all rows of a deleted zone, its own last; False where it was stopped before."""
    if not (purge_content(store, zone_id, stopping) and _purge_journal(store, zone_id, stopping)):
        return False
    store.write(lambda tx: _finish(tx, zone_id))
    return True


def purge_discarded(store: Store, task_id: str, zone_id: str, stopping: Stopping) -> bool:
    """Drop what an import has staged, and forget it; False where it was stopped before.

    What has become the content of a zone is no longer staged, and is the zone's.
    """
    with store.read() as connection:
        is_zone = connection.execute(select(zones.c.id).where(zones.c.id == zone_id)).first()
    if not is_zone and not purge_content(store, zone_id, stopping):
        return False
    mine = (zone_tasks.c.id == task_id) & (zone_tasks.c.task_type == DISCARDED)
    store.write(lambda tx: tx.write(delete(zone_tasks).where(mine)))
    return True


def purge_content(
    store: Store, zone_id: str, stopping: Stopping, ours: Ours = lambda _tx: True
) -> bool:
    """Drop the recordsets under a zone's id, of all epochs; False where it was stopped before."""

    def drop(tx: Transaction, found: list[Any]) -> None:
        tx.write(delete(record_values).where(record_values.c.recordset_id.in_(found)))
        tx.write(delete(recordsets).where(recordsets.c.id.in_(found)))

    some = select(recordsets.c.id).where(recordsets.c.zone_id == zone_id)
    return _repeated(store, some, drop, stopping, ours)


def _purge_journal(store: Store, zone_id: str, stopping: Stopping) -> bool:
    def drop(tx: Transaction, found: list[Any]) -> None:
        tx.write(delete(journal).where(journal.c.id.in_(found)))

    some = select(journal.c.id).where(journal.c.zone_id == zone_id)
    return _repeated(store, some, drop, stopping)


def _repeated(
    store: Store,
    some: Select[Any],
    drop: Callable[[Transaction, list[Any]], None],
    stopping: Stopping,
    ours: Ours = lambda _tx: True,
) -> bool:
    """Drop what `some` selects, step by step, until nothing is left."""
    pace = Pace(store, AT_ONCE)

    def step(tx: Transaction) -> int | None:
        begin = time.monotonic()
        if not ours(tx):
            return None
        found = list(tx.read(some.limit(pace.rows)).scalars())
        if found:
            drop(tx, found)
            pace.took(len(found), time.monotonic() - begin)
        return len(found)

    while not stopping():
        begin = time.monotonic()
        dropped = store.write(step)
        if not dropped:
            return dropped is not None
        # Nobody waits for a purge: half of the time is for others.
        time.sleep(time.monotonic() - begin)
    return False


def _finish(tx: Transaction, zone_id: str) -> None:
    of_zone = (shares, transfer_requests, transfer_accepts, zone_pools, zone_state, zone_tasks)
    for table in of_zone:
        tx.write(delete(table).where(table.c.zone_id == zone_id))
    servers.drop_settled(tx, zone_id)
    tx.write(delete(zones).where(zones.c.id == zone_id, zones.c.deleted == zone_id))
