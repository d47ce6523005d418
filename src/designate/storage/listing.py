# SPDX-License-Identifier: Apache-2.0
"""Pages of lists at any size: which rows are read is decided here, not by the database.

A page is taken from one of two sides. From a filter: the index of the filter leads to few rows,
and these are sorted. From the order: rows are read in the order of the list until a page has
passed the filters. Which side is shorter depends on the data, so both are tried within a bound
that grows tenfold: the cost is that of the cheaper side, whatever the statistics of the database
say (decision 0010).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    FromClause,
    Row,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from designate.errors import InvalidSortKey, MarkerNotFound
from designate.model.listing import Page, Query
from designate.storage.criteria import Branches, Fields
from designate.storage.leading import LeadingJoin

BOUNDS = (1_000, 10_000, 100_000)
"""How many rows each side may read before the other is tried. After the last one the rows are read
in order until the page is full: a bound would have to be read to its end."""
MAX_COUNTED = BOUNDS[0]
"""Beyond this many rows to look at no total is given: it would cost more than the page."""

_WAYS = {
    **dict.fromkeys(("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"), "off"),
    **dict.fromkeys(("random_page_cost", "seq_page_cost"), "0.01"),
    "plan_cache_mode": "force_custom_plan",
}


@dataclass(frozen=True, slots=True)
class Sort:
    """A column that a list can be ordered by; NULL comes first in ascending order.

    `indexed`: the rows of every scope can be read in this order by an index.
    """

    column: ColumnElement[Any]
    nullable: bool = False
    indexed: bool = False

    def order(
        self, column: ColumnElement[Any] | None = None, *, ascending: bool
    ) -> list[ColumnElement[Any]]:
        """ORDER BY terms, the same on every database; of another `column` with the same values."""
        column = self.column if column is None else column
        terms: list[ColumnElement[Any]] = [column]
        if self.nullable:
            terms.insert(0, column.is_not(None))
        return terms if ascending else [term.desc() for term in terms]

    def beyond(
        self, value: Any, identity: ColumnElement[Any], marker: str, *, ascending: bool
    ) -> list[ColumnElement[bool]]:
        """The rows behind the one that has this value and id: ties, and the others.

        Apart, so that an index seeks to each, however many rows tie.
        """
        ties = and_(
            self.column.is_(None) if value is None else self.column == value,
            identity > marker if ascending else identity < marker,
        )
        if value is None:
            return [ties, self.column.is_not(None)] if ascending else [ties]
        if ascending:
            return [ties, self.column > value]
        others = self.column < value
        return [ties, or_(others, self.column.is_(None)) if self.nullable else others]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the items of a list come from.

    `scope`: the ids of all items, from indexes that go on with the list's order. `visible`: what
    must hold of the rows and of those joined to them. `narrow`: what must hold of columns that a
    filter's index has, so that others are dropped before their rows are read. `overlaps`: an item
    may be in two branches of the scope. To ask for it in one of them, MariaDB would look at rows,
    where an index does not have the column, and then begin each page at the first of all.
    """

    columns: Sequence[ColumnElement[Any]]
    identity: ColumnElement[Any]
    joined: Sequence[tuple[FromClause, ColumnElement[bool]]]
    scope: Branches
    visible: Sequence[ColumnElement[bool]]
    narrow: Sequence[tuple[str, ColumnElement[Any]]] = ()
    overlaps: bool = False

    def rows(self, found: Select[Any] | None) -> Select[Any]:
        """The items, of all rows or of those whose ids were found, which are read first."""
        start: FromClause = self.identity.table
        if found is not None:
            ids = found.subquery("found")
            start = LeadingJoin(ids, start, ids.c.id == self.identity)
        for table, condition in self.joined:
            start = LeadingJoin(start, table, condition)
        return select(*self.columns).select_from(start).where(*self.visible)


