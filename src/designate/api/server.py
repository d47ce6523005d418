# SPDX-License-Identifier: Apache-2.0
"""The HTTP server that lives inside a process of ours: a pool of threads over cheroot."""

import logging
import math
import os
import queue
import threading
from contextlib import suppress
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from cheroot import wsgi

from designate.api.connection import Connection
from designate.api.crowd import Crowd
from designate.api.listener import drain
from designate.api.tls import Tls

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOG = logging.getLogger(__name__)

#: Bytes of a request's line and headers; tokens with catalogs are long.
_MAX_HEADERS = 65536
#: Seconds that a client's connection may be idle between requests; it holds no thread.
_KEEP_ALIVE = 75
#: Seconds that requests in flight have left when the server stops.
_STOP = 30.0
#: Seconds that a client has to begin its first request when the server stops.
_FIRST_REQUEST = 0.5
#: Seconds between looks for what has arrived meanwhile.
_LOOK = 0.01
#: EVENT_READ of Python's selectors, by which cheroot waits.
_TO_READ = 1


class Server:
    """Serves an application on one address; port 0 lets the system choose.

    A `shared` address may be that of other processes too, which the system then has take turns.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        at: tuple[str, int],
        threads: int,
        *,
        backlog: int = 1024,
        tls: Tls | None = None,
        shared: bool = False,
    ) -> None:
        self._http = _Http(
            at,
            app,
            threads,
            request_queue_size=backlog,
            shutdown_timeout=_STOP,
            reuse_port=shared,
        )
        self._http.ssl_adapter = tls
        self._thread = threading.Thread(target=self._http.serve, name="api")

    @property
    def address(self) -> tuple[str, int]:
        """Where the server listens, once it has started."""
        host, port = self._http.bind_addr
        return host, port

    def start(self) -> None:
        """Listen, and serve in threads of its own; raises OSError when the address is taken."""
        self._http.prepare()
        self._thread.start()

    def trouble(self) -> str | None:
        """What is wrong: its thread has ended."""
        return None if self._thread.is_alive() else "the thread that accepts has ended"

    def let_go(self) -> None:
        """In a fork: close its share of the socket that listens, which the parent alone serves."""
        self._http.socket.close()

    def stop(self) -> None:
        """Finish what has arrived and return when all threads ended.

        Connections that were made are accepted, and answered where a request has begun to arrive;
        those that are idle are closed.
        """
        self._http.stop()
        self._thread.join()


class _Nobody:
    """Has something to say, to end a wait, and stands where a connection is looked for."""

    last_used = math.inf


class _Http(wsgi.Server):
    """cheroot with our connections and our log."""

    ConnectionClass = Connection
    keep_alive_conn_limit: Any = None
    ssl_adapter: Any = None
    _connections: Any
    max_request_header_size = _MAX_HEADERS
    timeout = _KEEP_ALIVE
    #: Seconds between looks for connections that have been idle for too long.
    expiration_interval = 5.0
    version = "designate"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._stopping = False
        # Held from looking at `_stopping` until a connection is registered as idle.
        self._gate = threading.Lock()
        self._late: list[Connection] = []

    @staticmethod
    def bind_socket(socket_: Any, bind_addr: Any) -> Any:
        """Bind; a socket whose address is taken does not stay open."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_

    def prepare(self) -> None:
        """Listen."""
        super().prepare()
        self._connections.close()
        self._connections = Crowd(self)
        # When the server stops there may be no file left.
        self._wake = os.pipe()

    def process_conn(self, conn: Any) -> None:
        """Give a connection to a thread once something has arrived, not when it opens."""
        if isinstance(conn, _Nobody):
            return
        if conn.last_used is None:
            self.put_conn(conn)
        else:
            super().process_conn(conn)

    def put_conn(self, conn: Any) -> None:
        """Wait for the next request; while stopping, serve it now where it has arrived."""
        with self._gate:
            if not self._stopping:
                super().put_conn(conn)
                return
        if conn.last_used is None:
            self._late.append(conn)
            return
        try:
            if conn.rfile.has_data():
                conn.communicate()
        except OSError as error:
            LOG.info("a client is gone: %s", error)
        finally:
            conn.close()

    @property
    def can_add_keepalive_connection(self) -> bool:
        """Whether a client may send another request on its connection."""
        return self.ready and not self._stopping

    def stop(self) -> None:
        """Stop listening, see that what has arrived is answered, and end the threads."""
        with self._gate:
            if not self.ready:
                return
            self._stopping, self.ready = True, False
        deadline = monotonic() + self.shutdown_timeout
        self._end_waiting()
        self._hand_over(self._accept_all() + self._late)
        while self.requests.qsize and monotonic() < deadline:
            sleep(_LOOK)
        self._drop_waiting()
        self.shutdown_timeout = max(deadline - monotonic(), 0.1)
        # cheroot stops a server only that is ready.
        self.ready = True
        super().stop()

    def _end_waiting(self) -> None:
        """End the loop that waits for connections now, not when it looks at the clock."""
        idle = self._connections._selector  # noqa: SLF001 - cheroot has no way to wake it
        # Before it wakes: `stop` would set it, but also waits for the next look at the clock.
        self._connections._stop_requested = True  # noqa: SLF001
        wakes, says = self._wake
        os.write(says, b"!")
        idle.register(wakes, _TO_READ, data=_Nobody())
        self._connections.stop()
        with suppress(KeyError):
            idle.unregister(wakes)
        os.close(wakes)
        os.close(says)

    def _accept_all(self) -> list[Connection]:
        """Accept what waits to be, and stop listening."""
        listener, self.socket = self.socket, None
        accepted = []
        for sock, address in drain(listener):
            tls = self.ssl_adapter
            connection = Connection(self, tls.wrap(sock)[0] if tls else sock)
            connection.remote_addr, connection.remote_port = address[:2]
            accepted.append(connection)
        return accepted

    def _hand_over(self, accepted: list[Connection]) -> None:
        """Give threads the connections on which something has arrived, and close the others.

        A client that has not been served yet is about to send; it is waited for a little.
        """
        idle = self._connections._selector  # noqa: SLF001 - cheroot would close all of them
        known = [(fd, conn) for fd, conn in idle.connections if conn is not self]
        for fd, _ in known:
            idle.unregister(fd)
        until = monotonic() + _FIRST_REQUEST
        silent = self._serve_arrived([*accepted, *(conn for _, conn in known)])
        while monotonic() < until and not all(conn.served for conn in silent):
            sleep(_LOOK)
            silent = self._serve_arrived(silent)
        for conn in silent:
            conn.close()

    def _serve_arrived(self, connections: list[Connection]) -> list[Connection]:
        """Give threads those on which something has arrived, and return the others."""
        silent = []
        for conn in connections:
            if conn.rfile.has_data():
                self.requests.put(conn)
            else:
                silent.append(conn)
        return silent

    def _drop_waiting(self) -> None:
        """Close what no thread had time for."""
        with suppress(queue.Empty):
            while True:
                self.requests.get(block=False).close()

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
        """Log what cheroot has to say."""
        LOG.log(level, "%s", msg, exc_info=traceback)
