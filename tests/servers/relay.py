# SPDX-License-Identifier: Apache-2.0
"""A line to a server of DNS: one port for datagrams and connections, which the test silences."""

import contextlib
import selectors
import socket
import threading

from tests.servers.bind9 import HOST, free_port
from tests.servers.link import Link
from tests.servers.managed import Managed

Address = tuple[str, int]
LARGEST = 1 << 16
MOST = 100
"""Clients of a line that are answered. BIND is another one with each question that it asks."""


class Relay(Managed):
    """Passes all on to `target` while it is open; else its port refuses, as where nobody listens.

    `start` and `close` may take turns: the port stays.
    """

    def __init__(self, target: Address) -> None:
        self.port = free_port()
        self._target = target
        self._lines: list[Link | _Datagrams] = []

    def start(self) -> None:
        """Open it."""
        self._lines = [_Datagrams(self._target, self.port), Link(self._target, port=self.port)]

    def close(self) -> None:
        """Shut it; harmless when it is."""
        lines, self._lines = self._lines, []
        for line in lines:
            line.close()

    def silence(self) -> None:
        """Let nothing through any more, and tell nobody."""
        for line in self._lines:
            line.silence()

    def heal(self) -> None:
        """Pass everything on again; of what was held back, datagrams are lost."""
        for line in self._lines:
            line.heal()


class _Datagrams:
    """Each client has a socket of its own towards the server, whose answers are for that client."""

    def __init__(self, target: Address, port: int) -> None:
        self._target = target
        self._door = _socket()
        self._door.bind((HOST, port))
        self._ways: dict[Address, socket.socket] = {}
        """Who asked last stands last."""
        self._passing = True
        self._closing = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._closing = True
        with contextlib.suppress(OSError), _socket() as waker:
            waker.sendto(b"", self._door.getsockname())
        self._thread.join()

    def silence(self) -> None:
        """Lose all that comes."""
        self._passing = False

    def heal(self) -> None:
        """Lose nothing any more."""
        self._passing = True

    def _run(self) -> None:
        with self._selector, self._door:
            while not self._closing:
                for key, _ in self._selector.select():
                    # Refused, where the server is away: as good as lost.
                    with contextlib.suppress(OSError):
                        self._take(key.data)
            for way in self._ways.values():
                way.close()

    def _take(self, client: Address | None) -> None:
        """Pass on a question, or the answer for a client."""
        if client is None:
            message, client = self._door.recvfrom(LARGEST)
            if self._passing:
                self._way_of(client).send(message)
        elif client in self._ways:
            message = self._ways[client].recv(LARGEST)
            if self._passing:
                self._door.sendto(message, client)

    def _way_of(self, client: Address) -> socket.socket:
        way = self._ways.pop(client, None)
        if way is None:
            if len(self._ways) >= MOST:
                self._forget(next(iter(self._ways)))
            way = _socket()
            way.connect(self._target)
            self._selector.register(way, selectors.EVENT_READ, client)
        self._ways[client] = way
        return way

    def _forget(self, client: Address) -> None:
        way = self._ways.pop(client)
        self._selector.unregister(way)
        way.close()


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.settimeout(0)
    return made
