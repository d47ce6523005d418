# SPDX-License-Identifier: Apache-2.0
"""What a list request asks for and what it gets (API.md section 4)."""

from typing import Generic, TypeVar

import msgspec

Item = TypeVar("Item")


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a collection: filters by field, order, and the keyset position.

    `marker` is the id of the last item of the page before. `count` asks for the total.
    """

    filters: dict[str, str] = {}
    sort_key: str = "created_at"
    sort_dir: str = "asc"
    limit: int = 20
    marker: str | None = None
    count: bool = True


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """One page, and the number of all items that match the filters.

    `total` is exact or None: never a number that is too low, since clients stop paging at it.
    """

    items: list[Item]
    total: int | None = None


def is_pattern(value: str) -> bool:
    """Whether the value of a filter has a wildcard: `*`, or `%` as upstream lets through."""
    return "*" in value or "%" in value
