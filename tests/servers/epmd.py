# SPDX-License-Identifier: Apache-2.0
"""Erlang's port mapper, of one node: it says at which port that node is to look for its peers."""

import socket
import struct
import time
from pathlib import Path

from tests.servers.bind9 import HOST, free_port
from tests.servers.managed import Managed
from tests.servers.program import Program

WAITING = 10.0
ALIVE = struct.Struct("!BHBBHHH")
"""ALIVE2_REQ: tag, port, normal node, TCP, newest and oldest version of the protocol, length."""
ALIVE_TAG, NORMAL, TCP, NEWEST, OLDEST = 120, 77, 0, 6, 5


class Epmd(Managed):
    """Nodes that are told of its `port` register themselves, and find whoever else is known."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self._program = Program(("epmd", "-port", str(self.port), "-address", HOST, "-d"), log, {})
        self._registered: list[socket.socket] = []

    def start(self) -> None:
        """Start it, unless it runs."""
        if not self._program.runs:
            self._program.start("epmd running")

    def close(self) -> None:
        """End it."""
        for connection in self._registered:
            connection.close()
        self._program.kill()

    def register(self, name: str, port: int) -> None:
        """Let the node of that name be found at a port, which need not be its own."""
        fixed = ALIVE.pack(ALIVE_TAG, port, NORMAL, TCP, NEWEST, OLDEST, len(name))
        request = fixed + name.encode("ascii") + bytes(2)
        # Who hangs up is forgotten.
        connection = self._connected()
        self._registered.append(connection)
        connection.sendall(len(request).to_bytes(2) + request)
        answer = connection.recv(16)
        if answer[1:2] != b"\0":
            raise RuntimeError(f"epmd does not register {name}: {answer!r}")

    def _connected(self) -> socket.socket:
        """It says that it runs before it listens."""
        deadline = time.monotonic() + WAITING
        while True:
            try:
                return socket.create_connection((HOST, self.port), WAITING)
            except ConnectionRefusedError:
                if not self._program.runs or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
