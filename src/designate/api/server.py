# SPDX-License-Identifier: Apache-2.0
"""The HTTP server that lives inside a process of ours: a pool of threads over cheroot."""

import logging
import threading
from typing import TYPE_CHECKING, Any

from cheroot import wsgi

from designate.api.connection import IDLE, Connection

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOG = logging.getLogger(__name__)

#: Bytes of a request's line and headers; tokens with catalogs are long.
_MAX_HEADERS = 65536
#: Seconds that requests in flight have left when the server stops.
_STOP = 30


class Server:
    """Serves an application on one address; port 0 lets the system choose."""

    def __init__(
        self, app: "WSGIApplication", host: str, port: int, threads: int, *, backlog: int = 1024
    ) -> None:
        self._http = _Http(
            (host, port), app, threads, request_queue_size=backlog, shutdown_timeout=_STOP
        )
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

    def stop(self) -> None:
        """Take no more requests, finish those in flight, and return when all threads ended."""
        self._http.stop()
        self._thread.join()


class _Http(wsgi.Server):
    """cheroot with our connections and our log."""

    ConnectionClass = Connection
    keep_alive_conn_limit: Any = None
    max_request_header_size = _MAX_HEADERS
    timeout = int(IDLE)
    #: Seconds between looks at the clock, hence the longest a stop has to wait for one.
    expiration_interval = 0.1
    version = "designate"

    @staticmethod
    def bind_socket(socket_: Any, bind_addr: Any) -> Any:
        """Bind; a socket whose address is taken does not stay open."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_

    def process_conn(self, conn: Any) -> None:
        """Give a connection to a thread once something has arrived, not when it opens."""
        if conn.last_used is None:
            self.put_conn(conn)
        else:
            super().process_conn(conn)

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
        """Log what cheroot has to say."""
        LOG.log(level, "%s", msg, exc_info=traceback)
