# SPDX-License-Identifier: Apache-2.0
"""What an error of the database means: a rival, a database that is away, or a fault of ours."""

from sqlalchemy import exc

# Each of these may be over when the transaction is run anew.
_MYSQL = frozenset(
    {
        1020,  # a record changed since it was read
        1040,  # too many connections
        1047,  # Galera: the node is not part of the cluster
        1053,  # the server shuts down
        1158, 1159, 1160, 1161,  # the connection broke, as the server saw it
        1180,  # Galera: the COMMIT failed
        1203,  # too many connections of this user
        1205,  # a lock was waited for too long
        1213,  # deadlock; Galera: a transaction of another node came first
        1290, 1792, 1836,  # read only, as after a failover
        1317,  # interrupted
        1927,  # the connection was killed
        2002, 2003, 2006, 2013, 2055,  # no connection, or none any more
        4031,  # disconnected, having been idle for long
    }
)  # fmt: skip
_ALL_DEAD = "This connection is closed"
"""What SQLAlchemy's pool says, with an error of no class of its own."""
_RIVALS = frozenset({1020, 1213, "40001", "40P01"})
_ELSEWHERE = frozenset({1047, 1053, 1290, 1792, 1836, "25006"})
"""Another server takes what this one refuses: out of its cluster, ending, or read only."""
# Connection, rollback by the server, resources, intervention of an operator.
_SQLSTATE_CLASSES = frozenset({"08", "40", "53", "57"})
# An idle transaction was ended; read only, as after a failover; a lock was waited for too long.
_SQLSTATES = frozenset({"25P03", "25006", "55P03"})
# Busy, locked, input or output, full, cannot open.
_SQLITE = frozenset({5, 6, 10, 13, 14})


def is_transient(error: Exception) -> bool:
    """Whether the same may succeed later: nobody's fault but the database's, or a rival's."""
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or _passes(error.orig)
    # No connection of the pool became free, or each that was tried was dead.
    return isinstance(error, exc.TimeoutError) or str(error) == _ALL_DEAD


def is_lost_to_rival(error: Exception) -> bool:
    """Whether another transaction came first, and only that."""
    return isinstance(error, exc.DBAPIError) and code(error.orig) in _RIVALS


def is_refused_here(error: BaseException | None) -> bool:
    """Whether another server would take it, if there is one: this one's connections are no use."""
    return code(error) in _ELSEWHERE


def code(error: BaseException | None) -> int | str | None:
    """The number of an error of MariaDB, the SQLSTATE of one of PostgreSQL, as drivers give it."""
    number = error.args[0] if error is not None and error.args else None
    # PyMySQL has an SQLSTATE too, which says less.
    return number if isinstance(number, int) else getattr(error, "sqlstate", None)


def _passes(error: BaseException | None) -> bool:
    known = code(error)
    if isinstance(known, int):
        return known in _MYSQL
    if known is not None:
        return known[:2] in _SQLSTATE_CLASSES or known in _SQLSTATES
    sqlite = getattr(error, "sqlite_errorcode", None)
    if sqlite is not None:
        return sqlite & 0xFF in _SQLITE
    # psycopg has no code where there is no connection, or none any more.
    return type(error).__name__ == "OperationalError"


def is_conflict(error: Exception) -> bool:
    """Whether a row is in the way, perhaps a rival's that appeared since it was looked for."""
    return isinstance(error, exc.IntegrityError)
