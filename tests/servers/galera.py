# SPDX-License-Identifier: Apache-2.0
"""A Galera cluster of the test's own: MariaDB nodes that replicate to one another on loopback."""

import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pymysql  # type: ignore[import-untyped]
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from tests.servers.bind9 import HOST, free_port
from tests.servers.link import Link
from tests.servers.managed import Managed
from tests.servers.mariadb import MariaDb

PROVIDER = "/usr/lib/galera/libgalera_smm.so"
RETURNING = 60.0
"""Seconds in which a node finds its way back to the others."""
TRANSFER = """\
#!/bin/sh
# The state transfer of nodes that begin as copies: what is missing comes from the write sets, all
# that is left to do is to tell the position.
while [ $# -gt 0 ]; do
    case $1 in
        --role) role=$2; shift ;;
        --address) address=$2; shift ;;
        --datadir) data=$2; shift ;;
        --gtid) gtid=$2; shift ;;
        --bypass) bypass=yes ;;
    esac
    shift
done
if [ "$role" = joiner ]; then
    mkfifo "$data/transfer" && echo "ready $data/transfer" && cat "$data/transfer"
    rm -f "$data/transfer"
else
    [ "$bypass" = yes ] || exit 22
    echo "$gtid" >"$address"
    echo "done $gtid"
fi
"""


def _takes(cursor: Any, order: str) -> bool:
    """Whether a node carries an order out: not while it has nobody to be parted from."""
    try:
        cursor.execute(order)
    except pymysql.err.OperationalError as error:
        if error.args[0] != pymysql.constants.ER.WRONG_ARGUMENTS:
            raise
        return False
    return True


class Node(MariaDb):
    """One node; `peers` are the ports under which it reaches those that it replicates to."""

    def __init__(self, port: int, peers: list[int]) -> None:
        provider = {
            "base_host": HOST,
            "base_port": port,
            "gmcast.listen_addr": f"tcp://{HOST}:{port}",
            "ist.recv_addr": f"{HOST}:{free_port()}",
            "gcache.size": "32M",
            "pc.recovery": "no",
        }
        addresses = ",".join(f"{HOST}:{peer}" for peer in peers)
        super().__init__(
            options=(
                "--wsrep-on=ON",
                f"--wsrep-provider={PROVIDER}",
                f"--wsrep-provider-options={';'.join(f'{k}={v}' for k, v in provider.items())}",
                f"--wsrep-cluster-address=gcomm://{addresses}",
                f"--wsrep-node-address={HOST}:{port}",
                f"--wsrep-node-name=node{port}",
                "--wsrep-sst-method=copied",
                "--wsrep-slave-threads=4",
                "--binlog-format=ROW",
                "--innodb-autoinc-lock-mode=2",
            )
        )
        script = self.directory / "wsrep_sst_copied"
        script.write_text(TRANSFER, "ascii")
        script.chmod(0o755)
        self.bootstraps = False
        self._position: str | None = None

    def start(self) -> None:
        """Start, where it was killed at the position of what it has on disk."""
        if self.data.exists() and not self.bootstraps:
            self._position = self._recovered()
        super().start()
        self.bootstraps = False

    def isolate(self, *, really: bool = True) -> None:
        """Part it from the other nodes, or no longer, while clients still reach it."""
        deadline = time.monotonic() + RETURNING
        # A node that is parted takes no other statement, not even a ROLLBACK.
        connection = pymysql.connect(user="root", unix_socket=self.socket, autocommit=True)
        with connection, connection.cursor() as cursor:
            order = f"SET GLOBAL wsrep_provider_options = 'gmcast.isolate={int(really)}'"
            while not _takes(cursor, order):
                assert time.monotonic() < deadline, "it does not find its way back to the others"
                # Nothing tells when it has: it is asked again.
                time.sleep(0.5)

    def begin_as(self, other: "Node") -> None:
        """Take the data and the user of a node that is stopped."""
        shutil.copytree(other.data, self.data)
        self.password = other.password

    def _command(self) -> list[str]:
        command = super()._command()
        if self.bootstraps:
            command.append("--wsrep-new-cluster")
        if self._position:
            command.append(f"--wsrep-start-position={self._position}")
        return command

    def _recovered(self) -> str | None:
        """The position of the data of a node that does not run."""
        log = self.directory / "recovered.log"
        log.unlink(missing_ok=True)
        self._position = None
        self._run(*self._command(), "--wsrep-recover", f"--log-error={log}")
        found = re.findall(r"Recovered position: (\S+)", log.read_text("utf-8"))
        return found[-1] if found else None

    def _environment(self) -> Mapping[str, str]:
        known = super()._environment()
        return {**known, "PATH": f"{self.directory}:{known['PATH']}"}


class Galera(Managed):
    """A cluster whose nodes are all written to; what one says to another takes `delay` seconds."""

    def __init__(self, nodes: int = 2, *, delay: float = 0.0) -> None:
        ports = [free_port() for _ in range(nodes)]
        self._links: list[Link] = []
        self.nodes = []
        for port in ports:
            peers = [each for each in ports if each != port]
            if delay:
                links = [Link((HOST, peer), delay=delay) for peer in peers]
                self._links += links
                peers = [link.port for link in links]
            self.nodes.append(Node(port, peers))

    def start(self) -> None:
        """Make the nodes of one database, and start all of them."""
        first, *others = self.nodes
        first.bootstraps = True
        first.start()
        first.stop()
        for node in others:
            node.begin_as(first)
        first.bootstraps = True
        first.start()
        for node in others:
            node.start()

    def close(self) -> None:
        """End all nodes."""
        for node in self.nodes:
            node.close()
        for link in self._links:
            link.close()

    def conflicts(self) -> int:
        """How many transactions have lost against one of another node, so far."""
        found = 0
        for node in self.nodes:
            engine = create_engine(node.admin_url(), poolclass=NullPool)
            with engine.connect() as connection:
                rows = connection.exec_driver_sql(
                    "SHOW STATUS WHERE Variable_name IN"
                    " ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')"
                )
                found += sum(int(row[1]) for row in rows)
        return found

    def create(self, database: str) -> list[str]:
        """Make an empty database; its URL on each node."""
        self.nodes[0].create(database)
        return [node.url(database) for node in self.nodes]


@contextmanager
def caught_up(engine: Engine) -> Iterator[Connection]:
    """A connection that sees all that the other nodes have committed before each query."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SET SESSION wsrep_sync_wait = 1")
        yield connection
        connection.invalidate()  # nobody else shall wait like this


def catch_up(engine: Engine) -> None:
    """Wait until a node has all that the other nodes have committed."""
    with caught_up(engine) as connection:
        connection.exec_driver_sql("SELECT 1")
