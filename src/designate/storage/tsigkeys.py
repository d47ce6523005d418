# SPDX-License-Identifier: Apache-2.0
"""Queries on TSIG keys."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, exists, select

from designate.errors import DuplicateTsigKey, TsigKeyNotFound
from designate.model.tsigkeys import ZONE, TsigKey
from designate.storage import criteria
from designate.storage.registers import Register
from designate.storage.tables import tsigkeys, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction

REGISTER = Register(
    tsigkeys,
    TsigKey,
    "name",
    (TsigKeyNotFound, DuplicateTsigKey),
    {
        "algorithm": criteria.TextField(tsigkeys.c.algorithm),
        "scope": criteria.TextField(tsigkeys.c.scope, select(tsigkeys.c.id)),
    },
)
_columns = (tsigkeys.c[name] for name in TsigKey.__struct_fields__)
_all = select(*_columns).order_by(tsigkeys.c.created_at, tsigkeys.c.id)


def find_all(connection: Connection) -> list[TsigKey]:
    """Every key, in the order of their making."""
    return [TsigKey(*row) for row in connection.execute(_all)]


def secrets(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
    """Name, algorithm and base64 secret of some keys by id."""
    columns = (tsigkeys.c.id, tsigkeys.c.name, tsigkeys.c.algorithm, tsigkeys.c.secret)
    statement = select(*columns).where(tsigkeys.c.id.in_(ids))
    return {row.id: (row.name, row.algorithm, row.secret) for row in connection.execute(statement)}


def remove_abandoned(tx: Transaction) -> None:
    """Drop the keys of zones that are gone: a key is made for a zone that is there."""
    there = exists().where(zones.c.id == tsigkeys.c.resource_id, zones.c.deleted == LIVE)
    tx.write(delete(tsigkeys).where(tsigkeys.c.scope == ZONE, ~there))
