# SPDX-License-Identifier: Apache-2.0
"""A server that stops: what has arrived is answered, in time, and nothing else is waited for."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from designate.api import server as module
from designate.api.server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REQUEST = b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"
CLIENTS = 12
SOON = 10.0


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with the body."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Held:
    """An application that holds its first request until it is let go."""

    def __init__(self) -> None:
        self.arrived, self.leave = threading.Event(), threading.Event()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not self.arrived.is_set():
            self.arrived.set()
            assert self.leave.wait(SOON)
        return app(environ, start_response)


def started(application: Any = app, threads: int = 1) -> Server:
    server = Server(application, ("127.0.0.1", 0), threads=threads)
    server.start()
    return server


def dial(server: Server) -> socket.socket:
    return socket.create_connection(server.address, timeout=SOON)


def answer(sock: socket.socket) -> tuple[int, str | None, bytes]:
    response = http.client.HTTPResponse(sock)
    response.begin()
    return response.status, response.getheader("connection"), response.read()


def eventually(probe: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not probe():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def refuses(server: Server) -> bool:
    try:
        dial(server).close()
    except OSError:
        return True
    return False


def stopping(server: Server) -> threading.Thread:
    thread = threading.Thread(target=server.stop)
    thread.start()
    return thread


def test_requests_that_were_not_even_accepted_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait in the backlog, because the thread that accepts is held up."""
    original = module._Http.process_conn
    entered, leave = threading.Event(), threading.Event()

    def held(http: Any, conn: Any) -> None:
        entered.set()
        assert leave.wait(SOON)
        original(http, conn)

    monkeypatch.setattr(module._Http, "process_conn", held)
    server = started()
    clients = [dial(server) for _ in range(CLIENTS)]
    for sock in clients:
        sock.sendall(REQUEST)
    assert entered.wait(SOON)
    stop = stopping(server)
    eventually(lambda: not server._http.ready)
    leave.set()
    assert [answer(sock) for sock in clients] == [(200, "close", b"ok")] * CLIENTS
    stop.join(SOON)
    assert not stop.is_alive()
    for sock in clients:
        sock.close()


def test_a_client_that_has_just_connected_may_still_send(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not know; the stop goes on as soon as all of them have."""
    monkeypatch.setattr(module, "_FIRST_REQUEST", SOON)
    server = started()
    with dial(server) as one, dial(server) as other:
        began = time.monotonic()
        stop = stopping(server)
        eventually(lambda: refuses(server))
        for sock in (one, other):
            sock.sendall(REQUEST)
            assert answer(sock) == (200, "close", b"ok")
        stop.join(SOON)
        assert time.monotonic() - began < SOON / 2


def test_idle_and_silent_connections_are_closed() -> None:
    """Neither the one that was served before nor the one that never sent holds the stop up."""
    server = started()
    with dial(server) as served, dial(server) as silent:
        served.sendall(REQUEST)
        assert answer(served)[0] == 200
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 3
        assert (served.recv(1), silent.recv(1)) == (b"", b"")


def test_a_request_that_waits_for_a_thread_is_answered() -> None:
    """The only thread has another one in work."""
    application = Held()
    server = started(application)
    with dial(server) as first, dial(server) as second:
        first.sendall(REQUEST)
        assert application.arrived.wait(SOON)
        second.sendall(REQUEST)
        stop = stopping(server)
        eventually(lambda: refuses(server))
        application.leave.set()
        assert [answer(sock) for sock in (first, second)] == [(200, "close", b"ok")] * 2
        stop.join(SOON)


def test_a_stop_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no thread has had time for by then is dropped; what has begun is answered."""
    monkeypatch.setattr(module, "_STOP", 0.3)
    application = Held()
    server = started(application)
    with dial(server) as begun, dial(server) as waiting:
        begun.sendall(REQUEST)
        assert application.arrived.wait(SOON)
        waiting.sendall(REQUEST)
        stop = stopping(server)
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            answer(waiting)
        application.leave.set()
        assert answer(begun)[0] == 200
        stop.join(SOON)
        assert not stop.is_alive()
