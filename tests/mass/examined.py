# SPDX-License-Identifier: Apache-2.0
"""What a database reads to answer, as it tells itself: rows, and plans."""

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

from designate.storage.listing import BOUNDS
from tests.mass.loading import TABLES
from tests.statements import statements

MOST = 3 * BOUNDS[0]
"""How many rows a statement may sort, or read along an index in which it seeks nothing: those of
the shorter side, of two branches, and a page. No plan tells how many they are: they are counted."""


class Allowed(NamedTuple):
    """How many rows a statement may sort, walk along an index to pass, or read without any."""

    sort: float = MOST
    walk: float = MOST
    scan: float = 0


NOTHING_LONG = Allowed()


class Finding(NamedTuple):
    """What a statement does that should be short: the field of `Allowed`, the rows, and where."""

    kind: str
    rows: float
    where: str


class Examiner(ABC):
    """Counts what is read on a connection, and finds what a plan for big tables should not have."""

    def __init__(self, connection: Connection, big: Sequence[Table]) -> None:
        self.connection = connection
        self._big = frozenset(table.name for table in big)

    @abstractmethod
    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """Put into the list, at the end, how many rows or entries were read meanwhile."""

    def faults(self, statement: str, parameters: Any, allowed: Allowed = NOTHING_LONG) -> list[str]:
        """Where it reads a big table or index, or sorts whatever it is, beyond what is allowed."""
        return [
            f"{one.kind} of {one.rows:.0f}: {one.where}"
            for one in self._findings(statement, parameters)
            if one.rows > getattr(allowed, one.kind)
        ]

    @abstractmethod
    def _findings(self, statement: str, parameters: Any) -> Iterator[Finding]:
        """Everything that its plan scans, walks along and sorts."""

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

    def _findings(self, statement: str, parameters: Any) -> Iterator[Finding]:
        steps = self._explain("EXPLAIN QUERY PLAN", statement, parameters)
        for step in steps:
            words = step["detail"].split()
            if words[0] == "SCAN" and words[1] in self._big:
                if "INDEX" in words:
                    yield Finding("walk", self._read(statement, parameters), step["detail"])
                else:
                    yield Finding("scan", math.inf, step["detail"])
        if any(_is_sort(step) for step in steps):
            for one in ordered_selects(statement):
                yield from self._sorts(one, parameters)

    def _sorts(self, one: "Ordered", parameters: Sequence[Any]) -> Iterator[Finding]:
        """What one of its selects sorts: all that there would be without its order and limit."""
        mine = tuple(parameters[one.first : one.last])
        steps = self._explain("EXPLAIN QUERY PLAN", one.whole, mine)
        if any(_is_sort(step) and step["parent"] == 0 for step in steps):
            counting = f"SELECT count(*) FROM ({one.unordered})"
            mine = mine[: one.unordered.count("?")]
            number = self.connection.exec_driver_sql(counting, mine).scalar_one()
            yield Finding("sort", number, one.whole[one.whole.rindex("ORDER BY") :])

    def _read(self, statement: str, parameters: Any) -> int:
        """What the statement costs as a whole; a row that is passed over counts a quarter."""
        with self.counting() as read:
            self.connection.exec_driver_sql(statement, parameters).all()
        return sum(read)


def _is_sort(step: Mapping[str, Any]) -> bool:
    """Whether SQLite orders by a B-tree of its own, be it only within what an index orders."""
    return str(step["detail"]).startswith("USE TEMP B-TREE FOR") and "ORDER BY" in step["detail"]


class Ordered(NamedTuple):
    """A select with an order, within a statement: with it, without, and which parameters it has."""

    whole: str
    unordered: str
    first: int
    last: int


