# SPDX-License-Identifier: Apache-2.0
"""Databases with the memory that millions of rows ask for."""

from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Engine

from tests.databases import Served, Sqlite
from tests.servers.database import DatabaseServer
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql

KINDS = ("sqlite", "mariadb", "postgresql")
_MARIADB = ("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=512M")
_POSTGRESQL = ("shared_buffers=1GB", "maintenance_work_mem=512MB", "max_wal_size=8GB")


def a_database(kind: str, folder: Path, stack: ExitStack) -> Engine:
    """An empty database of a kind, which lives as long as the stack."""
    if kind == "sqlite":
        return stack.enter_context(Sqlite(folder)).open()
    server: DatabaseServer = (
        MariaDb(options=_MARIADB) if kind == "mariadb" else PostgreSql(options=_POSTGRESQL)
    )
    return stack.enter_context(Served(stack.enter_context(server))).open()
