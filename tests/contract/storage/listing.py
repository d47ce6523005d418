# SPDX-License-Identifier: Apache-2.0
"""Lists as they must be, by the plainest means: a Python list, filtered, sorted and cut."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

import msgspec

from designate.model.listing import Page, Query


class Row(Protocol):
    """What is listed."""

    @property
    def id(self) -> str:
        """Unique, and the order of ties."""


Item = TypeVar("Item", bound=Row)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "!": lambda one, other: one != other,
    "": lambda one, other: one == other,
}


def in_order(items: Iterable[Item], key: str, direction: str) -> list[Item]:
    """By the key, NULL below everything, and then by id; backwards when descending."""

    def place(item: Item) -> tuple[bool, Any, str]:
        value = getattr(item, key)
        return (value is not None, 0 if value is None else value, item.id)

    return sorted(items, key=place, reverse=direction == "desc")


def has_wildcard(wanted: str) -> bool:
    """Whether a filter's value is a pattern."""
    return "*" in wanted or "%" in wanted


def is_like(value: str, pattern: str, case: re.RegexFlag = re.IGNORECASE) -> bool:
    """Wildcards stand for any characters, all else for itself, in any case; `!` is for the rest."""
    if pattern.startswith("!"):
        return not is_like(value, pattern[1:], case)
    parts = (re.escape(part) for part in re.split(r"[*%]", pattern))
    return re.fullmatch(".*".join(parts), value, case | re.DOTALL) is not None


def has_text(value: str | None, wanted: str, *, folded: bool = False) -> bool:
    """Whether a text passes a filter; NULL never does. `folded`: case does not count."""
    if value is None:
        return False
    if has_wildcard(wanted):
        return is_like(value, wanted)
    fold = str.lower if folded else str
    if wanted.startswith("BETWEEN ") and "," in wanted:
        low, _, high = wanted.removeprefix("BETWEEN ").partition(",")
        return fold(low) <= fold(value) <= fold(high)
    sign = next(sign for sign in _COMPARE if wanted.startswith(sign))
    return _COMPARE[sign](fold(value), fold(wanted[len(sign) :]))


def has_number(value: int | None, wanted: str) -> bool:
    """Whether a number passes a filter; what is no number selects nothing."""
    if value is None:
        return False
    if has_wildcard(wanted):
        return is_like(str(value), wanted)
    if wanted.startswith("BETWEEN ") and "," in wanted:
        low, _, high = wanted.removeprefix("BETWEEN ").partition(",")
        return bool(low.isdigit() and high.isdigit() and int(low) <= value <= int(high))
    sign = next(sign for sign in _COMPARE if wanted.startswith(sign))
    number = wanted[len(sign) :]
    return number.isdigit() and _COMPARE[sign](value, int(number))


def walk(fetch: Callable[[Query], Page[Item]], query: Query) -> list[Item]:
    """All pages, one behind the other; each says how many items there are in all."""
    found: list[Item] = []
    totals = set()
    while True:
        page = fetch(query)
        found += page.items
        totals.add(page.total)
        assert len(page.items) <= query.limit
        if len(page.items) < query.limit:
            assert totals == {len(found)}
            return found
        query = msgspec.structs.replace(query, marker=found[-1].id)
