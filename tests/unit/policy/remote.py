# SPDX-License-Identifier: Apache-2.0
"""A server that decides for `http:` checks, and remembers what it was told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def deciding(answer: str) -> Iterator[tuple[str, list[bytes]]]:
    """Its address without the scheme, and what it hears; it answers everything alike."""
    heard: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            heard.append(self.path.encode() + b" " + self.rfile.read(length))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"//127.0.0.1:{server.server_port}", heard
        server.shutdown()
        thread.join()
