# SPDX-License-Identifier: Apache-2.0
"""Statements on the journal go by an index, in its order; what they find is tested in contract."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from designate.model.zones import Zone
from designate.storage import journal
from designate.storage.unit_of_work import Store
from tests.databases import Sqlite
from tests.unit.central.site import START, Site


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty database."""
    with Sqlite(tmp_path_factory.mktemp("journal")) as databases:
        yield databases.open()


class Plans:
    """How SQLite carries out the statements that were run since it was made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._run: list[tuple[str, Any]] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *values: Any) -> None:
        self._run.append((statement, values[0]))

    def read(self) -> list[str]:
        """A line for each step of each statement that has the journal."""
        event.remove(self._engine, "before_cursor_execute", self._note)
        with self._engine.connect() as connection:
            return [
                row[3]
                for statement, values in self._run
                if "journal" in statement
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]


def test_an_index_leads_to_all_that_is_read(engine: Engine) -> None:
    """Nothing of the journal is read through or sorted, to rebuild, to look, or to drop."""
    site = Site(engine)
    zone: Zone = site.zone()
    site.recordset(zone, "a", "A", "192.0.2.1")
    site.recordset(zone, "b", "A", "192.0.2.1")
    store: Store = site.store
    plans = Plans(engine)
    with store.snapshot() as connection:
        now = site.fresh(zone)
        found = journal.at(connection, now, 2)
        assert found is not None
        assert len(list(found.recordsets)) == 2
        assert journal.difference(connection, now, 1, 3) is not None
    with store.read() as connection:
        assert len(journal.kept(connection, "", "~", 100)) == 1
        assert journal.current_at(connection, zone.id, START) == 3
    assert store.write(lambda tx: journal.prune(tx, zone.id, 3, 10)) == 2
    steps = plans.read()
    assert sum("journal" in step for step in steps) >= 9
    assert [step for step in steps if "SCAN journal" in step or "TEMP B-TREE" in step] == []
    by_id = "SEARCH journal USING INTEGER PRIMARY KEY (rowid=?)"
    by_zone = "INDEX sqlite_autoindex_journal_1 (zone_id=?"
    assert [s for s in steps if "journal" in s and by_id not in s and by_zone not in s] == []
