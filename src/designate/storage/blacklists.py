# SPDX-License-Identifier: Apache-2.0
"""Queries on blacklists."""

from sqlalchemy import Connection, select

from designate.errors import BlacklistNotFound, DuplicateBlacklist
from designate.model.blacklists import Blacklist
from designate.storage.prepared import Prepared
from designate.storage.registers import Register
from designate.storage.tables import blacklists

REGISTER = Register(blacklists, Blacklist, "pattern", (BlacklistNotFound, DuplicateBlacklist))
_patterns = Prepared(select(blacklists.c.id, blacklists.c.pattern))


def patterns(connection: Connection) -> dict[str, str]:
    """The patterns of names that zones may not have, by id."""
    return {row.id: row.pattern for row in _patterns.all(connection, {})}
