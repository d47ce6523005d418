# SPDX-License-Identifier: Apache-2.0
"""A Redis of the test's own, which keeps nothing."""

from pathlib import Path

from tests.servers.bind9 import HOST, binary, free_port
from tests.servers.program import Program


class Redis:
    """Listens on a port that it keeps over stop and start."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self.url = f"redis://{HOST}:{self._port}/0"
        self._folder = folder
        self._starts = 0
        keeps_nothing = ("--save", "", "--appendonly", "no", "--dir", str(folder))
        at = ("--bind", HOST, "--port", str(self._port))
        command = (binary("redis-server"), *at, *keeps_nothing)
        self._program = Program(command, folder / "redis.log", {})

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        self._starts += 1
        self._program.start("Ready to accept connections", self._starts)

    def stop(self) -> None:
        """End it at once; harmless when it does not run."""
        self._program.kill()
