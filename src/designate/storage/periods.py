# SPDX-License-Identifier: Apache-2.0
"""Queries on how far periodic tasks have come: claimed, moved on and finished by condition (3a.11).

Every write raises the beat of its row and asks for the beat that was read before, so that of rivals
one gets through, and whoever was taken for dead gets through no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, insert, select, update

from designate.storage.tables import task_periods as table
from designate.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task has come with the shards from `shard` on.

    Times are Unix seconds. `goal` is the end of the period under way, where it has come to
    `position`; `holder` is who works on it.
    """

    shard: int
    done: int
    goal: int | None
    position: str | None
    holder: str | None
    beat: int


def of(connection: Connection, task: str) -> list[Progress]:
    """How far a task has come with each part of the shards, in their order."""
    found = select(table).where(table.c.task == task).order_by(table.c.shard)
    return [
        Progress(row.shard, row.done, row.goal, row.position, row.holder, row.beat)
        for row in connection.execute(found)
    ]


def add(tx: Transaction, task: str, shards: Iterable[int], done: int) -> None:
    """Begin with a task: what ended by `done` is not asked for. Rows that are there stay."""
    known = set(tx.read(select(table.c.shard).where(table.c.task == task)).scalars())
    new = [{"task": task, "shard": shard, "done": done, "beat": 0} for shard in shards]
    if missing := [row for row in new if row["shard"] not in known]:
        tx.write(insert(table), missing)


def claim(tx: Transaction, task: str, seen: Progress, me: str, goal: int, done: int) -> bool:
    """Take the period that ends at `goal`; False when the row is not as it was seen any more.

    `done` is as seen, unless periods are left out. A row that somebody has locked is not waited
    for: who stands still in the middle of a transaction must not hold up what else is due.
    """
    row = _Row(task, seen.shard, seen.beat)
    if not row.is_free(tx):
        return False
    return row.becomes(tx, holder=me, goal=goal, done=done)


def move(
    tx: Transaction, task: str, shard: int, held: tuple[str, int], position: str | None
) -> bool:
    """Give a sign of life and note the position; False when it was lost.

    `held` are the holder and the beat that it knows of.
    """
    me, beat = held
    return _Row(task, shard, beat, me).becomes(tx, holder=me, position=position)


def finish(
    tx: Transaction, task: str, shard: int, held: tuple[str, int], position: str | None
) -> bool:
    """End the period; `position` is where the next one begins. False when it was lost."""
    me, beat = held
    row = _Row(task, shard, beat, me)
    return row.becomes(tx, holder=None, done=table.c.goal, goal=None, position=position)


def release(tx: Transaction, task: str, shard: int, held: tuple[str, int]) -> bool:
    """Leave the period to others, at its position; False when it was lost."""
    me, beat = held
    return _Row(task, shard, beat, me).becomes(tx, holder=None)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as its writer knows it; without a holder whoever has it is not asked."""

    task: str
    shard: int
    beat: int
    held_by: str | None = None

    def is_free(self, tx: Transaction) -> bool:
        """Lock it, if nobody else has."""
        own = (table.c.task == self.task) & (table.c.shard == self.shard)
        found = select(table.c.beat).where(own).with_for_update(skip_locked=True)
        return tx.read(found).scalar() == self.beat

    def becomes(self, tx: Transaction, *, holder: str | None, **values: Any) -> bool:
        """Write it, unless it is different by now."""
        own = (table.c.task == self.task) & (table.c.shard == self.shard)
        mine = update(table).where(own, table.c.beat == self.beat)
        if self.held_by is not None:
            mine = mine.where(table.c.holder == self.held_by)
        following = self.beat + 1
        changed = tx.write(mine.values(beat=following, holder=holder, **values)).rowcount
        same_holder = table.c.holder.is_not_distinct_from(holder)
        # A second run leaves the same: whoever finds the row changed says so by raising.
        tx.leaves(lambda: exists().where(own, table.c.beat == following, same_holder))
        return bool(changed)
