# SPDX-License-Identifier: Apache-2.0
"""What a database reads to answer, as it tells itself: rows, and plans."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table

from designate.storage.listing import BOUNDS
from tests.mass.loading import TABLES
from tests.statements import statements

LONGEST = 3 * BOUNDS[0]
"""How many rows may be read along an index by a statement that seeks nothing in it. A page of a
list begins so, and a count of the first rows; with a filter and a limit the same plan may go
through the table. No plan tells how far, so it is what was read that counts."""


class Examiner(ABC):
    """Counts what is read on a connection, and finds what a plan for big tables should not have."""

    def __init__(self, connection: Connection, big: Sequence[Table], sorted_at_most: int) -> None:
        self.connection = connection
        self._big = frozenset(table.name for table in big)
        self._sorted_at_most = sorted_at_most

    @abstractmethod
    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """Put into the list, at the end, how many rows or entries were read meanwhile."""

    @abstractmethod
    def faults(self, statement: str, parameters: Any) -> list[str]:
        """Where its plan reads a whole table or index, or sorts what no limit bounds."""

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
            if words[0] == "SCAN" and words[1] in self._big:
                read = self._read(statement, parameters) if "INDEX" in words else None
                if read is None or read > LONGEST:
                    found.append(f"{step['detail']}, {read or 'all'} read")
            if step["detail"] == "USE TEMP B-TREE FOR ORDER BY":
                beside = [other for other in steps if other["parent"] == step["parent"]]
                first = next(other for other in beside if other["detail"].startswith(("SC", "SE")))
                if first["detail"].split()[1] in self._big:
                    found.append(f"{first['detail']}, then {step['detail']}")
        return found

    def _read(self, statement: str, parameters: Any) -> int:
        """What the statement costs as a whole; a row that is passed over counts a quarter."""
        with self.counting() as read:
            self.connection.exec_driver_sql(statement, parameters).all()
        return sum(read)


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
        shown = self.connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_%%'")
        counts = {name.removeprefix("Handler_"): int(value) for name, value in shown}
        # What the engine passes over by a condition on the index it does not tell as read.
        passed = counts["icp_attempts"] - counts["icp_match"]
        return passed + sum(value for name, value in counts.items() if name.startswith("read_"))

    def faults(self, statement: str, parameters: Any) -> list[str]:
        """See Examiner."""
        found = []
        for step in self._explain("ANALYZE", statement, parameters):
            # As a number, or with a share of the rows behind it.
            extra, read = step["Extra"] or "", float((step["r_rows"] or "0").split()[0])
            long = step["type"] == "ALL" or (step["type"] == "index" and read > LONGEST)
            if step["table"] in self._big and (long or "filesort" in extra):
                how = f"{step['type']} by {step['key']}"
                found.append(f"{step['table']}: {how}, {extra}, {read:.0f} read")
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
        scans = "Relation Name" in node or node["Node Type"] == "Bitmap Index Scan"
        own = _passed(node) if scans else 0
        return own + sum(map(self._rows, node.get("Plans", [])))

    def _faults(self, node: Mapping[str, Any]) -> list[str]:
        found = [fault for below in node.get("Plans", []) for fault in self._faults(below)]
        if node.get("Relation Name") in self._big and _is_whole(node):
            found.append(f"{node['Node Type']} on {node['Relation Name']}, {_passed(node)} read")
        if node["Node Type"] == "Sort" and not _is_bounded(node):
            # It may rather sort what it believes to be few than read in order and stop.
            number = max(below["Actual Rows"] for below in node["Plans"])
            if number > self._sorted_at_most:
                found.append(f"Sort of {number} rows by {node['Sort Key']}")
        return found


def _passed(node: Mapping[str, Any]) -> int:
    """How many rows a scan has looked at."""
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(each * node["Actual Loops"])


def _is_whole(scan: Mapping[str, Any]) -> bool:
    """Whether it reads a table, or an index in which it seeks nothing for long."""
    if scan["Node Type"] in ("Index Scan", "Index Only Scan"):
        return "Index Cond" not in scan and _passed(scan) > LONGEST
    return bool(scan["Node Type"] == "Seq Scan")


def _is_bounded(node: Mapping[str, Any]) -> bool:
    """Whether what comes in from the left goes through a limit, or is one row."""
    below = node.get("Plans", [])
    return node["Node Type"] == "Limit" or any(map(_is_bounded, below))


_KINDS = {"sqlite": OfSqlite, "postgresql": OfPostgreSql, "mysql": OfMariaDb, "mariadb": OfMariaDb}


def examiner(
    connection: Connection, big: Sequence[Table] = TABLES, sorted_at_most: int = BOUNDS[-1]
) -> Examiner:
    """Of the kind of database that it is."""
    kind: type[Examiner] = _KINDS[connection.dialect.name]
    return kind(connection, big, sorted_at_most)
