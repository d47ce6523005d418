# SPDX-License-Identifier: Apache-2.0
"""A Neutron that knows by heart what it is asked, and refuses whatever else comes.

Requests and answers are those of the networking API v2.0: "List floating IPs" and "Show floating IP
details".
"""

import json
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

FIELDS = "fields=id&fields=floating_ip_address&fields=project_id"


class Asked(NamedTuple):
    """A request that came."""

    target: str
    token: str | None
    accept: str | None
    request_id: str | None


class NeutronServer:
    """Answers on a free port of loopback while it is entered."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        """With a context it speaks TLS."""
        self._scheme = "http" if context is None else "https"
        self.answers: dict[str, tuple[int, bytes, Mapping[str, str]]] = {}
        self.asked: list[Asked] = []
        self.pause = threading.Event()
        """Unset: nothing is answered."""
        self.pause.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        if context is not None:
            # The handshake is the client's thread's, so that one that fails stops nobody.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self._scheme}://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.pause.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def will_answer(self, target: str, body: Any, status: int = 200, **headers: str) -> None:
        """Answer a path and query with JSON, or with bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[target] = (status, data, headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                """Note the request, and answer it if it is one of those known."""
                fields = ("X-Auth-Token", "Accept", "X-OpenStack-Request-ID")
                server.asked.append(Asked(self.path, *(self.headers[name] for name in fields)))
                server.pause.wait(30)
                status, data, headers = server.answers.get(self.path, (418, b"{}", {}))
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                # The client may have had enough of waiting.
                with suppress(ConnectionError):
                    self.end_headers()
                    self.wfile.write(data)

            def handle(self) -> None:
                """Answer until the client goes, or does not trust us."""
                with suppress(ConnectionError, ssl.SSLError):
                    super().handle()

            def log_message(self, format: str, *_: Any) -> None:
                """Say nothing."""

        return Handler


def floatingip(identifier: str, address: str, project: str = "p1") -> dict[str, str]:
    """A floating IP with the fields that are asked for."""
    return {"id": identifier, "floating_ip_address": address, "project_id": project}
