# SPDX-License-Identifier: Apache-2.0
"""Queries on quotas, TLDs and blacklists."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, bindparam, exists, literal, select, union_all

from designate.storage.prepared import Prepared, numbered, numbers
from designate.storage.tables import blacklists, quotas, tlds
from designate.storage.tables.columns import Name
from designate.storage.unit_of_work import Transaction

_limits = Prepared(
    select(quotas.c.resource, quotas.c.hard_limit).where(
        quotas.c.project_id == bindparam("project_id")
    )
)
_patterns = Prepared(select(blacklists.c.pattern))
_ANY = ""
"""Stands for all TLDs: no TLD has this name."""


@cache
def _tlds(suffixes: int) -> Prepared:
    """Which of so many names are TLDs, and whether there are any."""
    found = select(tlds.c.name_key).where(tlds.c.name_key.in_(numbered("name", suffixes)))
    some = select(literal(_ANY, Name).label("name_key")).where(exists(select(tlds.c.id)))
    return Prepared(union_all(found, some))


def limits(
    connection: Connection, project_id: str | None, defaults: Mapping[str, int]
) -> dict[str, int]:
    """The limit of each resource for a project: its own where it has one, else the default."""
    found = _limits.all(connection, {"project_id": project_id or ""})
    return {**defaults, **dict(found)}


def limits_in(
    tx: Transaction, project_id: str | None, defaults: Mapping[str, int]
) -> dict[str, int]:
    """The same for a write; those that share its transaction read them once."""
    known: dict[str, int] | None = tx.remembered.get(("limits", project_id))
    if known is None:
        known = limits(tx.behind, project_id, defaults)
        tx.remembered["limits", project_id] = known
    return known


def tlds_above(connection: Connection, suffixes: Sequence[str]) -> tuple[bool, set[str]]:
    """Whether zones may stand below TLDs only, and those of the names that are TLDs.

    TLDs are in lower case and without the final dot.
    """
    bare = [name.rstrip(".") for name in suffixes]
    found = {row.name_key for row in _tlds(len(bare)).all(connection, numbers("name", bare))}
    return _ANY in found, found - {_ANY}


def blacklist_patterns(connection: Connection) -> list[str]:
    """The patterns of names that zones may not have."""
    return [row.pattern for row in _patterns.all(connection, {})]
