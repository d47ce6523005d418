# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the test's own."""

import shutil
import signal
from pathlib import Path

from sqlalchemy import URL

from tests.servers.database import DatabaseServer, has_account, is_root

DRIVER = "postgresql+psycopg"
ACCOUNT = "postgres"
"""Whom root starts it as, because it refuses to be root."""
DEBIAN = Path("/usr/lib/postgresql")
SMALL = ("max_connections=300", "shared_buffers=128MB", "wal_level=minimal", "max_wal_senders=0")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")

WITH_REPLICAS = ("wal_level=replica", "max_wal_senders=4")


def binary(name: str) -> str:
    """The path of a program of the newest PostgreSQL, also where Debian hides it."""
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    path = shutil.which(name, path=":".join(map(str, versions))) or shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is not installed")
    return path


class PostgreSql(DatabaseServer):
    """A `postgres`; `options` are settings, as `work_mem=8MB`."""

    def url(self, database: str) -> str:
        """The URL of a database, over TCP."""
        return f"{DRIVER}://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Make an empty database that the user owns, and return its URL."""
        self.execute(f'CREATE DATABASE "{database}" OWNER {self.user}')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database."""
        self.execute(f'DROP DATABASE "{database}"')

    def admin_url(self) -> URL:
        """Of the superuser, over the socket."""
        query = {"host": str(self.directory), "port": str(self.port), "connect_timeout": "10"}
        return URL.create(DRIVER, username=ACCOUNT, database="postgres", query=query)

    def _choose_account(self) -> str | None:
        if not is_root():
            return None
        if not has_account(ACCOUNT):
            raise RuntimeError(f"no account {ACCOUNT}: PostgreSQL does not run as root")
        return ACCOUNT

    def _stop_signal(self) -> signal.Signals:
        return signal.SIGINT  # "fast": does not wait for clients

    def _initialise(self) -> None:
        self._run(
            binary("initdb"),
            f"--pgdata={self.data}",
            f"--username={ACCOUNT}",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        )

    def _command(self) -> list[str]:
        settings = (
            f"listen_addresses={self.host}",
            f"port={self.port}",
            f"unix_socket_directories={self.directory}",
            *SMALL,
            *(DURABLE if self.durable else FAST),
            *self.options,
        )
        arguments = [argument for setting in settings for argument in ("-c", setting)]
        return [binary("postgres"), "-D", str(self.data), *arguments]

    def _create_user(self) -> None:
        self.execute(f"CREATE ROLE {self.user} LOGIN PASSWORD '{self.password}'")


class PostgreSqlReplica(PostgreSql):
    """A hot standby of a server that runs with `WITH_REPLICAS`."""

    def __init__(self, primary: PostgreSql) -> None:
        super().__init__(options=WITH_REPLICAS)
        self._primary = primary
        self.password = primary.password

    def stop_applying(self) -> None:
        """Lag behind from now on."""
        self.execute("SELECT pg_wal_replay_pause()")

    def go_on(self) -> None:
        """Apply what came meanwhile."""
        self.execute("SELECT pg_wal_replay_resume()")

    def promote(self) -> None:
        """Become a primary."""
        self.execute("SELECT pg_promote()")

    def _initialise(self) -> None:
        self._run(
            binary("pg_basebackup"),
            f"--host={self._primary.directory}",
            f"--port={self._primary.port}",
            f"--username={ACCOUNT}",
            f"--pgdata={self.data}",
            "--checkpoint=fast",
            "--no-sync",
            "--write-recovery-conf",
        )

    def _create_user(self) -> None:
        """It came with all else."""
