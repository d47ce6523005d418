# SPDX-License-Identifier: Apache-2.0
"""Queries on quotas."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select

from designate.storage.prepared import Prepared
from designate.storage.tables import quotas
from designate.storage.unit_of_work import Transaction

_limits = Prepared(
    select(quotas.c.resource, quotas.c.hard_limit).where(
        quotas.c.project_id == bindparam("project_id")
    )
)


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
