# SPDX-License-Identifier: Apache-2.0
"""Queries on quotas."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from designate.model.quotas import UNLIMITED
from designate.storage.prepared import Prepared
from designate.storage.tables import quotas
from designate.storage.transaction import Transaction

_limits = Prepared(
    select(quotas.c.resource, quotas.c.hard_limit).where(
        quotas.c.project_id == bindparam("project_id")
    )
)


def limits(
    connection: Connection, project_id: str | None, defaults: Mapping[str, int]
) -> dict[str, int]:
    """The limit of each resource for a project: its own where it has one, else the default."""
    if defaults is UNLIMITED:
        return dict(defaults)
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


def put(tx: Transaction, project_id: str, wanted: Mapping[str, int]) -> None:
    """Give a project limits of its own, together; those of rivals come before or after."""
    if wanted:
        mine = quotas.c.project_id == project_id
        tx.write(delete(quotas).where(mine, quotas.c.resource.in_(sorted(wanted))))
        own = {"project_id": project_id, "created_at": tx.now}
        each = [own | {"resource": name, "hard_limit": wanted[name]} for name in sorted(wanted)]
        tx.write(insert(quotas), each)


def remove(tx: Transaction, project_id: str) -> None:
    """Let a project have the defaults."""
    tx.write(delete(quotas).where(quotas.c.project_id == project_id))
