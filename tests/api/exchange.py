# SPDX-License-Identifier: Apache-2.0
"""One HTTP exchange, with an application in this process or with a server."""

import io
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

TIMEOUT = 30
"""Seconds for one exchange."""


@dataclass(frozen=True)
class Reply:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Sender(Protocol):
    """Whatever carries a request to the API."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send a request and return the reply, without following redirects."""


class InProcess:
    """Calls a WSGI application."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See Sender."""
        started: list[Any] = []

        def start_response(status: str, fields: list[tuple[str, str]], *_: Any) -> Any:
            started[:] = [status, fields]

        chunks = self._app(_environ(method, path, headers, body), start_response)
        received = b"".join(chunks)
        status, fields = started
        return Reply(int(status[:3]), {name.lower(): value for name, value in fields}, received)


def _environ(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    url = urlsplit(path)
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path, "latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": "dns.test",
        "SERVER_PORT": "9001",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": url.netloc or "dns.test:9001",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme or "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Do not follow."""


class Live:
    """Speaks HTTP to the service at a URL."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See Sender."""
        url = path if urlsplit(path).scheme else self._url + path
        request = urllib.request.Request(
            url, body or None, {"Content-Type": "", **headers}, method=method
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return _reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return _reply(answer.code, answer.headers, answer.read())


def _reply(status: int, headers: Any, body: bytes) -> Reply:
    return Reply(status, {name.lower(): value for name, value in headers.items()}, body)
