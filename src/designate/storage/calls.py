# SPDX-License-Identifier: Apache-2.0
"""Calls of other processes: what one writes is written once, however often it arrives.

A broker gives a message to a second process when the first did not say in time that it has it, and
a client sends one again whose arrival was not confirmed. So each transaction begins with the ids of
the calls that it is made for, which can be in the database once only (decision 0020).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select
from sqlalchemy.exc import IntegrityError

from designate.errors import CallRepeated
from designate.storage.prepared import Prepared
from designate.storage.tables import calls

KEPT = timedelta(hours=1)
"""After which an id is forgotten: no copy of a message is on its way for so long."""

_INSERT = Prepared(insert(calls), "id", "holder", "created_at")


@dataclass(slots=True, eq=False)
class Call:
    """A call that this process carries out.

    `tried` once a transaction for it was begun; `taken` once one with its id was committed, or may
    have been, so that a further one has no use for the id.
    """

    id: str
    tried: bool = False
    taken: bool = False


_under_way: ContextVar[Call | None] = ContextVar("call", default=None)


@contextmanager
def carrying_out(call: Call) -> Iterator[None]:
    """Have what the block writes written once; threads that it starts are not in it."""
    token = _under_way.set(call)
    try:
        yield
    finally:
        _under_way.reset(token)


def begin_write() -> Call | None:
    """The call, if any, that a transaction which is about to begin is for."""
    call = _under_way.get()
    if call is not None:
        call.tried = True
    return call


def take(connection: Connection, ids: Sequence[str], holder: str, now: datetime) -> None:
    """Note that the transaction `holder` is for these calls, having waited for others that may be.

    Raises CallRepeated when one of the calls was carried out before.
    """
    # In one order, so that two that have copies of each other's calls do not wait for each other.
    rows = [{"id": call_id, "holder": holder, "created_at": now} for call_id in sorted(ids)]
    try:
        _INSERT.run_many(connection, rows)
    except IntegrityError as error:
        raise CallRepeated from error


def is_taken(connection: Connection, call_id: str) -> bool:
    """Whether the call was carried out."""
    found = select(calls.c.id).where(calls.c.id == call_id)
    return connection.execute(found).first() is not None


def taken_by(holder: str, call_id: str) -> ColumnElement[bool]:
    """Whether that transaction, which is for the call among others, was committed."""
    return exists().where(calls.c.id == call_id, calls.c.holder == holder)


def forget(connection: Connection, before: datetime, limit: int) -> bool:
    """Drop about so many rows of calls that are older, the oldest first; whether some are left."""
    oldest = select(calls.c.created_at).where(calls.c.created_at < before)
    last = connection.execute(
        oldest.order_by(calls.c.created_at).offset(limit - 1).limit(1)
    ).scalar()
    upto = calls.c.created_at < before if last is None else calls.c.created_at <= last
    connection.execute(delete(calls).where(upto))
    return last is not None
