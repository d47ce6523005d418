# SPDX-License-Identifier: Apache-2.0
"""What each driver is told when it connects: timeouts, and settings of the session.

No connection and no statement is waited for longer than `Limits` say, and no lock longer than
`LOCK` seconds: whoever waits is told, and transactions that only met a rival are run anew.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, Dialect, Engine, event
from sqlalchemy.exc import DisconnectionError

from designate.conf.storage import Settings
from designate.storage import failures

LOCK = 10
_SILENCE = 60
"""Seconds after which the kernel gives up a host that confirms nothing, however long we wait."""
HELD_BY_NOBODY = "/*M! SESSION idle_write_transaction_timeout = 20, */"
"""MariaDB ends a transaction whose process stands still, so that others get what it has locked."""
IDLE = 15.0
"""Seconds without use after which a connection is tried before it is used again."""
IN_TRANSACTION = 1
"""SERVER_STATUS_IN_TRANS of MySQL's protocol: a transaction is open after a statement."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a connection, and a statement, are waited for; None: any time.

    `grace` is what a statement has beyond that where the server is to end it.
    """

    connect: int = 10
    statement: int | None = 60
    grace: int = 5


USUAL = Limits()
ENDLESS = Limits(statement=None)
"""For upgrades, whose statements may take any time."""


def with_driver(url: URL) -> URL:
    """A URL that names no driver gets the one that is installed, of those that we know."""
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("mysql", "mariadb") and find_spec("MySQLdb") is None:
        return url.set(drivername=f"{url.drivername}+pymysql")
    return url


def reset_on_return(url: URL) -> str | None:
    """What SQLAlchemy's pool does with each connection; None where `watch` sees to it."""
    return None if _is_pymysql(url) else "rollback"


def _is_pymysql(url: URL) -> bool:
    return url.get_driver_name() == "pymysql"


def arguments(url: URL, settings: Settings, limits: Limits) -> dict[str, Any]:
    """The arguments of the driver's connect."""
    if url.get_backend_name() == "postgresql":
        return _postgresql(url, limits)
    session = [f"SESSION innodb_lock_wait_timeout = {LOCK}"]
    if settings.mysql_sql_mode:
        session.append(f"SESSION sql_mode = '{settings.mysql_sql_mode}'")
    if settings.mysql_wsrep_sync_wait is not None:
        session.append(f"SESSION wsrep_sync_wait = {settings.mysql_wsrep_sync_wait}")
    timeout = limits.statement
    timeouts = {} if timeout is None else {"read_timeout": timeout, "write_timeout": timeout}
    return {
        # Whatever the URL says: names and descriptions may hold any character.
        "charset": "utf8mb4",
        "binary_prefix": True,
        "connect_timeout": limits.connect,
        "init_command": f"SET {HELD_BY_NOBODY}" + ", ".join(session),
        **timeouts,
    }


def _postgresql(url: URL, limits: Limits) -> dict[str, Any]:
    told = [f"lock_timeout={LOCK}s"]
    if limits.statement is not None:
        told.append(f"statement_timeout={limits.statement}s")
    options = [*_as_list(url.query.get("options")), *(f"-c {limit}" for limit in told)]
    return {
        "connect_timeout": limits.connect,
        "options": " ".join(options),
        # A host that is gone says nothing: the kernel finds out.
        "keepalives_idle": limits.connect,
        "keepalives_interval": limits.connect,
        "keepalives_count": 3,
        "tcp_user_timeout": (limits.statement or _SILENCE) * 1000,
    }


def _as_list(value: str | tuple[str, ...] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


class _OneLine(logging.Filter):
    """The pool shows a stack where a connection is lost in its hands: the reason is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See the class."""
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args = (
                f"{record.msg}: %s",
                (*(record.args or ()), record.exc_info[1]),
            )
            record.exc_info = None
        return True


_one_line = _OneLine()


def watch(engine: Engine, limits: Limits) -> None:
    """Let connections that are of no use any more be given up."""
    logging.getLogger(f"sqlalchemy.pool.impl.{type(engine.pool).__name__}").addFilter(_one_line)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _tried(engine.dialect))
    if _is_pymysql(engine.url):
        event.listen(engine, "reset", _roll_back_if_open)
        event.listen(engine, "do_connect", _with_one_context(engine.dialect))
    if engine.dialect.name == "postgresql" and limits.statement is not None:
        patience = limits.statement + limits.grace
        event.listen(engine, "do_connect", _impatient(engine.dialect, patience))
    _leave_servers_that_refuse(engine)


def _roll_back_if_open(connection: Any, _record: Any, state: Any) -> None:
    """SQLAlchemy would send a ROLLBACK after each COMMIT too, and none after one that failed."""
    if not state.terminate_only and connection.server_status & IN_TRANSACTION:
        connection.rollback()


def _with_one_context(dialect: Dialect) -> Callable[..., Any]:
    """Connect with one TLS context for all that ask for the default one.

    PyMySQL would read all authorities of the system for each connection, and use none of them.
    """
    driver: Any = dialect.loaded_dbapi
    found: list[Any] = []

    class Quick(driver.connections.Connection):  # type: ignore[misc]  # it has no types
        def _create_ssl_ctx(self, sslp: Any) -> Any:
            if sslp != {}:
                return super()._create_ssl_ctx(sslp)
            if not found:
                found.append(super()._create_ssl_ctx(sslp))
            return found[0]

    def connect(_dialect: Any, _record: Any, args: Any, kwargs: Any) -> Any:
        return Quick(*args, **kwargs)

    return connect


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _tried(dialect: Dialect) -> Callable[[Any, Any, Any], None]:
    """Try a connection that nobody used for a while; a ping for each use would cost too much."""

    def checkout(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", 0.0) < IDLE:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    return checkout


def _impatient(dialect: Dialect, patience: int) -> Callable[..., Any]:
    """psycopg waits without end for a server that hangs; its connections shall not."""
    driver: Any = dialect.loaded_dbapi

    class Impatient(driver.Connection):  # type: ignore[misc]
        def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().wait(gen, *args, **{"timeout": patience, **kwargs})
            except driver.errors._WaitTimeout:
                self.pgconn.finish()
                raise driver.OperationalError(f"no answer within {patience} s") from None

    def connect(_dialect: Any, _record: Any, args: Any, kwargs: Any) -> Any:
        return Impatient.connect(*args, **kwargs)

    return connect


def _leave_servers_that_refuse(engine: Engine) -> None:
    """A new connection may reach another server, through whatever stands before them.

    When one connection finds out, all that were opened before are replaced as they are used next:
    those that only read would never find out.
    """
    is_disconnect, refused_at = engine.dialect.is_disconnect, 0.0

    def wrapped(error: Any, connection: Any, cursor: Any) -> bool:
        nonlocal refused_at
        if failures.is_refused_here(error):
            refused_at = time.monotonic()
            return True
        return is_disconnect(error, connection, cursor)

    def note_birth(_connection: Any, record: Any) -> None:
        record.info["born"] = time.monotonic()

    def replace(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["born"] <= refused_at:
            raise DisconnectionError

    engine.dialect.is_disconnect = wrapped  # type: ignore[assignment,method-assign]
    event.listen(engine, "connect", note_birth)
    event.listen(engine, "checkout", replace)
