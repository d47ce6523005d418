# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about a register: a list that administrators keep."""

from typing import Protocol, TypeVar

from designate.model.context import Context
from designate.model.listing import Page, Query

Entry = TypeVar("Entry")
New_contra = TypeVar("New_contra", contravariant=True)
Change_contra = TypeVar("Change_contra", contravariant=True)


class Register(Protocol[Entry, New_contra, Change_contra]):
    """Operations on a register. Each raises Forbidden, before it looks at anything."""

    def create(self, ctx: Context, new: New_contra) -> Entry:
        """Add an entry; raises the register's Duplicate."""

    def find(self, ctx: Context, query: Query) -> Page[Entry]:
        """List entries; raises the list errors."""

    def get(self, ctx: Context, entry_id: str) -> Entry:
        """Return an entry; raises the register's NotFound."""

    def update(self, ctx: Context, entry_id: str, change: Change_contra) -> Entry:
        """Change an entry; raises the register's NotFound and Duplicate."""

    def delete(self, ctx: Context, entry_id: str) -> None:
        """Remove an entry; raises the register's NotFound."""
