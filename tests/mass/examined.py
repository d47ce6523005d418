# SPDX-License-Identifier: Apache-2.0
"""What a database reads to answer, as it tells itself: rows, and plans."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from designate.storage.listing import BOUNDS
from tests.mass.loading import TABLES
from tests.statements import statements

_BIG = frozenset(table.name for table in TABLES)


class Examiner(ABC):
    """Counts what is read on a connection, and finds what a plan should not have."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @abstractmethod
    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """Put into the list, at the end, how many rows or entries were read meanwhile."""

    @abstractmethod
    def faults(self, statement: str, parameters: Any) -> list[str]:
        """Where its plan reads a whole table, or sorts what no limit bounds."""

    def _explain(self, word: str, statement: str, parameters: Any) -> list[Any]:
        return list(self.connection.exec_driver_sql(f"{word} {statement}", parameters).mappings())


class OfSqlite(Examiner):
    """Counts the instructions of its virtual machine, in twenties: a row costs about as many."""

    _STEP = 20

    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """See Examiner."""
        read: list[int] = [0]

        def tick() -> int:
            read[0] += 1
            return 0

        driver: Any = self.connection.connection.driver_connection
        driver.set_progress_handler(tick, self._STEP)
        try:
            yield read
        finally:
            driver.set_progress_handler(None, 0)

    def faults(self, statement: str, parameters: Any) -> list[str]:
        """See Examiner."""
        steps = self._explain("EXPLAIN QUERY PLAN", statement, parameters)
        found = []
        for step in steps:
            words = step["detail"].split()
            if words[0] == "SCAN" and words[1] in _BIG and "INDEX" not in words:
                found.append(step["detail"])
            if step["detail"] == "USE TEMP B-TREE FOR ORDER BY":
                beside = [other for other in steps if other["parent"] == step["parent"]]
                first = next(other for other in beside if other["detail"].startswith(("SC", "SE")))
                if first["detail"].split()[1] in _BIG:
                    found.append(f"{first['detail']}, then {step['detail']}")
        return found


class OfMariaDb(Examiner):
    """Counts what its storage engines are asked for, temporary tables among them."""

    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """See Examiner."""
        read: list[int] = []
        before = self._handled()
        yield read
        read.append(self._handled() - before)

    def _handled(self) -> int:
        shown = self.connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'")
        return sum(int(value) for _, value in shown)

    def faults(self, statement: str, parameters: Any) -> list[str]:
        """See Examiner."""
        found = []
        for step in self._explain("EXPLAIN", statement, parameters):
            extra = step["Extra"] or ""
            if step["table"] in _BIG and (step["type"] == "ALL" or "filesort" in extra):
                found.append(f"{step['table']}: {step['type']} by {step['key']}, {extra}")
        return found


class OfPostgreSql(Examiner):
    """Counts the rows of each scan as EXPLAIN ANALYZE tells them."""

    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """See Examiner."""
        read: list[int] = []
        with statements(self.connection) as seen:
            yield read
        read.append(sum(self._rows(self._plan(*one, analyze=True)) for one in seen))

    def faults(self, statement: str, parameters: Any) -> list[str]:
        """See Examiner."""
        return self._faults(self._plan(statement, parameters, analyze=True))

    def _plan(self, statement: str, parameters: Any, *, analyze: bool) -> Mapping[str, Any]:
        word = f"EXPLAIN (FORMAT JSON, ANALYZE {analyze}, TIMING FALSE)"
        explained = self._explain(word, statement, parameters)[0]["QUERY PLAN"]
        plan: Mapping[str, Any] = (
            json.loads(explained) if isinstance(explained, str) else explained
        )[0]["Plan"]
        return plan

    def _rows(self, node: Mapping[str, Any]) -> int:
        own = 0
        if "Relation Name" in node or node["Node Type"] == "Bitmap Index Scan":
            passed = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            own = int(passed * node["Actual Loops"])
        return own + sum(map(self._rows, node.get("Plans", [])))

    def _faults(self, node: Mapping[str, Any]) -> list[str]:
        found = [fault for below in node.get("Plans", []) for fault in self._faults(below)]
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in _BIG:
            found.append(f"Seq Scan on {node['Relation Name']}")
        if node["Node Type"] == "Sort" and not _is_bounded(node):
            # It may rather sort what it believes to be few than read in order and stop.
            number = max(below["Actual Rows"] for below in node["Plans"])
            if number > BOUNDS[-1]:
                found.append(f"Sort of {number} rows by {node['Sort Key']}")
        return found


def _is_bounded(node: Mapping[str, Any]) -> bool:
    """Whether what comes in from the left goes through a limit, or is one row."""
    below = node.get("Plans", [])
    return node["Node Type"] == "Limit" or any(map(_is_bounded, below))


def examiner(connection: Connection) -> Examiner:
    """Of the kind of database that it is."""
    if connection.dialect.name == "sqlite":
        return OfSqlite(connection)
    return (OfPostgreSql if connection.dialect.name == "postgresql" else OfMariaDb)(connection)
