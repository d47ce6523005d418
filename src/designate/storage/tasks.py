# SPDX-License-Identifier: Apache-2.0
"""What imports and exports have in common as queued tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from designate.model.listing import Page, Query
from designate.storage import criteria
from designate.storage.listing import Listing, Sort, Source
from designate.storage.tables import zone_tasks
from designate.storage.tables.tasks import DISCARDED
from designate.storage.transaction import Transaction

PENDING = "PENDING"

_ids = select(zone_tasks.c.id)
_of_type = zone_tasks.c.task_type == bindparam("task_type")
_FIELDS = criteria.Fields(
    {
        "status": criteria.TextField(zone_tasks.c.status, _ids.where(_of_type)),
        "message": criteria.TextField(zone_tasks.c.message),
        "zone_id": criteria.TextField(zone_tasks.c.zone_id, _ids),
    }
)
_SORTS = {
    "created_at": Sort(zone_tasks.c.created_at, indexed=True),
    "updated_at": Sort(zone_tasks.c.updated_at, nullable=True),
    "id": Sort(zone_tasks.c.id),
}
MAX_MESSAGE = 160


def _owned(project_id: str | None) -> ColumnElement[bool]:
    return _of_type if project_id is None else _of_type & (zone_tasks.c.project_id == project_id)


def find(
    connection: Connection, task_type: str, query: Query, project_id: str | None
) -> Page[Row[Any]]:
    """A page of tasks of one project, of all when `project_id` is None."""
    mine = _owned(project_id)
    source = Source(
        columns=tuple(zone_tasks.c),
        identity=zone_tasks.c.id,
        joined=(),
        scope=(_ids.where(mine),),
        visible=(mine,),
    )
    return Listing(source, _FIELDS, _SORTS).page(connection, query, {"task_type": task_type})


def get(
    connection: Connection, task_type: str, task_id: str, project_id: str | None
) -> Row[Any] | None:
    """A task of one project, of any when `project_id` is None."""
    mine = select(zone_tasks).where(_owned(project_id), zone_tasks.c.id == task_id)
    return connection.execute(mine, {"task_type": task_type}).one_or_none()


def add(tx: Transaction, values: dict[str, Any]) -> None:
    """Queue a task."""
    tx.write(insert(zone_tasks).values(status=PENDING, version=1, created_at=tx.now, **values))
    tx.leaves(lambda: exists().where(zone_tasks.c.id == values["id"]))
    tx.queued_task()


def remove(tx: Transaction, task_id: str) -> None:
    """Forget a task."""
    tx.write(delete(zone_tasks).where(zone_tasks.c.id == task_id))
    tx.leaves(lambda: ~exists().where(zone_tasks.c.id == task_id))


def claim(
    tx: Transaction,
    task_type: str,
    token: str,
    only: Sequence[ColumnElement[bool]] = (),
    order: Sequence[ColumnElement[Any]] = (zone_tasks.c.created_at,),
    **values: Any,
) -> Row[Any] | None:
    """Take the next waiting task that nobody has taken, under a token of the caller's.

    One that the caller took before and did not end, such as for an error of the database, waits.
    `values` are written with the token.
    """
    taken = {"lease_token": token, **values}
    free = zone_tasks.c.lease_token.is_(None) | (zone_tasks.c.lease_token == token)
    waiting = (
        select(zone_tasks.c.id)
        .where(zone_tasks.c.task_type == task_type, zone_tasks.c.status == PENDING, free, *only)
        # Those of one moment in any order: by the id as well, SQLite would read all that there are.
        .order_by(*order)
        .limit(1)
    )
    while (task_id := tx.read(waiting).scalar()) is not None:
        mine = (zone_tasks.c.id == task_id) & free
        if tx.write(update(zone_tasks).where(mine).values(taken)).rowcount:
            return tx.read(select(zone_tasks).where(zone_tasks.c.id == task_id)).one()
    return None


@dataclass(slots=True)
class Turn:
    """The project that somebody has served last."""

    served: str = ""


def in_turn(task_type: str, served: str) -> tuple[ColumnElement[Any], ...]:
    """The order in which projects take turns, for `claim`: what the caller left unfinished comes
    first, then what is of a project of which nothing is carried out now, then the project behind
    the one `served` last, in a ring of their ids.

    All that waits is read for it: for tasks of which few wait.
    """
    others = zone_tasks.alias()
    busy = select(others.c.project_id).where(
        others.c.task_type == task_type,
        others.c.status == PENDING,
        others.c.lease_token.is_not(None),
    )
    return (
        zone_tasks.c.lease_token.is_(None),
        zone_tasks.c.project_id.in_(busy),
        zone_tasks.c.project_id <= served,
        zone_tasks.c.project_id,
        zone_tasks.c.created_at,
    )


def release_all(tx: Transaction) -> None:
    """Give back what an ended process had taken: its tasks wait again.

    Only a process that is known to be the only one may call this.
    """
    waiting = zone_tasks.c.status == PENDING
    tx.write(update(zone_tasks).where(waiting).values(lease_token=None))


def held(connection: Connection) -> dict[str, tuple[str, int]]:
    """The tasks that are being carried out: the token and the version of each.

    The version rises while its holder gets on.
    """
    statement = select(zone_tasks.c.id, zone_tasks.c.lease_token, zone_tasks.c.version).where(
        zone_tasks.c.status == PENDING, zone_tasks.c.lease_token.is_not(None)
    )
    return {row.id: (row.lease_token, row.version) for row in connection.execute(statement)}


def take_over(tx: Transaction, silent: Mapping[str, tuple[str, int]]) -> int:
    """Let tasks wait again whose holder has not moved since it was seen so; how many."""
    freed = 0
    for task_id, (token, version) in sorted(silent.items()):
        unmoved = (zone_tasks.c.lease_token == token) & (zone_tasks.c.version == version)
        mine = update(zone_tasks).where(zone_tasks.c.id == task_id, unmoved)
        freed += tx.write(mine.values(lease_token=None)).rowcount
    if freed:
        tx.queued_task()
    return freed


def update_task(tx: Transaction, task_id: str, *, holder: str | None = None, **values: Any) -> bool:
    """Write fields of a task; False when it was forgotten, or taken over from its holder."""
    if values.get("message"):
        values["message"] = values["message"][:MAX_MESSAGE]
    kept = (zone_tasks.c.id == task_id) & (zone_tasks.c.task_type != DISCARDED)
    if holder is not None:
        kept &= zone_tasks.c.lease_token == holder
    mine = update(zone_tasks).where(kept)
    renewed = mine.values(version=zone_tasks.c.version + 1, updated_at=tx.now, **values)
    return bool(tx.write(renewed).rowcount)


def is_left_to(tx: Transaction, task_id: str, holder: str) -> bool:
    """Renew a task for its holder; False when another has taken it over, or may.

    Nobody else can take one that is forgotten or discarded.
    """
    mine = zone_tasks.c.id == task_id
    renewed = update(zone_tasks).where(mine, zone_tasks.c.lease_token == holder)
    renewed = renewed.values(version=zone_tasks.c.version + 1, updated_at=tx.now)
    return bool(tx.write(renewed).rowcount) or tx.read(_ids.where(mine)).first() is None
