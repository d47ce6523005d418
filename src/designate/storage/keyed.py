# SPDX-License-Identifier: Apache-2.0
"""Statements about many rows, each with values of its own: one round trip for all of them.

The driver of MariaDB sends an UPDATE that is to be run with many values once for each: where a
round trip takes a millisecond, so does each row.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Double,
    and_,
    bindparam,
    case,
    cast,
    or_,
)

from designate.storage.prepared import Prepared, Values
from designate.storage.transaction import Transaction

MOST = 64
"""Rows of one statement."""


class Own:
    """The rows that a statement is about, as its conditions and values name them."""

    def __init__(self, key: Column[Any], size: int) -> None:
        self._key = key
        self._size = size

    @property
    def rows(self) -> ColumnElement[bool]:
        """Those rows, by their key."""
        return self._key.in_(self._binds(self._key))

    def value(self, column: Column[Any]) -> ColumnElement[Any]:
        """The value that each row is given under the name of this column, and of its type."""
        given: Iterable[ColumnElement[Any]] = self._binds(column)
        if isinstance(column.type, Double):
            # PostgreSQL is not told that they are numbers, unlike others.
            given = [cast(bind, Double) for bind in given]
        return case(*zip(self._binds(self._key), given, strict=True), value=self._key)

    def any_of(self, *columns: Column[Any]) -> ColumnElement[bool]:
        """Those rows, where the key and these columns are as given."""
        all_of = (self._key, *columns)
        given = zip(*(self._binds(column) for column in all_of), strict=True)
        return or_(
            *(and_(*(c == bind for c, bind in zip(all_of, row, strict=True))) for row in given)
        )

    def given(self, name: str, column: Column[Any]) -> list[BindParameter[Any]]:
        """What each row is given under a name, of the type of a column."""
        return [bindparam(f"b_{name}_{n}", type_=column.type) for n in range(self._size)]

    def _binds(self, column: Column[Any]) -> list[BindParameter[Any]]:
        return self.given(column.name, column)


class Keyed:
    """A statement about rows of one table, prepared for one, two, four and more of them.

    `make` builds it, for `most` rows at once. Rows are given by the names of columns, and what it
    asks for by others.
    """

    def __init__(self, key: Column[Any], make: Callable[[Own], Any], most: int = MOST) -> None:
        self._key = key
        self._make = make
        self._most = most
        self._prepared: dict[int, Prepared] = {}

    def run(self, tx: Transaction, rows: Sequence[Values], **common: Any) -> int:
        """Change these rows; how many. `common` are values that all have."""
        return sum(
            tx.run(self._for(size), values | common) for size, values in _portions(rows, self._most)
        )

    def all(self, connection: Connection, rows: Sequence[Values], **common: Any) -> list[Any]:
        """The rows of a select about these. `common` are values that all have."""
        return [
            row
            for size, values in _portions(rows, self._most)
            for row in self._for(size).all(connection, values | common)
        ]

    def _for(self, size: int) -> Prepared:
        if size not in self._prepared:
            self._prepared[size] = Prepared(self._make(Own(self._key, size)))
        return self._prepared[size]


def _portions(rows: Sequence[Values], most: int) -> list[tuple[int, dict[str, Any]]]:
    """The sizes of statements, and their values; the last row stands in for those that lack."""
    portions = []
    for first in range(0, len(rows), most):
        portion = rows[first : first + most]
        size = 1 << (len(portion) - 1).bit_length()
        padded = [*portion, *[portion[-1]] * (size - len(portion))]
        values = {
            f"b_{name}_{n}": value for n, row in enumerate(padded) for name, value in row.items()
        }
        portions.append((size, values))
    return portions
