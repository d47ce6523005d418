# SPDX-License-Identifier: Apache-2.0
"""Registers: lists that administrators keep, one rule of policy for each operation.

The one module of central that others import (decision 0013).
"""

from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from designate.model import changes
from designate.model import registers as model
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.policy.enforcer import Enforcer
from designate.storage import rows
from designate.storage.registers import Register as Rows
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

Entry = TypeVar("Entry", bound=model.Entry)
New = TypeVar("New", bound=msgspec.Struct)
Change = TypeVar("Change", bound=msgspec.Struct)


class Register(Generic[Entry, New, Change]):
    """See `contracts.registers.Register`. The rules are create_NOUN, find_NOUNs and so on."""

    noun: ClassVar[str]
    rows: ClassVar[Rows[Any]]

    def __init__(self, store: Store, enforcer: Enforcer) -> None:
        self._store = store
        self._enforcer = enforcer

    def create(self, ctx: Context, new: New) -> Entry:
        """See the contract."""
        self._enforcer.check(ctx, f"create_{self.noun}", {})
        values = msgspec.structs.asdict(new) | {"id": rows.ordered_id()}

        def write(tx: Transaction) -> Entry:
            entry: Entry = self.rows.entry(**values, created_at=tx.now)
            self.admit(tx, entry)
            self.rows.add(tx, entry)
            return entry

        return self._store.write(write)

    def find(self, ctx: Context, query: Query) -> Page[Entry]:
        """See the contract."""
        self._enforcer.check(ctx, f"find_{self.noun}s", {})
        with self._store.read() as connection:
            return self.rows.find(connection, query)

    def get(self, ctx: Context, entry_id: str) -> Entry:
        """See the contract."""
        self._check(ctx, "get", entry_id)
        with self._store.read() as connection:
            entry: Entry = self.rows.get(connection, entry_id)
            return entry

    def update(self, ctx: Context, entry_id: str, change: Change) -> Entry:
        """See the contract."""
        self._check(ctx, "update", entry_id)
        fields = changes.given(change)

        def write(tx: Transaction) -> Entry:
            before: Entry = self.rows.lock(tx, entry_id)
            after = msgspec.structs.replace(before, **fields, updated_at=tx.now)
            self.admit(tx, after, before)
            self.rows.replace(tx, before, after)
            return after

        return self._store.write(write)

    def delete(self, ctx: Context, entry_id: str) -> None:
        """See the contract."""
        self._check(ctx, "delete", entry_id)
        self._store.write(lambda tx: self.rows.remove(tx, entry_id))

    def admit(self, tx: Transaction, entry: Entry, before: Entry | None = None) -> None:
        """Raise where the entry may not be as it is; `before` is what it was, if it was."""

    def _check(self, ctx: Context, action: str, entry_id: str) -> None:
        self._enforcer.check(ctx, f"{action}_{self.noun}", {f"{self.noun}_id": entry_id})
