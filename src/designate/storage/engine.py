# SPDX-License-Identifier: Apache-2.0
"""How the database is reached: one engine per process, with the settings each kind needs."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, literal, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from designate.conf.storage import GROUP, Settings
from designate.errors import ConfigurationError
from designate.storage import drivers, failures
from designate.storage.drivers import Limits

LOG = logging.getLogger(__name__)
_MARIADB = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT",
)
_SNAPSHOT = {
    "sqlite": ("BEGIN",),
    "postgresql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    "mysql": _MARIADB,
    "mariadb": _MARIADB,
}
"""What begins a transaction that sees one state of the database, and writes nothing."""
_ANYTHING = select(literal(1))
_LOG_SQL = 50
"""`connection_debug` from which SQL is logged."""


def open_engine(url: str) -> Engine:
    """Open the database at `url` with the defaults of all options."""
    return configured(Settings.default(url))


def configured(settings: Settings, limits: Limits = drivers.USUAL) -> Engine:
    """Open the database of the options; raises ConfigurationError. Nothing is connected yet.

    Transactions are opened by us, never by the driver: SQLite's own would start writing late and
    fail then. SQLite runs in WAL with full synchronous commits (decision 3a.24); the others run
    READ COMMITTED (decision 3a.7).
    """
    try:
        url = drivers.with_driver(_url(settings))
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, settings)
        engine = create_engine(
            url,
            pool_size=settings.max_pool_size,
            max_overflow=settings.max_overflow,
            pool_timeout=settings.pool_timeout,
            pool_recycle=settings.connection_recycle_time,
            # The one used last is tried least, and those that a burst has left rest.
            pool_use_lifo=True,
            pool_reset_on_return=drivers.reset_on_return(url),
            isolation_level="READ COMMITTED",
            connect_args=drivers.arguments(url, settings, limits),
            **_logging(settings),
        )
    except (ArgumentError, ModuleNotFoundError) as error:
        raise ConfigurationError(f"[{GROUP}] connection: {error}") from None
    except ValueError:
        # The reason would repeat a piece of the URL, perhaps of its password.
        raise ConfigurationError(f"[{GROUP}] connection: not a URL of a database") from None
    _show_prepared(engine, settings)
    drivers.watch(engine, limits)
    return engine


def _url(settings: Settings) -> URL:
    url = make_url(settings.connection)
    if settings.connection_parameters:
        url = url.update_query_string(settings.connection_parameters, append=True)
    return url


def _logging(settings: Settings) -> dict[str, Any]:
    """Values are secrets, in errors too, unless somebody debugs."""
    shown = settings.connection_debug >= _LOG_SQL
    return {"echo": shown, "hide_parameters": not shown}


def _show_prepared(engine: Engine, settings: Settings) -> None:
    """Log prepared statements too, which go past what SQLAlchemy logs: they have no context."""

    def show(*run: Any) -> None:
        _connection, _cursor, statement, values, context, _many = run
        if context is None:
            LOG.info("%s %r", statement, values)

    if settings.connection_debug >= _LOG_SQL:
        event.listen(engine, "before_cursor_execute", show)


def _sqlite(url: URL, settings: Settings) -> Engine:
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=-1,
        # Each connection fills a cache of its own: no more of them are used than at once.
        pool_use_lifo=True,
        connect_args={"check_same_thread": False, "timeout": 30},
        **_logging(settings),
    )
    _show_prepared(engine, settings)
    event.listen(engine, "connect", _prepare_sqlite)
    if not settings.sqlite_synchronous:
        event.listen(engine, "connect", _never_wait_for_the_disk)
    return engine


def trouble(engine: Engine) -> str | None:
    """None when the database answers, else that it does not; the log has the reason."""
    try:
        with engine.connect() as connection:
            connection.execute(_ANYTHING)
    except SQLAlchemyError as error:
        LOG.info("The database does not answer: %s", getattr(error, "orig", None) or error)
        return "it does not answer"
    return None


def connect(engine: Engine, settings: Settings, pause: Callable[[float], None]) -> None:
    """Wait until the database answers, as long as the options say; raises ConfigurationError.

    What no waiting can heal, such as a wrong password, is raised at once.
    """
    tries = settings.max_retries
    while True:
        try:
            with engine.connect():
                return
        except TypeError as error:
            # The driver knows no such argument.
            raise ConfigurationError(f"[{GROUP}] connection: {error}") from None
        except DBAPIError as error:
            reason = f"the database does not let us in: {error.orig}"
            local = engine.dialect.name == "sqlite"
            if local or not failures.is_transient(error) or tries == 0:
                raise ConfigurationError(reason) from None
            LOG.warning("%s; trying again in %d s", reason, settings.retry_interval)
        tries -= 1
        pause(settings.retry_interval)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "cache_size=-4096",
        "temp_store=MEMORY",
        "wal_autocheckpoint=4000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def begin_write(connection: Connection) -> None:
    """Open a transaction that will write."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One state of the database for many reads: REPEATABLE READ, READ ONLY (decision 3a.7)."""
    with engine.connect() as connection:
        # As statements, since of those that fail the pool learns which connection is dead. What
        # `execution_options` says by itself it does not see, and lends such a one again and again.
        for statement in _SNAPSHOT[connection.dialect.name]:
            connection.exec_driver_sql(statement)
        try:
            yield connection
        finally:
            connection.rollback()
