# SPDX-License-Identifier: Apache-2.0
"""Stands between a driver and its database, and cuts the connection when the test says so."""

import contextlib
import socket
import threading
from collections.abc import Callable
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

from tests.servers.bind9 import HOST

PIECE = 1 << 16


class Cut(Enum):
    """What the server still gets and answers; the client hears nothing."""

    BEFORE = auto()
    """The words do not reach the server."""
    AFTER = auto()
    """The server has carried the words out."""
    HELD = auto()
    """The words are under way to the server until `release`."""


class Cutter:
    """Passes connections on to a server, and cuts the one on which the client says some words."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0
        self.refusing = False
        self.held = threading.Event()
        self._armed: tuple[bytes, Cut] | None = None
        self._skip = 0
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._late: tuple[socket.socket, bytes] | None = None
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        for thread in self._threads:
            thread.join()

    def arm(self, words: bytes, how: Cut, *, skip: int = 0) -> None:
        """Cut the next connection on which the client says these words, or a later one."""
        self._armed, self._skip = (words, how), skip
        self.held.clear()

    def release(self) -> None:
        """Let the words that were held reach the server."""
        assert self._late is not None
        sock, words = self._late
        sock.sendall(words)

    def drop(self) -> None:
        """Lose the words that were held."""
        assert self._late is not None
        _shut(self._late[0])

    def cut_all(self) -> None:
        """Cut every connection there is."""
        with self._lock:
            for sock in self._open:
                _shut(sock)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = None if self.refusing else socket.create_connection(self._server)
            except OSError:
                server = None
            if server is None:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            muted = threading.Event()
            self._begin(self._ask, client, server, muted)
            self._begin(self._answer, client, server, muted)

    def _begin(self, run: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _ask(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        """Pass on what the client says."""
        with contextlib.suppress(OSError):
            while words := client.recv(PIECE):
                how = self._takes(words)
                if how is not None:
                    muted.set()
                if how is Cut.HELD:
                    self._late = (server, words)
                    _shut(client)
                    self.held.set()
                    return
                if how is Cut.BEFORE:
                    break
                server.sendall(words)
        _shut(server)
        _shut(client)

    def _answer(self, client: socket.socket, server: socket.socket, muted: threading.Event) -> None:
        """Pass on what the server says, until it answers what nobody is to hear."""
        with contextlib.suppress(OSError):
            while (words := server.recv(PIECE)) and not muted.is_set():
                client.sendall(words)
        _shut(client)
        _shut(server)
        with self._lock:
            self._open -= {client, server}
        client.close()
        server.close()

    def _takes(self, words: bytes) -> Cut | None:
        with self._lock:
            if self._armed is None or self._armed[0] not in words:
                return None
            if self._skip:
                self._skip -= 1
                return None
            how, self._armed = self._armed[1], None
            self.cuts += 1
            return how


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
