# SPDX-License-Identifier: Apache-2.0
"""Filters of lists: what they select, and which index leads there (API.md section 4)."""

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, String, and_, false, literal, not_, or_
from sqlalchemy.sql.elements import ColumnElement

from designate.errors import BadRequest
from designate.model.listing import is_pattern
from designate.storage import rows
from designate.storage.folding import Folded
from designate.storage.tables.columns import DEL, Ascii

Branches = tuple[Select[Any], ...]
"""Selects of ids, each read from one index; what is wanted is among all of them together."""

_OPERATORS = ("<=", ">=", "<", ">", "!")
_ESCAPE = "\\"
_MAX_NUMBER = (1 << 63) - 1


class Field(ABC):
    """How the value of one filter becomes a condition."""

    @abstractmethod
    def condition(self, value: str) -> ColumnElement[bool]:
        """The rows that the value selects."""

    def side(self, value: str) -> Branches | None:
        """The ids of all rows that the value selects, by an index; None where none leads there."""
        del value
        return None

    def pins(self, value: str) -> bool:
        """Whether the rows that the value selects can be read in the order of the list."""
        del value
        return False


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
class TextField(Field):
    """Text that compares as it is; wildcards ignore case.

    `ids`: those of all rows, when there is an index that begins with the column. `ordered`: when
    an index holds the rows of one value in the order of the list. `folded`: the column holds lower
    case, and case never counts.
    """

    column: ColumnElement[Any]
    ids: Select[Any] | None = None
    ordered: bool = False
    folded: bool = False

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        value = _held(self.column, value)
        if is_pattern(value):
            pattern = like_pattern(value.lower() if self.folded else value)
            return Folded(self.column).like(Folded(pattern), escape=_ESCAPE)
        sign, rest = split_operator(value)
        rest = rest.lower() if self.folded else rest
        if sign == "BETWEEN":
            low, _, high = rest.partition(",")
            return self.column.between(low, high)
        return _COMPARISONS[sign](self.column, rest)

    def side(self, value: str) -> Branches | None:
        """See Field."""
        if self.ids is None or not _is_plain(value):
            return None
        return (self.ids.where(self.condition(value)),)

    def pins(self, value: str) -> bool:
        """See Field."""
        return self.ordered and _is_plain(value)


@dataclass(frozen=True, slots=True)
class NumberField(Field):
    """A number; a value that is none selects nothing. `ids`: as of text.

    `ranges`: as `ids`, for comparisons. It asks for nothing else: behind a range no index seeks any
    further, and a database might read all of a project rather than a range of numbers.
    """

    column: ColumnElement[Any]
    ids: Select[Any] | None = None
    ranges: Select[Any] | None = None

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        if is_pattern(value):
            return self.column.cast(String).like(like_pattern(value), escape=_ESCAPE)
        sign, rest = split_operator(value)
        try:
            found = [int(part) for part in rest.split(",", sign == "BETWEEN")]
        except ValueError:
            return false()
        # Beyond the numbers of a database, where the nearest of them compares alike.
        limited = [max(-_MAX_NUMBER, min(number, _MAX_NUMBER)) for number in found]
        # PostgreSQL takes a number for one of the column's size, where it may not fit.
        numbers = [literal(number, BigInteger) for number in limited]
        if sign == "BETWEEN":
            return self.column.between(numbers[0], numbers[-1])
        return _COMPARISONS[sign](self.column, numbers[0])

    def side(self, value: str) -> Branches | None:
        """See Field."""
        sign = split_operator(value)[0]
        ids = self.ids if sign == "=" else self.ranges
        if ids is None or is_pattern(value) or sign == "!":
            return None
        return (ids.where(self.condition(value)).order_by(self.column),)


