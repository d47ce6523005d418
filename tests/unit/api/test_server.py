# SPDX-License-Identifier: Apache-2.0
"""The server inside a process, over real sockets on the loopback."""

import http.client
import re
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from designate.api import connection
from designate.api.server import Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def echo(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with the body, read in small pieces; not at all for /unread."""
    body = b""
    if environ["PATH_INFO"] == "/unread":
        start_response("403 Forbidden", [("Content-Length", "0")])
        return []
    left = int(environ.get("CONTENT_LENGTH") or 1 << 30)
    while left and (piece := environ["wsgi.input"].read(min(1000, left))):
        body += piece
        left -= len(piece)
    status = environ.get("HTTP_X_STATUS", "200 OK")
    headers = [("Content-Length", str(len(body))), ("X-Seen", environ.get("HTTP_X_ROLE", "none"))]
    start_response(status, headers)
    return [body]


@contextmanager
def serving(app: Any = echo, host: str = "127.0.0.1") -> Iterator[Server]:
    server = Server(app, (host, 0), threads=2)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


def dial(server: Server) -> socket.socket:
    return socket.create_connection(server.address, timeout=10)


def answer(sock: socket.socket) -> tuple[int, dict[str, str], bytes]:
    response = http.client.HTTPResponse(sock)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, response.read()


CHUNKED = b"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_connection_serves_many_requests(server: Server) -> None:
    with dial(server) as sock:
        for body in (b"one", b"two", b"x" * 100000):
            sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body))
            sock.sendall(body)
            assert answer(sock)[2] == body


def test_requests_sent_together_are_answered_one_by_one(server: Server) -> None:
    with dial(server) as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na" * 3)
        received = b""
        while received.count(b"HTTP/1.1 200") < 3 or not received.endswith(b"a"):
            received += sock.recv(65536)
        assert len(re.findall(rb"\r\n\r\na", received)) == 3


def test_chunks_of_any_size_are_one_body_and_leave_the_connection_usable(server: Server) -> None:
    with dial(server) as sock:
        for _ in range(2):
            sock.sendall(CHUNKED + b"3\r\nabc\r\n186A0;note=1\r\n" + b"x" * 100000 + b"\r\n")
            sock.sendall(b"0\r\nTrailer: 1\r\n\r\n")
            assert answer(sock)[2] == b"abc" + b"x" * 100000


@pytest.mark.parametrize(
    "chunks", [b"zz\r\n", b"3\r\nabcd\r\n", b"-1\r\n", b"\r\n", b"3 3\r\nabc\r\n"]
)
def test_broken_chunks_end_the_connection(server: Server, chunks: bytes) -> None:
    with dial(server) as sock:
        sock.sendall(CHUNKED + chunks)
        assert answer(sock)[0] == 500  # this application lets the ValueError through
        assert sock.recv(1) == b""


def test_a_body_nobody_read_is_no_request(server: Server) -> None:
    with dial(server) as sock:
        for head in (
            b"POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 27\r\n\r\n",
            b"POST /unread HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1b\r\n",
        ):
            sock.sendall(head + b"GET /smuggled HTTP/1.1\r\n\r\n.")
            if b"chunked" in head:
                sock.sendall(b"\r\n0\r\n\r\n")
            assert answer(sock)[0] == 403
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok")
        assert answer(sock)[2] == b"ok"


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 1\r\nContent-Length: 2\r\n",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: +1\r\n",
        b"Content-Length: -1\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"Transfer-Encoding: chunked, chunked\r\n",
        b"Transfer-Encoding: chunked,\r\n",
        b"Transfer-Encoding:\r\n",
        b"Content-Length: 1_0\r\n",
        b"X Role: admin\r\n",
        b"X-Role : admin\r\n",
        b"X-Role: a\r\n  folded\r\n",
        b"no colon\r\n",
    ],
)
def test_a_head_that_two_servers_could_read_differently_is_refused(
    server: Server, lines: bytes
) -> None:
    with dial(server) as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\n" + lines + b"\r\n")
        assert answer(sock)[0] == 400


def test_a_header_with_an_underscore_is_not_taken_for_one_with_a_dash(server: Server) -> None:
    with dial(server) as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nX_Role: admin\r\nContent-Length: 1\r\n\r\na")
        assert answer(sock)[1]["x-seen"] == "none"


def test_a_repeated_header_is_one_list(server: Server) -> None:
    with dial(server) as sock:
        sock.sendall(
            b"POST /x HTTP/1.1\r\nHost: h\r\nX-Role: a\r\nx-role: b\r\nContent-Length: 1\r\n\r\na"
        )
        assert answer(sock)[1]["x-seen"] == "a, b"


def test_a_client_is_told_to_continue_before_it_sends(server: Server) -> None:
    with dial(server) as sock:
        sock.sendall(
            b"POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        assert sock.recv(100).startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"ok")
        assert answer(sock)[2] == b"ok"


def test_a_head_has_an_end(server: Server) -> None:
    with dial(server) as sock:
        sock.sendall(b"GET /x HTTP/1.1\r\nHost: h\r\nX-Long: " + b"x" * 70000 + b"\r\n\r\n")
        assert answer(sock)[0] == 413


def test_a_slow_client_is_sent_away(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD", 0.2)
    with dial(server) as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Le")
        assert answer(sock)[0] == 408
        assert sock.recv(1) == b""


def test_a_slow_body_has_a_time_of_its_own(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which begins when the head has come."""
    monkeypatch.setattr(connection, "HEAD", 0.2)
    monkeypatch.setattr(connection, "GRACE", 3.0)
    with dial(server) as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n")
        time.sleep(0.4)  # longer than the head has
        sock.sendall(b"ok")
        assert answer(sock)[2] == b"ok"


def test_a_slow_body_that_nobody_wants_holds_no_thread(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much of it arrives, and however much is to come."""
    monkeypatch.setattr(connection, "DISCARD", 0.5)
    with dial(server) as sock:
        sock.sendall(b"POST /unread HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
        began = time.monotonic()
        sender = threading.Thread(target=trickle, args=(sock,), daemon=True)
        sender.start()
        assert answer(sock)[0] == 403
        assert time.monotonic() - began < 5
    sender.join()


def trickle(sock: socket.socket) -> None:
    """Send without an end, a little at a time, until nobody takes it."""
    with suppress(OSError):
        while True:
            sock.sendall(b"x" * 100)
            time.sleep(0.05)  # slower than what earns more time


def test_each_answer_has_a_time_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it took on this connection to send those before."""
    monkeypatch.setattr(connection, "GRACE", 0.5)
    monkeypatch.setattr(connection, "RATE", 1 << 30)
    size = 8 << 20

    def large(_environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        start("200 OK", [("Content-Length", str(size))])
        return [b"x" * size]

    with serving(large) as server, dial(server) as sock:
        for _ in range(4):
            sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            time.sleep(0.2)  # four such waits of the server are longer than the time of one answer
            assert len(answer(sock)[2]) == size


def test_an_answer_that_is_taken_too_slowly_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread waits for the client."""
    monkeypatch.setattr(connection, "GRACE", 0.5)
    monkeypatch.setattr(connection, "RATE", 1 << 30)
    ended = threading.Event()

    def endless(_environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        start("200 OK", [])
        try:
            while True:
                yield b"x" * 65536
        finally:
            ended.set()

    with serving(endless) as server, dial(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        began = time.monotonic()
        while not ended.wait(0.05):
            sock.recv(1000)
            assert time.monotonic() - began < 10


def test_chunks_are_none_of_an_older_version(server: Server) -> None:
    """Who stands in between may take them for the next request."""
    with dial(server) as sock:
        sock.sendall(
            b"POST /x HTTP/1.0\r\nConnection: Keep-Alive\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nok\r\n0\r\n\r\n"
        )
        assert answer(sock)[0] == 400
        assert sock.recv(1) == b""


def test_silent_connections_hold_no_thread(server: Server) -> None:
    silent = [dial(server) for _ in range(20)]
    with dial(server) as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok")
        assert answer(sock)[2] == b"ok"
    for sock in silent:
        sock.close()


def test_a_stop_lets_requests_in_flight_end() -> None:
    arrived, leave = threading.Event(), threading.Event()

    def slow(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        arrived.set()
        leave.wait(10)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    server = Server(slow, ("127.0.0.1", 0), threads=1)
    server.start()
    with dial(server) as sock:
        sock.sendall(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        assert arrived.wait(10)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        leave.set()
        status, headers, body = answer(sock)
        stopping.join(10)
    assert (status, body, headers["connection"]) == (200, b"done", "close")
    with pytest.raises(OSError, match="refused"):
        dial(server)


def test_ipv6_is_served() -> None:
    with serving(host="::1") as server:
        assert server.address[0] == "::1"
        with dial(server) as sock:
            sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok")
            assert answer(sock)[2] == b"ok"


def test_an_address_in_use_is_an_error(server: Server) -> None:
    with pytest.raises(OSError, match="in use"):
        Server(echo, server.address, threads=1).start()


def test_a_stop_is_not_put_off_until_the_next_look_at_idle_connections() -> None:
    """Which is five seconds away, also for one who keeps a connection open."""
    with serving() as server, dial(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
        assert answer(sock)[0] == 200
        begin = time.monotonic()
        server.stop()
        assert time.monotonic() - begin < 2
