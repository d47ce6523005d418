# SPDX-License-Identifier: Apache-2.0
"""Rows that writers have in common: who writes one excludes the others until the commit (3a.6)."""

from sqlalchemy import insert, update

from designate.storage.tables import name_locks
from designate.storage.transaction import Transaction


def take(tx: Transaction, key: str) -> None:
    """Write the row of this key, made where there is none.

    SQLite has one writer at a time, so there nothing is to be done.
    """
    if tx.sole_writer:
        return
    turn = update(name_locks).where(name_locks.c.name_key == key)
    if tx.hold(turn.values(turn=name_locks.c.turn + 1)) == 0:
        tx.hold(insert(name_locks).values(name_key=key, turn=1))
