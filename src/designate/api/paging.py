# SPDX-License-Identifier: Apache-2.0
"""Lists: query parameters in, envelope out (API.md section 4)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from designate.api import links
from designate.api.identifiers import canonical
from designate.api.request import Request
from designate.errors import (
    BadRequest,
    InvalidLimit,
    InvalidMarker,
    InvalidSortDirection,
    InvalidSortKey,
    InvalidValue,
)
from designate.model.listing import Page, Query, is_pattern

MAX_LIMIT = 2**63 - 1
MAX_PATTERN = 512
"""Characters of a filter with wildcards: each is looked for in every text, at every place."""
_PAGING = frozenset({"limit", "marker", "sort_key", "sort_dir"})


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Identified)


@dataclass(frozen=True, slots=True)
class Collection:
    """A listable noun: the key of its envelope, its filters and its sort keys.

    `counted`: whether its lists have `metadata`, with the total.
    """

    key: str
    filters: frozenset[str]
    sort_keys: tuple[str, ...]
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Paging:
    """The page sizes of the installation: when none is asked for, and at most."""

    default_limit: int
    max_limit: int

    def query(self, req: Request, collection: Collection, *, count: bool = True) -> Query:
        """Read a list's query parameters.

        Raises BadRequest (unknown or repeated parameter), InvalidLimit, InvalidValue,
        InvalidMarker, InvalidSortKey and InvalidSortDirection.
        """
        count = count and collection.counted
        if not req.arguments:
            return Query(limit=min(self.default_limit, self.max_limit), count=count)
        given = _once(req.arguments)
        filters = {key: value for key, value in given.items() if key not in _PAGING}
        if unknown := [key for key in filters if key not in collection.filters]:
            raise BadRequest(f"{collection.key} cannot be filtered by {', '.join(unknown)}")
        patterns = {key: value for key, value in filters.items() if is_pattern(value)}
        if long := [key for key, value in patterns.items() if len(value) > MAX_PATTERN]:
            raise BadRequest(
                f"{', '.join(long)}: a filter with wildcards has at most {MAX_PATTERN} characters"
            )
        if holding := [key for key, value in filters.items() if "\0" in value]:
            raise BadRequest(f"{', '.join(holding)}: a filter cannot hold a NUL character")
        return Query(
            filters=filters,
            sort_key=_sort_key(given, collection, any_project=req.caller.all_projects),
            sort_dir=_sort_dir(given),
            limit=self._limit(given),
            marker=_marker(given),
            count=count,
        )

    def _limit(self, given: dict[str, str]) -> int:
        text = given.get("limit")
        if text is None:
            return min(self.default_limit, self.max_limit)
        if not text:
            raise InvalidValue("limit has no value")
        if text.lower() == "max":
            return self.max_limit
        try:
            limit = int(text)
        except ValueError:
            limit = 0
        if not 1 <= limit <= MAX_LIMIT:
            raise InvalidLimit(f"limit must be a whole number from 1 to {MAX_LIMIT}, or max")
        return min(limit, self.max_limit)


def _once(arguments: Sequence[tuple[str, str]]) -> dict[str, str]:
    given = dict(arguments)
    if len(given) < len(arguments):
        counted = Counter(key for key, _ in arguments)
        twice = sorted(key for key, number in counted.items() if number > 1)
        raise BadRequest(f"{', '.join(twice)} may be given once only")
    return given


def _sort_key(given: dict[str, str], collection: Collection, *, any_project: bool) -> str:
    key = given.get("sort_key", "created_at")
    if key not in collection.sort_keys:
        raise InvalidSortKey(f"sort_key must be one of {', '.join(collection.sort_keys)}")
    if key == "tenant_id" and not any_project:
        return "created_at"
    return key


def _sort_dir(given: dict[str, str]) -> str:
    direction = given.get("sort_dir", "asc")
    if direction not in ("asc", "desc"):
        raise InvalidSortDirection("sort_dir must be asc or desc")
    return direction


def _marker(given: dict[str, str]) -> str | None:
    if "marker" not in given:
        return None
    marker = canonical(given["marker"])
    if marker is None:
        raise InvalidMarker
    return marker


def envelope(
    collection: Collection,
    url: str,
    arguments: Sequence[tuple[str, str]],
    found: tuple[Query, Page[Item]],
    render: Callable[[Item], dict[str, Any]],
) -> dict[str, Any]:
    """Render one page; `next` stands there exactly when the page is full."""
    query, page = found
    place = {"self": links.with_arguments(url, arguments)}
    if page.items and len(page.items) == query.limit:
        place["next"] = links.with_arguments(url, _marked(arguments, page.items[-1].id))
    body = {collection.key: [render(item) for item in page.items], "links": place}
    if collection.counted:
        body["metadata"] = {} if page.total is None else {"total_count": page.total}
    return body


def _marked(arguments: Sequence[tuple[str, str]], last_id: str) -> list[tuple[str, str]]:
    """Return the parameters with the marker in the place of the one before it."""
    if not any(key == "marker" for key, _ in arguments):
        return [*arguments, ("marker", last_id)]
    return [(key, last_id if key == "marker" else value) for key, value in arguments]