@dataclass(frozen=True, slots=True)
class Listing:
    """How a collection is listed: its source, its filters and its sort keys."""

    source: Source
    fields: Fields
    sorts: Mapping[str, Sort]

    def page(
        self,
        connection: Connection,
        query: Query,
        parameters: Mapping[str, Any] | None = None,
        size: int | None = None,
    ) -> Page[Row[Any]]:
        """Filter, order by the sort key and then the id, take one page; `size` of all if known.

        The marker is looked up among the rows that the caller can see. Raises BadRequest,
        InvalidSortKey, MarkerNotFound.
        """
        return _Search(self, connection, query, parameters, size).page()


class _Search:
    """One request for a page."""

    def __init__(
        self,
        listing: Listing,
        connection: Connection,
        query: Query,
        parameters: Mapping[str, Any] | None,
        size: int | None,
    ) -> None:
        sort = listing.sorts.get(query.sort_key)
        if sort is None:
            raise InvalidSortKey(f"sort key must be one of: {', '.join(sorted(listing.sorts))}")
        listing.fields.check(query.filters)
        _follow_indexes(connection)
        self._source = listing.source
        self._connection = connection
        self._query = query
        self._sort = sort
        self._parameters = dict(parameters or {})
        self._ascending = query.sort_dir == "asc"
        self._conditions = listing.fields.conditions(query.filters)
        self._sides = listing.fields.sides(query.filters)
        pinned = listing.fields.pinned(query.filters)
        self._scope = tuple(branch.where(*pinned) for branch in self._source.scope)
        self._loose = len(query.filters) > len(pinned)
        self._sizes: dict[Branches, tuple[int, int]] = {}
        if size is not None and not pinned:
            self._sizes[self._scope] = size, size
        self._behind = self._marked()
        self._steps = self._advance()

    def page(self) -> Page[Row[Any]]:
        """The page, with the total when it is asked for and known."""
        total = self._total() if self._query.count else None
        return Page(list(self._items()), total)

    def _items(self) -> Sequence[Row[Any]]:
        if self._sort.indexed and not self._loose:
            items = self._walk(self._query.limit)
            if self._is_page(items, self._query.limit):
                return items
        sides = self._sides if self._sort.indexed else [*self._sides, self._scope]
        behind = or_(*self._behind) if self._behind else true()
        for bound in BOUNDS:
            for side in sides:
                if self._is_within(side, bound):
                    return self._cut(self._among(side, bound).where(behind))
            if self._sort.indexed:
                items = self._walk(bound)
                if self._is_page(items, bound):
                    return items
        return self._cut(self._in_order(behind))

    def _in_order(self, behind: ColumnElement[bool]) -> Select[Any]:
        """The items among which the page is, each part of the scope read until it has a page."""
        every = self._source.rows(None).where(behind, *self._conditions)
        if len(self._scope) == 1 or not self._sort.indexed:
            return every
        identity = self._source.identity
        ids = every.with_only_columns(identity, maintain_column_froms=True).order_by(*self._order())
        scopes = [branch.whereclause for branch in self._scope]
        parts = tuple(ids.where(scope) for scope in scopes if scope is not None)
        return self._source.rows(self._once(_united(parts, self._query.limit), "id"))

    def _total(self) -> int | None:
        """How many items there are, when an index leads to few rows among which they are."""
        for side in (*self._sides, self._scope):
            if self._is_within(side, MAX_COUNTED):
                counting = self._among(side, MAX_COUNTED).with_only_columns(
                    func.count(), maintain_column_froms=True
                )
                return int(self._run(counting).scalar_one())
        return None

    # -- from a filter ------------------------------------------------------------------------

    def _is_within(self, side: Branches, bound: int) -> bool:
        """Whether an index leads to so few rows; it looks at no more than that."""
        size, looked = self._sizes.get(side, (0, -1))
        if size > looked and looked < bound:
            one = literal(1).label("one")
            entries = tuple(
                branch.with_only_columns(one, maintain_column_froms=True) for branch in side
            )
            counting = select(func.count()).select_from(_united(entries, bound + 1))
            size, looked = int(self._run(counting).scalar_one()), bound
            self._sizes[side] = size, looked
        return size <= bound

    def _among(self, side: Branches, bound: int) -> Select[Any]:
        """The items among the rows that an index leads to."""
        read = _united(side, bound)
        narrow = [read.c[name] == value for name, value in self._source.narrow if name in read.c]
        ids = select(read.c.id).where(*narrow).distinct()
        return self._source.rows(ids).where(*self._conditions)

    # -- from the order -----------------------------------------------------------------------

    def _walk(self, bound: int) -> Sequence[Row[Any]]:
        """The page among the next rows in the order of the list."""
        steps = self._steps
        if len(steps) == 1:
            ids = steps[0].limit(bound)
        else:
            rows = _united(steps, bound)
            ordered = self._order(rows.c.place, rows.c.id)
            ids = self._once(rows, "id", "place").order_by(*ordered).limit(bound)
        return self._cut(self._source.rows(ids).where(*self._conditions))

    def _is_page(self, items: Sequence[Row[Any]], bound: int) -> bool:
        """Whether these are the page, of the next `bound` rows: it is full or the last."""
        if len(items) == self._query.limit:
            return True
        size, looked = self._sizes.get(self._scope, (0, -1))
        return size <= min(bound, looked) or self._is_within(self._steps, bound)

    def _advance(self) -> Branches:
        """The rows behind the marker in the order of the list."""
        steps = [step.where(behind) for step in self._scope for behind in self._behind or [true()]]
        place = self._sort.column.label("place")
        return tuple(step.add_columns(place).order_by(*self._order()) for step in steps)

    # -- both ---------------------------------------------------------------------------------

    def _marked(self) -> list[ColumnElement[bool]]:
        """What is behind the marker; nothing when none is given."""
        marker, identity = self._query.marker, self._source.identity
        if marker is None:
            return []
        position = self._source.rows(None).with_only_columns(
            self._sort.column, maintain_column_froms=True
        )
        found = self._run(position.where(identity == marker)).one_or_none()
        if found is None:
            raise MarkerNotFound(f"Marker {marker} could not be found")
        return self._sort.beyond(found[0], identity, marker, ascending=self._ascending)

    def _once(self, rows: FromClause, *columns: str) -> Select[Any]:
        """The rows of several branches, each once."""
        found = select(*(rows.c[column] for column in columns))
        return found.distinct() if self._source.overlaps else found

    def _order(
        self, column: ColumnElement[Any] | None = None, identity: ColumnElement[Any] | None = None
    ) -> list[ColumnElement[Any]]:
        tie = self._source.identity if identity is None else identity
        terms = self._sort.order(column, ascending=self._ascending)
        return [*terms, tie if self._ascending else tie.desc()]

    def _cut(self, chosen: Select[Any]) -> Sequence[Row[Any]]:
        """One page of what was chosen: its ids are sorted, then its rows are read."""
        order = self._order()
        ids = chosen.with_only_columns(self._source.identity, maintain_column_froms=True)
        page = self._source.rows(ids.order_by(*order).limit(self._query.limit))
        return self._run(page.order_by(*order)).all()

    def _run(self, statement: Select[Any]) -> CursorResult[Any]:
        return self._connection.execute(statement, self._parameters)


def _follow_indexes(connection: Connection) -> None:
    """Until the transaction ends, keep PostgreSQL from what it does when its statistics mislead it.

    It takes a prefix that is rare for a frequent one, and reads a table as a whole, or once for
    each row of another. Every statement here has its way by indexes; a small table that is read
    all the same must not be taken for one whose statement is worth compiling. And a statement that
    was prepared has one plan for all values in the end, which may take 500 times as long as that
    for these. Pages cost next to nothing, so that it is rows that are counted: else it goes through
    those of all projects, since they lie beside one another on the disk, to find those of one that
    has half of them, though they may all be at the end.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(*(func.set_config(*way, true()) for way in _WAYS.items())))


def _united(branches: Branches, bound: int) -> FromClause:
    """The first rows of each branch."""
    first = [branch.limit(bound) for branch in branches]
    if len(first) == 1:
        return first[0].subquery()
    return union_all(*(select(branch.subquery()) for branch in first)).subquery()
