# SPDX-License-Identifier: Apache-2.0
"""The clock that all processes have in common: the database's.

Clocks of hosts may differ by minutes. On a cluster the nodes have clocks of their own; whoever
compares times across transactions lets the later one win.
"""

from sqlalchemy import Connection, text

_NOW = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)"),
}
# Of today's MySQL and MariaDB, whatever they call themselves.
_OTHERS = text("SELECT UNIX_TIMESTAMP(SYSDATE(6))")


def now(connection: Connection) -> float:
    """The database's time as Unix time, in seconds."""
    return float(connection.execute(_NOW.get(connection.dialect.name, _OTHERS)).scalar_one())