def ordered_selects(statement: str) -> Iterator[Ordered]:
    """Every select with an order, by the brackets around it; SQLAlchemy writes no others."""
    for found in re.finditer("ORDER BY", statement):
        begin = _bracket(statement, found.start(), -1) + 1
        end = _bracket(statement, found.start(), 1)
        first = statement.count("?", 0, begin)
        last = first + statement.count("?", begin, end)
        yield Ordered(statement[begin:end], statement[begin : found.start()], first, last)


def _bracket(text: str, place: int, step: int) -> int:
    """Where the bracket around a place is, before or behind it; else where the text ends."""
    depth = 0
    while 0 <= place < len(text):
        depth += {"(": step, ")": -step}.get(text[place], 0)
        if depth < 0:
            return place
        place += step
    return place


_CONDITION = re.compile(r'(?<=condition": )".*"(?=,?$)', re.MULTILINE)


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

    def _findings(self, statement: str, parameters: Any) -> Iterator[Finding]:
        told = self._explain("ANALYZE FORMAT=JSON", statement, parameters)[0]["ANALYZE"]
        # Quotation marks in a condition are told as they are, which is no JSON.
        for name, node in _within(json.loads(_CONDITION.sub('""', told))):
            if name == "table" and node.get("table_name") in self._big:
                where = f"{node['table_name']} by {node.get('key')}"
                if node["access_type"] == "ALL":
                    yield Finding("scan", math.inf, where)
                if node["access_type"] == "index":
                    yield Finding("walk", node.get("r_loops", 0) * (node.get("r_rows") or 0), where)
            if name == "filesort":
                yield Finding("sort", _sorted(node), f"by {node.get('sort_key')}")


def _within(node: Any, name: str = "", *, but: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object below one, with its name there, from the outside in; not below those `but`."""
    if isinstance(node, list):
        for one in node:
            yield from _within(one, name, but=but)
    elif isinstance(node, dict):
        yield name, node
        for key, below in node.items():
            if key != but:
                yield from _within(below, key, but=but)


def _sorted(filesort: Mapping[str, Any]) -> float:
    """How many rows came to it: those of the last table joined below, each time it was read."""
    tables = [node for name, node in _within(filesort, but="materialized") if name == "table"]
    last = tables[-1]
    each = (last.get("r_rows") or 0) * (last.get("r_filtered") or 0) / 100
    return float(last.get("r_loops", 0) * each)


class OfPostgreSql(Examiner):
    """Counts the rows of each scan as EXPLAIN ANALYZE tells them."""

    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """See Examiner."""
        read: list[int] = []
        with statements(self.connection) as seen:
            yield read
        read.append(sum(self._rows(self._plan(*one, analyze=True)) for one in seen))

    def _findings(self, statement: str, parameters: Any) -> Iterator[Finding]:
        yield from self._each(self._plan(statement, parameters, analyze=True))

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

    def _each(self, node: Mapping[str, Any]) -> Iterator[Finding]:
        below = node.get("Plans", [])
        for one in below:
            yield from self._each(one)
        kind, where = node["Node Type"], node.get("Relation Name")
        if where in self._big and kind == "Seq Scan":
            yield Finding("scan", math.inf, where)
        if where in self._big and kind.startswith("Index") and "Index Cond" not in node:
            yield Finding("walk", _passed(node), f"{where} by {node['Index Name']}")
        if kind in ("Sort", "Incremental Sort"):
            number = max(one["Actual Rows"] * one["Actual Loops"] for one in below)
            yield Finding("sort", number, f"by {node['Sort Key']}")


def _passed(node: Mapping[str, Any]) -> int:
    """How many rows a scan has looked at."""
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(each * node["Actual Loops"])


_KINDS = {"sqlite": OfSqlite, "postgresql": OfPostgreSql, "mysql": OfMariaDb, "mariadb": OfMariaDb}


def examiner(connection: Connection, big: Sequence[Table] = TABLES) -> Examiner:
    """Of the kind of database that it is."""
    kind: type[Examiner] = _KINDS[connection.dialect.name]
    return kind(connection, big)
