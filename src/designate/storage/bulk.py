# SPDX-License-Identifier: Apache-2.0
"""Inserts of thousands of rows: many rows in one statement, handed to the driver as it takes them.

The driver works on such a statement without Python's lock, so that other threads go on meanwhile,
and a database elsewhere is asked once for many rows.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Dialect, Table

from designate.storage.transaction import Transaction

_SIZES = (256, 64, 16, 4, 1)
"""Rows of a statement. There are few sizes, since drivers keep what they have prepared, and the
largest has fewer values than every database takes."""


class BulkInsert:
    """An insert of rows that differ in some columns and share the values of others.

    Values that differ are in a form that every driver takes: text, bytes, numbers, None.
    """

    def __init__(self, table: Table, differing: Sequence[str], shared: Sequence[str]) -> None:
        self._table = table
        self._columns = [table.c[name] for name in (*differing, *shared)]
        self._shared = [table.c[name] for name in shared]

    def run(
        self, tx: Transaction, differing: Sequence[Sequence[Any]], shared: Mapping[str, Any]
    ) -> None:
        """Insert a row for each of `differing`."""
        tx.wrote = True
        dialect = tx.connection.dialect
        tail = self._converted(dialect, shared)
        first = 0
        for size in _SIZES:
            text = self._statement(dialect, size)
            while len(differing) - first >= size:
                part = differing[first : first + size]
                values = tuple(chain.from_iterable([(*row, *tail) for row in part]))
                tx.connection.exec_driver_sql(text, values)
                first += size

    def _converted(self, dialect: Dialect, shared: Mapping[str, Any]) -> list[Any]:
        values = []
        for column in self._shared:
            convert = column.type.dialect_impl(dialect).bind_processor(dialect)
            value = shared[column.name]
            values.append(convert(value) if convert else value)
        return values

    def _statement(self, dialect: Dialect, number: int) -> str:
        quoted = dialect.identifier_preparer
        columns = ", ".join(quoted.format_column(column) for column in self._columns)
        mark = "?" if dialect.paramstyle == "qmark" else "%s"
        row = f"({', '.join([mark] * len(self._columns))})"
        into = quoted.format_table(self._table)
        return f"INSERT INTO {into} ({columns}) VALUES {', '.join([row] * number)}"