@dataclass(frozen=True, slots=True)
class NameField(Field):
    """A domain name: case does not count. `ids`: what an index of each key begins with, if any."""

    key: ColumnElement[Any]
    reverse_key: ColumnElement[Any]
    ids: Select[Any]

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        value = _held(self.key, value)
        if not is_pattern(value):
            return self._compared(value)
        pattern = like_pattern(value.lower())
        return self.key.like(pattern, escape=_ESCAPE)

    def _compared(self, value: str) -> ColumnElement[bool]:
        sign, rest = split_operator(value)
        rest = rest.lower()
        if sign == "BETWEEN":
            low, _, high = rest.partition(",")
            return self.key.between(low, high)
        return _COMPARISONS[sign](self.key, rest)

    def side(self, value: str) -> Branches | None:
        """Names that begin like the value up to a wildcard, or else end like it behind one."""
        if not value.isascii() or value.startswith("!"):
            return None
        if not is_pattern(value):
            return (self.ids.where(self._compared(value)).order_by(self.key),)
        head, tail = ends(value.lower())
        if head:
            return (self.ids.where(rows.prefix_range(self.key, head)).order_by(self.key),)
        if tail:
            ending = rows.prefix_range(self.reverse_key, tail[::-1])
            return (self.ids.where(ending).order_by(self.reverse_key),)
        return None


def ends(pattern: str) -> tuple[str, str]:
    """What stands before the first wildcard, and what behind the last."""
    parts = pattern.replace("%", "*").split("*")
    return parts[0], parts[-1]


def _held(column: ColumnElement[Any], value: str) -> str:
    """The value as the column can hold it, for databases that compare nothing else with it.

    A character that is not ASCII becomes DEL where the column has ASCII only: that is in no name,
    word or identifier, and sorts behind all that are.
    """
    if isinstance(column.type, Ascii):
        return "".join(character if character < DEL else DEL for character in value)
    return value


def _is_plain(value: str) -> bool:
    return not is_pattern(value) and split_operator(value)[0] == "="


def _selecting(field: Field, value: str) -> ColumnElement[bool]:
    """The rows that the value selects; `!` before one with wildcards is for those not like it."""
    if value.startswith("!") and is_pattern(value):
        return not_(field.condition(value[1:]))
    return field.condition(value)


class Fields:
    """The filters of a collection."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = dict(fields)

    def check(self, filters: Mapping[str, str]) -> None:
        """Raises BadRequest for a filter that does not exist."""
        unknown = sorted(set(filters) - set(self._fields))
        if unknown:
            raise BadRequest(f"Invalid filters: {', '.join(unknown)}")

    def conditions(self, filters: Mapping[str, str]) -> list[ColumnElement[bool]]:
        """All conditions, to be joined by AND."""
        return [_selecting(self._fields[name], value) for name, value in filters.items()]

    def sides(self, filters: Mapping[str, str]) -> list[Branches]:
        """For each filter that an index leads from, the ids there."""
        sides = (self._fields[name].side(value) for name, value in filters.items())
        return [side for side in sides if side is not None]

    def pinned(self, filters: Mapping[str, str]) -> list[ColumnElement[bool]]:
        """The conditions under which the list can still be read in its order."""
        return [
            self._fields[name].condition(value)
            for name, value in filters.items()
            if self._fields[name].pins(value)
        ]


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
class DerivedField(Field):
    """A value that is computed from other columns: each has its condition.

    `settled` is the value of the rows that wait for nothing. `ids`: those of these rows, when an
    index leads to them, and those of the others.
    """

    conditions: Mapping[str, ColumnElement[bool]]
    settled: str
    ids: tuple[Branches | None, Branches]

    def condition(self, value: str) -> ColumnElement[bool]:
        """See Field."""
        return or_(false(), *(self.conditions[word] for word in self._chosen(value)))

    def side(self, value: str) -> Branches | None:
        """See Field."""
        chosen = self._chosen(value)
        if self.settled not in chosen:
            return self.ids[1]
        return self.ids[0] if len(chosen) == 1 else None

    def _chosen(self, value: str) -> list[str]:
        wanted = value.removeprefix("!")
        opposite = wanted != value
        return [word for word in self.conditions if _matches(wanted, word) != opposite]


def _matches(value: str, word: str) -> bool:
    if not is_pattern(value):
        return value == word
    parts = value.lower().replace("%", "*").split("*")
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
