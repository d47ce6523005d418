# SPDX-License-Identifier: Apache-2.0
"""A MariaDB of the test's own, with the defaults of its makers and none of the distribution's.

So a new database has the character set latin1: our schema must not depend on that.
"""

import socket

from sqlalchemy import URL

from tests.servers.bind9 import binary
from tests.servers.database import DatabaseServer, is_root

DRIVER = "mysql+pymysql"
SMALL = (
    "--innodb-log-file-size=32M",
    "--innodb-buffer-pool-size=128M",
    "--max-connections=300",
)
FAST = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-flush-method=nosync",
    "--sync-binlog=0",
)
DURABLE = ("--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1", "--sync-binlog=1")

WITH_REPLICAS = ("--server-id=1", "--log-bin=binlog", "--binlog-format=ROW")


class MariaDb(DatabaseServer):
    """A `mariadbd`."""

    def url(self, database: str) -> str:
        """The URL of a database, over TCP."""
        return f"{DRIVER}://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Make an empty database that the user may do everything in, and return its URL."""
        self.execute(
            f"CREATE DATABASE `{database}`", f"GRANT ALL ON `{database}`.* TO '{self.user}'@'%%'"
        )
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database."""
        self.execute(f"DROP DATABASE `{database}`")

    def admin_url(self) -> URL:
        """Of root, over the socket."""
        query = {"unix_socket": self.socket, "read_timeout": "30"}
        return URL.create(DRIVER, username="root", database="mysql", query=query)

    @property
    def socket(self) -> str:
        """The path of its Unix socket."""
        return str(self.directory / "socket")

    def _initialise(self) -> None:
        self._run(
            binary("mariadb-install-db"),
            "--no-defaults",
            *self._who(),
            f"--datadir={self.data}",
            f"--tmpdir={self.directory}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *SMALL,
            *FAST,
        )

    def _command(self) -> list[str]:
        return [
            binary("mariadbd"),
            "--no-defaults",
            *self._who(),
            f"--datadir={self.data}",
            # A server that starts removes what others have in a common one.
            f"--tmpdir={self.directory}",
            f"--socket={self.socket}",
            f"--pid-file={self.directory / 'pid'}",
            f"--bind-address={self.host}",
            f"--port={self.port}",
            "--skip-name-resolve",
            *SMALL,
            *(DURABLE if self.durable else FAST),
            *self.options,
        ]

    def _answers(self) -> bool:
        # PyMySQL leaves its socket open when nobody listens.
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(self.socket):
                return False
        return super()._answers()

    def _create_user(self) -> None:
        self.execute(f"CREATE USER '{self.user}'@'%%' IDENTIFIED BY '{self.password}'")

    @staticmethod
    def _who() -> list[str]:
        # It refuses to be root unless it is told to.
        return ["--user=root"] if is_root() else []


class MariaDbReplica(MariaDb):
    """A read-only replica of a server that runs with `WITH_REPLICAS` and was never restarted."""

    def __init__(self, primary: MariaDb) -> None:
        super().__init__(options=("--server-id=2", "--read-only=ON"))
        self._primary = primary
        self.password = primary.password

    def stop_applying(self) -> None:
        """Lag behind from now on."""
        self.execute("STOP SLAVE SQL_THREAD")

    def go_on(self) -> None:
        """Apply what came meanwhile."""
        self.execute("START SLAVE SQL_THREAD")

    def _create_user(self) -> None:
        """The primary's users come with all else."""
        self._primary.execute(f"GRANT REPLICATION SLAVE ON *.* TO '{self.user}'@'%%'")
        self.execute(
            f"CHANGE MASTER TO MASTER_HOST='{self._primary.host}',"
            f" MASTER_PORT={self._primary.port}, MASTER_USER='{self.user}',"
            f" MASTER_PASSWORD='{self.password}', MASTER_USE_GTID=slave_pos",
            "START SLAVE",
        )
