# SPDX-License-Identifier: Apache-2.0
"""Clients of the API on keep-alive connections: one here, or many in processes of their own.

Each of many is a process, so that what Python lets one thread do at a time costs them nothing.
"""

import http.client
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier, Event
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

CALL = 60.0
READY = 20.0
PATIENCE = 300.0
CLIENTS = 16
FORK = multiprocessing.get_context("fork")
T = TypeVar("T")


class Request(NamedTuple):
    """What a client sends; `path` follows the API's address."""

    method: str
    path: str
    body: Any = None


class Client:
    """One connection; opened by the first request, and anew after an error."""

    def __init__(self, api: str, headers: Mapping[str, str] | None = None) -> None:
        place = urlsplit(api)
        self._headers = dict(headers or {})
        self._http = http.client.HTTPConnection(place.hostname or "", place.port, timeout=CALL)

    def send(self, request: Request) -> tuple[int, bytes]:
        """The status and the body, unread; raises OSError or HTTPException."""
        body, headers = request.body, dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "text/dns" if isinstance(body, bytes) else "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self._http.request(request.method, request.path, body, headers)
            with self._http.getresponse() as response:
                return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._http.close()
            raise

    def get(self, path: str) -> Any:
        """The object there; raises RuntimeError for every answer but 200."""
        try:
            return self._expect(Request("GET", path), 200)
        except http.client.RemoteDisconnected:
            # The server has closed a connection that was idle for long.
            return self._expect(Request("GET", path), 200)

    def create(self, path: str, body: Any) -> Any:
        """The object as created; raises RuntimeError unless that was accepted."""
        return self._expect(Request("POST", path, body), 201, 202)

    def _expect(self, request: Request, *accepted: int) -> Any:
        status, body = self.send(request)
        if status not in accepted:
            raise RuntimeError(f"{request.method} {request.path}: {status} {body[:500]!r}")
        return json.loads(body)


@dataclass
class Load:
    """What clients saw: seconds of each accepted request, and how often something else came."""

    began: float = float("inf")
    ended: float = 0.0
    accepted: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        return max(self.ended - self.began, 0.0)

    def add(self, other: "Load") -> None:
        """Take in what another client saw."""
        self.began = min(self.began, other.began)
        self.ended = max(self.ended, other.ended)
        self.accepted += other.accepted
        self.refused += other.refused


Requests = Callable[[int], Iterator[Request]]


def run(
    api: str,
    requests: Requests,
    *,
    count: int = CLIENTS,
    seconds: float = PATIENCE,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """Let clients send what `requests(number)` gives them, each one after the other, at once.

    Each ends with its last request, or after `seconds`.
    """
    together = FORK.Barrier(count)
    each = [Client(api, headers) for _ in range(count)]
    started = [
        _fork(_send, client, requests(number), together, seconds)
        for number, client in enumerate(each)
    ]
    load = Load()
    for process, results in started:
        load.add(_result(results))
        process.join()
    return load


@contextmanager
def beside(api: str, requests: Iterator[Request], *, pause: float) -> Iterator[Load]:
    """Another client that sends a request every `pause` seconds; its load is filled at the end."""
    end = FORK.Event()
    load = Load()
    process, results = _fork(_trickle, api, requests, end, pause)
    try:
        yield load
    finally:
        end.set()
        load.add(_result(results))
        process.join()


def wait(probe: Callable[[], T | None], what: str, *, pause: float = 0.02) -> T:
    """Ask until there is an answer, and return it; raises TimeoutError naming what was awaited."""
    deadline = time.monotonic() + PATIENCE
    while (found := probe()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {PATIENCE:.0f} s: {what}")
        time.sleep(pause)
    return found


def _fork(target: Callable[..., None], *arguments: Any) -> tuple[Any, "Connection[Load, Load]"]:
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _result(results: "Connection[Load, Load]") -> Load:
    if not results.poll(PATIENCE + CALL):
        raise TimeoutError("a client does not end")
    return results.recv()


def _send(
    results: "Connection[Load, Load]",
    client: Client,
    requests: Iterator[Request],
    together: Barrier,
    seconds: float,
) -> None:
    load = Load()
    _try(client, Request("GET", "/"), Load())  # opens the connection
    together.wait(READY)
    load.began = time.monotonic()
    for request in requests:
        _try(client, request, load)
        if time.monotonic() - load.began >= seconds:
            break
    load.ended = time.monotonic()
    results.send(load)


def _trickle(
    results: "Connection[Load, Load]",
    api: str,
    requests: Iterator[Request],
    end: Event,
    pause: float,
) -> None:
    client, load = Client(api), Load()
    load.began = time.monotonic()
    for request in requests:
        _try(client, request, load)
        if end.wait(pause):
            break
    load.ended = time.monotonic()
    results.send(load)


def _try(client: Client, request: Request, load: Load) -> None:
    begin = time.monotonic()
    try:
        status, _ = client.send(request)
    except (OSError, http.client.HTTPException) as error:
        load.refused[type(error).__name__] += 1
        return
    if 200 <= status < 300:
        load.accepted.append(time.monotonic() - begin)
    else:
        load.refused[f"HTTP {status}"] += 1
