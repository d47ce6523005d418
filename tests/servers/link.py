# SPDX-License-Identifier: Apache-2.0
"""A line between a client and a server that the test cuts, silences, slows or leads elsewhere."""

import contextlib
import queue
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.servers.bind9 import HOST
from tests.servers.managed import Managed

PIECE = 1 << 16
CONNECTING = 5.0
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: what closes is reset."""


class Link(Managed):
    """Passes TCP connections on to `target`, which may be changed for those to come.

    What either side says takes `delay` seconds. The system chooses the port unless it is given.
    """

    def __init__(self, target: tuple[str, int], *, delay: float = 0.0, port: int = 0) -> None:
        self.target = target
        self._delay = delay
        self._listener = socket.create_server((HOST, port), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._passing = threading.Event()
        self._passing.set()
        self._is_cut = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._begin(self._accept)

    def close(self) -> None:
        """End it and all its connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Reset all connections, and new ones from now on; what was held back is lost."""
        self._is_cut = True
        self.reset()
        self._passing.set()

    def reset(self) -> None:
        """Reset the connections there are."""
        with self._lock:
            gone, self._open = self._open, set()
        for sock in gone:
            _end(sock)

    def silence(self) -> None:
        """Let nothing through any more, and tell nobody."""
        self._passing.clear()

    def heal(self) -> None:
        """Pass everything on again, also what was held back; what it stood for may have gone."""
        self._is_cut = False
        self._passing.set()

    def _begin(self, run: Callable[..., None], *arguments: Any) -> None:
        threading.Thread(target=run, args=arguments, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._begin(self._connect, client)

    def _connect(self, client: socket.socket) -> None:
        self._passing.wait()
        try:
            if self._is_cut:
                raise ConnectionRefusedError
            server = socket.create_connection(self.target, CONNECTING)
            server.settimeout(None)
        except OSError:
            _end(client)
            client.close()
            return
        with self._lock:
            self._open |= {client, server}
        for sock in (client, server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._begin(self._pass, client, server)
        self._pass(server, client)

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._delay:
                self._pass_late(source, sink)
            while data := source.recv(PIECE):
                self._passing.wait()
                sink.sendall(data)
        with self._lock:
            self._open -= {source, sink}
        # Both directions end together; each end is closed by the thread that reads it.
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        source.close()

    def _pass_late(self, source: socket.socket, sink: socket.socket) -> None:
        under_way = queue.SimpleQueue[tuple[float, bytes]]()

        def arrive() -> None:
            with contextlib.suppress(OSError):
                while (item := under_way.get())[1]:
                    time.sleep(max(0.0, item[0] - time.monotonic()))
                    self._passing.wait()
                    sink.sendall(item[1])

        arriving = threading.Thread(target=arrive, daemon=True)
        arriving.start()
        try:
            while data := source.recv(PIECE):
                under_way.put((time.monotonic() + self._delay, data))
        finally:
            under_way.put((0.0, b""))
            arriving.join()


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        sock.shutdown(socket.SHUT_RDWR)
