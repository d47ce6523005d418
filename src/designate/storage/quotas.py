# SPDX-License-Identifier: Apache-2.0
"""Queries on quotas, TLDs and blacklists."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select

from designate.storage.prepared import Prepared
from designate.storage.tables import blacklists, quotas, tlds

_limits = Prepared(
    select(quotas.c.resource, quotas.c.hard_limit).where(
        quotas.c.project_id == bindparam("project_id")
    )
)
_tlds = select(tlds.c.name_key)
_patterns = select(blacklists.c.pattern)


def limits(
    connection: Connection, project_id: str | None, defaults: Mapping[str, int]
) -> dict[str, int]:
    """The limit of each resource for a project: its own where it has one, else the default."""
    found = _limits.all(connection, {"project_id": project_id or ""})
    return {**defaults, **dict(found)}


def tld_names(connection: Connection) -> set[str]:
    """The TLDs that zones may stand below, lower case and without the final dot."""
    return set(connection.execute(_tlds).scalars())


def blacklist_patterns(connection: Connection) -> list[str]:
    """The patterns of names that zones may not have."""
    return list(connection.execute(_patterns).scalars())
