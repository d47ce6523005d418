# SPDX-License-Identifier: Apache-2.0
"""Queries on TLDs."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, exists, literal, select, union_all

from designate.errors import DuplicateTld, TldNotFound
from designate.model.tlds import Tld
from designate.storage.prepared import Prepared, numbered, numbers
from designate.storage.registers import Register
from designate.storage.tables import tlds
from designate.storage.tables.columns import Name

REGISTER = Register(tlds, Tld, "name", (TldNotFound, DuplicateTld))
_ANY = ""
"""Stands for all TLDs: no TLD has this name."""


@cache
def _tlds(suffixes: int) -> Prepared:
    """Which of so many names are TLDs, and whether there are any."""
    found = select(tlds.c.name_key).where(tlds.c.name_key.in_(numbered("name", suffixes)))
    some = select(literal(_ANY, Name).label("name_key")).where(exists(select(tlds.c.id)))
    return Prepared(union_all(found, some))


def above(connection: Connection, suffixes: Sequence[str]) -> tuple[bool, set[str]]:
    """Whether zones may stand below TLDs only, and those of the names that are TLDs.

    TLDs are in lower case and without the final dot.
    """
    bare = [name.rstrip(".") for name in suffixes]
    found = {row.name_key for row in _tlds(len(bare)).all(connection, numbers("name", bare))}
    return _ANY in found, found - {_ANY}
