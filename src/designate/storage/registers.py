# SPDX-License-Identifier: Apache-2.0
"""Queries on registers: the rows of one table, each an entry that administrators keep."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, Table, delete, exists, insert, select, update

from designate.errors import Duplicate, NotFound
from designate.model import registers as model
from designate.model.listing import Page, Query
from designate.storage import criteria
from designate.storage.listing import Listing, Sort, Source
from designate.storage.transaction import Transaction

Entry = TypeVar("Entry", bound=model.Entry)


class Register(Generic[Entry]):
    """A table whose columns are the fields of `entry`, and what no two entries may share.

    That is the text of the field `unique`: itself, or in lower case where the table has a column
    `UNIQUE_key`. `fields` are the filters of lists; `unique` is one and is sorted by as well.
    """

    def __init__(
        self,
        table: Table,
        entry: type[Entry],
        unique: str,
        errors: tuple[type[NotFound], type[Duplicate]],
        fields: Mapping[str, criteria.Field] | None = None,
    ) -> None:
        self.entry = entry
        self._table = table
        self._unique = unique
        self._absent, self._duplicate = errors
        key = f"{unique}_key"
        self._folds = key in table.c
        self._key = table.c[key if self._folds else unique]
        self._names = entry.__struct_fields__
        self._columns = tuple(table.c[name] for name in self._names)
        ids = select(table.c.id)
        by_key = criteria.TextField(self._key, ids, folded=self._folds)
        self._listing = Listing(
            Source(self._columns, table.c.id, joined=(), scope=(ids,), visible=()),
            criteria.Fields({unique: by_key, **(fields or {})}),
            {
                "created_at": Sort(table.c.created_at, indexed=True),
                "updated_at": Sort(table.c.updated_at, nullable=True),
                "id": Sort(table.c.id),
                unique: Sort(self._key),
            },
        )

    def find(self, connection: Connection, query: Query) -> Page[Entry]:
        """A page of entries."""
        page = self._listing.page(connection, query)
        return Page([self._entry(row) for row in page.items], page.total)

    def get(self, connection: Connection, entry_id: str) -> Entry:
        """The entry of this id; raises the NotFound."""
        return self._one(connection.execute(self._select(entry_id)).one_or_none())

    def lock(self, tx: Transaction, entry_id: str) -> Entry:
        """The same, with its row locked."""
        return self._one(tx.read(self._select(entry_id).with_for_update()).one_or_none())

    def add(self, tx: Transaction, entry: Entry) -> None:
        """Insert an entry; raises the Duplicate."""
        values = msgspec.structs.asdict(entry)
        self._check(tx, values)
        tx.write(insert(self._table).values(**values, **self._keyed(values), version=1))
        tx.leaves(lambda: exists().where(self._table.c.id == values["id"]))

    def replace(self, tx: Transaction, before: Entry, after: Entry) -> None:
        """Write what changed of a locked entry; raises the Duplicate."""
        values, known = msgspec.structs.asdict(after), msgspec.structs.asdict(before)
        if self._fold(values) != self._fold(known):
            self._check(tx, values)
        changed = {name: value for name, value in values.items() if value != known[name]}
        changed |= self._keyed(values) | {"version": self._table.c.version + 1}
        tx.write(update(self._table).where(self._table.c.id == values["id"]).values(**changed))

    def remove(self, tx: Transaction, entry_id: str) -> None:
        """Delete an entry; raises the NotFound."""
        mine = self._table.c.id == entry_id
        if tx.write(delete(self._table).where(mine)).rowcount == 0:
            raise self._absent
        tx.leaves(lambda: ~exists().where(mine))

    def _select(self, entry_id: str) -> Any:
        return select(*self._columns).where(self._table.c.id == entry_id)

    def _one(self, row: Any) -> Entry:
        if row is None:
            raise self._absent
        return self._entry(row)

    def _entry(self, row: Any) -> Entry:
        return self.entry(**dict(zip(self._names, row, strict=True)))

    def _check(self, tx: Transaction, values: Mapping[str, Any]) -> None:
        """A rival that inserts the same at the same time is found by the second attempt."""
        taken = select(self._table.c.id).where(self._key == self._fold(values))
        if tx.read(taken).first() is not None:
            raise self._duplicate

    def _fold(self, values: Mapping[str, Any]) -> str:
        text = str(values[self._unique])
        return text.lower() if self._folds else text

    def _keyed(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {self._key.name: self._fold(values)} if self._folds else {}
