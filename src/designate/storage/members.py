# SPDX-License-Identifier: Apache-2.0
"""Queries on live processes of a kind: each raises its own number, and reads those of all."""

from sqlalchemy import Connection, delete, insert, select, update

from designate.storage.tables import members
from designate.storage.transaction import Transaction


def beat(tx: Transaction, kind: str, me: str, hostname: str) -> None:
    """Give a sign of life; the first one, and the first after others forgot me, makes the row."""
    mine = update(members).where(members.c.kind == kind, members.c.id == me)
    if tx.write(mine.values(beat=members.c.beat + 1)).rowcount == 0:
        tx.write(insert(members).values(kind=kind, id=me, hostname=hostname, beat=1))


def beats(connection: Connection, kind: str) -> dict[str, int]:
    """The number of each member."""
    found = select(members.c.id, members.c.beat).where(members.c.kind == kind)
    return {row.id: row.beat for row in connection.execute(found)}


def leave(tx: Transaction, kind: str, me: str) -> None:
    """Be no member any more."""
    tx.write(delete(members).where(members.c.kind == kind, members.c.id == me))


def forget(tx: Transaction, kind: str, silent: dict[str, int]) -> None:
    """Drop members that have not moved since they were seen at these numbers."""
    for member, seen in sorted(silent.items()):
        same = members.c.kind == kind, members.c.id == member, members.c.beat == seen
        tx.write(delete(members).where(*same))
