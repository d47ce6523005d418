# SPDX-License-Identifier: Apache-2.0
"""Who waits in the queue, lane by lane: what a look costs grows with the lanes it takes in.

A name waits in the lane of the project that changed it, in none (NULL) when nobody did; a name that
nothing is to be done for is in none either. The index (lane, due_at) is walked by its first column:
from each lane as many names as can be used, then on to the next lane, past all the others of this
one. What one lane holds is never read to find the next.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, select

from designate.model.work import Lane, Waiting
from designate.storage.tables import zone_work

STEPS = 16
"""Statements of a look at most; the next one goes on behind its last lane."""
BEGINNING = -1
"""Before the first lane."""

_columns = (
    zone_work.c.lane,
    zone_work.c.name_key,
    zone_work.c.due_at,
    zone_work.c.lease_token,
)
_due = zone_work.c.due_at <= bindparam("now"), zone_work.c.lease_token.is_(None)
# In the order of the one index that shall be used, also where the lane is given: PostgreSQL would
# rather read all that is due, of whatever lane, when most of it is of another.
_first = select(*_columns).order_by(zone_work.c.lane, zone_work.c.due_at).limit(bindparam("number"))
# By the lane alone, and not by what is due: else all that waits for later would be read.
_behind = _first.where(zone_work.c.lane > bindparam("lane"))
_of_lane = _first.where(zone_work.c.lane.between(bindparam("lane"), bindparam("lane")), *_due)
_of_nobody = _first.where(zone_work.c.lane.is_(None), *_due)


class Look(NamedTuple):
    """Names by lane, in each the longest waiting first, and the lane to go on behind."""

    found: dict[Lane, list[Waiting]]
    last: int


def look(connection: Connection, now: float, after: int, number: int) -> Look:
    """Names that are due and free, so many of each lane at most, from behind a lane on and around.

    Lanes that there was no time for come first in the next look.
    """
    found: dict[Lane, list[Waiting]] = {}
    if of_nobody := _rows(connection, _of_nobody, now=now, number=number):
        found[None] = [_waiting(row) for row in of_nobody]
    at, around = after, after <= BEGINNING
    for _ in range(STEPS):
        behind = _rows(connection, _behind, lane=at, number=number)
        for lane, group in groupby(behind, attrgetter("lane")):
            rows = list(group)
            if names := _free(connection, now, number, rows):
                found[lane] = names
            at = lane
        if len(behind) < number:
            if around:
                break
            at, around = BEGINNING, True
        elif around and at >= after > BEGINNING:
            break
    return Look(found, at)


def _free(
    connection: Connection, now: float, number: int, rows: Sequence[Row[Any]]
) -> list[Waiting]:
    """Those of the first rows of a lane that can be claimed, or of the lane where they hide some.

    Held names stand before others when they were changed meanwhile, or their holder is gone.
    """
    free = [_waiting(row) for row in rows if row.lease_token is None and _is_due(row, now)]
    last = rows[-1].due_at
    hides = len(free) < len(rows) and (last is None or last <= now)
    if not hides:
        return free
    found = _rows(connection, _of_lane, lane=rows[0].lane, now=now, number=number)
    return [_waiting(row) for row in found]


def _rows(connection: Connection, statement: Select[Any], **values: float) -> Sequence[Row[Any]]:
    return connection.execute(statement, values).all()


def _is_due(row: Row[Any], now: float) -> bool:
    return row.due_at is not None and row.due_at <= now


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(row.name_key, row.due_at)
