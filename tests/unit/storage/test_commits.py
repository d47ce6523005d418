# SPDX-License-Identifier: Apache-2.0
"""A COMMIT that was refused is run again; one that was not answered is looked for as well."""

import sqlite3

import pytest
from sqlalchemy import ColumnElement, PoolProxiedConnection, exists, insert

from designate.storage.tables import name_locks
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from tests.unit.storage.empty import store

__all__ = ["store"]


@pytest.mark.parametrize(
    ("code", "looks"),
    [
        pytest.param(1213, 0, id="a rival came first"),
        pytest.param(2013, 1, id="no answer"),
    ],
)
def test_only_a_commit_without_an_answer_is_looked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int, looks: int
) -> None:
    """Of one that has lost there is nothing to find, and each look makes the next run longer."""
    looked: list[str] = []
    failing = [sqlite3.OperationalError(code, "as the server says")]
    dialect = store.engine.dialect
    commit = dialect.do_commit

    def fail(connection: PoolProxiedConnection) -> None:
        if failing:
            connection.rollback()
            raise failing.pop()
        commit(connection)

    def is_there() -> ColumnElement[bool]:
        looked.append("here")
        return exists().where(name_locks.c.name_key == "a.")

    def work(tx: Transaction) -> None:
        tx.write(insert(name_locks).values(name_key="a.", turn=len(looked)))
        tx.proves(is_there)

    monkeypatch.setattr(dialect, "do_commit", fail)
    store.write(work)
    assert len(looked) == looks
