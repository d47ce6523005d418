# SPDX-License-Identifier: Apache-2.0
"""Queries on TSIG keys."""

from sqlalchemy import Connection, select

from designate.model.tsigkeys import TsigKey
from designate.storage.tables import tsigkeys

_all = select(
    tsigkeys.c.id,
    tsigkeys.c.name,
    tsigkeys.c.algorithm,
    tsigkeys.c.secret,
    tsigkeys.c.scope,
    tsigkeys.c.resource_id,
).order_by(tsigkeys.c.created_at, tsigkeys.c.id)


def find_all(connection: Connection) -> list[TsigKey]:
    """Every key, in the order of their making."""
    return [TsigKey(*row) for row in connection.execute(_all)]
