# SPDX-License-Identifier: Apache-2.0
"""An etcd of the test's own, of one node."""

from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.program import Program


class Etcd:
    """Listens on a port that it keeps, and keeps its data, over stop and start."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"etcd3+http://{HOST}:{self.port}"
        clients, peers = f"http://{HOST}:{self.port}", f"http://{HOST}:{free_port()}"
        command = (
            binary("etcd"),
            f"--data-dir={folder / 'data'}",
            f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        )
        self._starts = 0
        self._program = Program(command, folder / "etcd.log", {})

    @property
    def pid(self) -> int:
        """The process while it runs."""
        return self._program.pid

    def start(self) -> None:
        """Start and wait until it serves clients."""
        self._starts += 1
        self._program.start("serving insecure client requests", self._starts)

    def kill(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()
