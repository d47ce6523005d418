# SPDX-License-Identifier: Apache-2.0
"""How the database is reached: one engine per process, with the settings each kind needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

_ISOLATION_SNAPSHOT = "REPEATABLE READ"


def open_engine(url: str, *, pool_size: int = 16) -> Engine:
    """Open the database at `url`.

    Transactions are opened by us, never by the driver: SQLite's own would start writing late and
    fail then. SQLite runs in WAL with full synchronous commits (decision 3a.24); the others run
    READ COMMITTED (decision 3a.7).
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=-1,
            connect_args={"check_same_thread": False, "timeout": 30},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_recycle=3600,
        isolation_level="READ COMMITTED",
    )


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


def begin_write(connection: Connection) -> None:
    """Open a transaction that will write."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One state of the database for many reads: REPEATABLE READ, READ ONLY (decision 3a.7)."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        elif connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level=_ISOLATION_SNAPSHOT, postgresql_readonly=True
            )
        else:
            connection.execution_options(isolation_level=_ISOLATION_SNAPSHOT)
            connection.exec_driver_sql("START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT")
        try:
            yield connection
        finally:
            connection.rollback()
