# SPDX-License-Identifier: Apache-2.0
"""Filters, order and keyset paging of lists (API.md section 4)."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, and_, false, func, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from designate.errors import BadRequest, InvalidSortKey, MarkerNotFound
from designate.model.listing import Page, Query
from designate.storage import rows

MAX_COUNTED = 10_000
"""Beyond this many matches no total is given: counting on costs time with the size of the table."""

_OPERATORS = ("<=", ">=", "<", ">", "!")
_ESCAPE = "\\"
_MAX_NUMBER = (1 << 63) - 1


class Field(Protocol):
    """How the value of one filter becomes a condition."""

    def condition(self, value: str) -> ColumnElement[bool]:
        """The rows that the value selects."""


def is_pattern(value: str) -> bool:
    """Whether the value has a wildcard: `*`, or `%` as upstream lets through."""
    return "*" in value or "%" in value


def like_pattern(value: str) -> str:
    """The value as a LIKE pattern; `_` stands for itself."""
    escaped = value.replace(_ESCAPE, _ESCAPE * 2).replace("_", _ESCAPE + "_")
    return escaped.replace("*", "%")


def split_operator(value: str) -> tuple[str, str]:
    """The operator that begins the value, "=" when there is none, and the rest."""
    for sign in _OPERATORS:
        if value.startswith(sign):
            return sign, value[len(sign) :]
    if value.startswith("BETWEEN ") and "," in value:
        return "BETWEEN", value[len("BETWEEN ") :]
    return "=", value


_COMPARISONS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "!": operator.ne,
    "=": operator.eq,
}


@dataclass(frozen=True, slots=True)
class TextField:
    """Text that compares as it is; wildcards ignore case."""

    column: ColumnElement[Any]

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        if is_pattern(value):
            return rows.lowered(self.column).like(like_pattern(value.lower()), escape=_ESCAPE)
        sign, rest = split_operator(value)
        if sign == "BETWEEN":
            low, _, high = rest.partition(",")
            return self.column.between(low, high)
        return _COMPARISONS[sign](self.column, rest)


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number; a value that is none selects nothing."""

    column: ColumnElement[Any]

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        if is_pattern(value):
            return rows.lowered(self.column).like(like_pattern(value), escape=_ESCAPE)
        sign, rest = split_operator(value)
        try:
            numbers = [int(part) for part in rest.split(",", sign == "BETWEEN")]
        except ValueError:
            return false()
        # Beyond the numbers of a database, where the nearest of them compares alike.
        numbers = [max(-_MAX_NUMBER, min(number, _MAX_NUMBER)) for number in numbers]
        if sign == "BETWEEN":
            return self.column.between(numbers[0], numbers[-1])
        return _COMPARISONS[sign](self.column, numbers[0])


@dataclass(frozen=True, slots=True)
class NameField:
    """A domain name: case does not count, a wildcard at one end is served by an index."""

    key: ColumnElement[Any]
    reverse_key: ColumnElement[Any]

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        if not is_pattern(value):
            sign, rest = split_operator(value)
            rest = rest.lower()
            if sign == "BETWEEN":
                low, _, high = rest.partition(",")
                return self.key.between(low, high)
            return _COMPARISONS[sign](self.key, rest)
        value = value.lower().replace("%", "*")
        inner = value.strip("*")
        if "*" not in inner and inner.isascii():
            if not value.startswith("*"):
                return rows.prefix_range(self.key, inner)
            if not value.endswith("*") or not inner:
                return rows.prefix_range(self.reverse_key, inner[::-1])
        return self.key.like(like_pattern(value), escape=_ESCAPE)


@dataclass(frozen=True, slots=True)
class Sort:
    """A column that a list can be ordered by; NULL comes first in ascending order."""

    column: ColumnElement[Any]
    nullable: bool = False

    def order(self, *, ascending: bool) -> list[ColumnElement[Any]]:
        """ORDER BY terms, the same on every database."""
        terms: list[ColumnElement[Any]] = [self.column]
        if self.nullable:
            terms.insert(0, self.column.is_not(None))
        return terms if ascending else [term.desc() for term in terms]

    def beyond(
        self, value: Any, identity: ColumnElement[Any], marker: str, *, ascending: bool
    ) -> ColumnElement[bool]:
        """The rows behind the one that has this value and id."""
        tie = identity > marker if ascending else identity < marker
        if value is None:
            same = and_(self.column.is_(None), tie)
            return or_(same, self.column.is_not(None)) if ascending else same
        # One bound that an index can seek to, and what it lets through by the tie.
        if ascending:
            return and_(self.column >= value, or_(self.column > value, tie))
        rest = and_(self.column <= value, or_(self.column < value, tie))
        return or_(rest, self.column.is_(None)) if self.nullable else rest


class Fields:
    """The filters of a collection."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = dict(fields)

    def conditions(self, filters: Mapping[str, str]) -> list[ColumnElement[bool]]:
        """All conditions, joined by AND; raises BadRequest for a filter that does not exist."""
        unknown = sorted(set(filters) - set(self._fields))
        if unknown:
            raise BadRequest(f"Invalid filters: {', '.join(unknown)}")
        return [self._fields[name].condition(value) for name, value in filters.items()]


@dataclass(frozen=True, slots=True)
class Listing:
    """How a collection is listed: its filters, its sort keys, and the column of its ids."""

    fields: Fields
    sorts: Mapping[str, Sort]
    identity: ColumnElement[Any]

    def page(
        self,
        connection: Connection,
        statement: Select[Any],
        query: Query,
        parameters: Mapping[str, Any] | None = None,
    ) -> Page[Row[Any]]:
        """Run a list query: filter, order by the sort key and then the id, take one page.

        The marker is looked up among the rows that the caller can see. Raises BadRequest,
        InvalidSortKey, MarkerNotFound.
        """
        bound = dict(parameters or {})
        sort = self.sorts.get(query.sort_key)
        if sort is None:
            raise InvalidSortKey(f"sort key must be one of: {', '.join(sorted(self.sorts))}")
        selected = statement.where(*self.fields.conditions(query.filters))
        total = self._count(connection, selected, bound) if query.count else None
        ascending = query.sort_dir == "asc"
        if query.marker is not None:
            position = statement.with_only_columns(sort.column)
            position = position.where(self.identity == query.marker)
            found = connection.execute(position, bound).one_or_none()
            if found is None:
                raise MarkerNotFound(f"Marker {query.marker} could not be found")
            selected = selected.where(
                sort.beyond(found[0], self.identity, query.marker, ascending=ascending)
            )
        tie = self.identity if ascending else self.identity.desc()
        selected = selected.order_by(*sort.order(ascending=ascending), tie).limit(query.limit)
        return Page(list(connection.execute(selected, bound)), total)

    def _count(
        self, connection: Connection, statement: Select[Any], parameters: Mapping[str, Any]
    ) -> int | None:
        some = statement.with_only_columns(self.identity).limit(MAX_COUNTED + 1).subquery()
        counting = select(func.count()).select_from(some)
        number = connection.execute(counting, parameters).scalar_one()
        return None if number > MAX_COUNTED else int(number)


def status_conditions(
    settled: ColumnElement[bool], failing: ColumnElement[bool]
) -> Mapping[str, ColumnElement[bool]]:
    """Which rows have which derived status (`model.status.recordset_status`)."""
    return {
        "ACTIVE": settled,
        "PENDING": and_(not_(settled), not_(failing)),
        "ERROR": and_(not_(settled), failing),
    }


@dataclass(frozen=True, slots=True)
class DerivedField:
    """A value that is computed from other columns: each has its condition."""

    conditions: Mapping[str, ColumnElement[bool]]

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        sign, rest = split_operator(value)
        if is_pattern(value):
            chosen = [word for word in self.conditions if _matches(value, word)]
        elif sign == "!":
            chosen = [word for word in self.conditions if word != rest]
        else:
            chosen = [word for word in self.conditions if word == value]
        return or_(false(), *(self.conditions[word] for word in chosen))


def _matches(pattern: str, word: str) -> bool:
    parts = pattern.lower().replace("%", "*").split("*")
    rest = word.lower()
    if not rest.startswith(parts[0]) or not rest.endswith(parts[-1]):
        return False
    rest = rest[len(parts[0]) :]
    for part in parts[1:-1]:
        index = rest.find(part)
        if index < 0:
            return False
        rest = rest[index + len(part) :]
    return len(rest) >= len(parts[-1])
