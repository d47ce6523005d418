# SPDX-License-Identifier: Apache-2.0
"""One HTTP connection of the server in this process: reading with a deadline, writing at once.

cheroot parses and answers; its own socket files are written in Python, block on slow clients for
as long as these like, and hold a chunk of any size in memory.
"""

import errno
import io
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from cheroot.server import HTTPConnection, HTTPRequest, KnownLengthRFile

LOG = logging.getLogger(__name__)

#: Seconds that a peer may be silent.
IDLE = 10.0
#: Seconds that a request may take to arrive, and the bytes per second that earn it more.
GRACE = 30.0
RATE = 16384
#: Seconds that its line and header fields may take of these: a thread waits for them.
HEAD = 5.0
#: Most bytes of an unwanted body that are read so that the client sees the answer to it, and the
#: seconds for it, and bytes per second that earn it more: who is slower may not see it.
_DISCARDED = 64 * 1024 * 1024
DISCARD = 5.0
DISCARD_RATE = 1024 * 1024
_PIECE = 65536
_RECORD = 16384
_ONCE = frozenset({b"Content-Length", b"Content-Type", b"Host", b"Transfer-Encoding"})
_field = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)\r\n").fullmatch
_is_chunk_size = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n").fullmatch

_NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@contextmanager
def _broken_tls() -> Iterator[None]:
    """A client that does not speak TLS, or not ours, is one that is gone."""
    try:
        yield
    except ssl.SSLError as error:
        raise ConnectionResetError(errno.ECONNRESET, str(error)) from error


class _Socket(io.RawIOBase):
    """The reading side of a socket: no peer may be silent, or slow, for long."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.begin()
        self.polling = False
        self.ended = False

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def begin(self) -> None:
        """Start the time of a new request."""
        self._started, self._received, self._rate = monotonic(), 0, float(RATE)
        self._until = self._started + HEAD

    def go_on(self) -> None:
        """The head has arrived: the rest has its own time."""
        self._until = self._started + GRACE

    def discard(self) -> None:
        """Nobody wants what is to come."""
        self._until, self._rate, self._received = monotonic() + DISCARD, float(DISCARD_RATE), 0

    def readinto(self, buffer: Any) -> int | None:
        """Receive; None when nothing has arrived while polling. Raises TimeoutError."""
        if self.polling:
            self._sock.settimeout(0)
            try:
                received = int(self._sock.recv_into(buffer))
            except _NOTHING_YET:
                return None
            self.ended = received == 0
            return received
        left = self._until + self._received / self._rate - monotonic()
        if left <= 0:
            # cheroot answers 408 to this text.
            raise TimeoutError("timed out")
        self._sock.settimeout(min(IDLE, left))
        with _broken_tls():
            received = int(self._sock.recv_into(buffer))
        self._received += received
        return received


class _Reader(io.BufferedReader):
    """Buffers what the socket receives."""

    def __init__(self, sock: Any) -> None:
        self._wire = _Socket(sock)
        super().__init__(self._wire, _PIECE)
        self.begin = self._wire.begin
        self.go_on = self._wire.go_on
        self.discard = self._wire.discard

    def has_data(self) -> bool:
        """Return whether the next request has begun to arrive, or none will."""
        self._wire.polling = True
        try:
            return bool(self.peek(1)) or self._wire.ended
        except OSError:
            return False  # the next read tells the same
        finally:
            self._wire.polling = False


class _Writer:
    """The writing side: while corked, small writes leave together."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._waiting = bytearray()
        self._corked = False
        self.begin()

    def begin(self) -> None:
        """Start the time of a new answer."""
        self._sent = 0
        self._took = 0.0

    def cork(self) -> None:
        """Hold small writes back until `flush`."""
        self._corked = True

    def write(self, data: bytes) -> None:
        """Send, or hold back; raises TimeoutError when the peer does not take it."""
        self._waiting += data
        if not self._corked or len(self._waiting) >= _PIECE:
            self._send()

    def flush(self) -> None:
        """Send what is held back."""
        self._corked = False
        self._send()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        # A timeout of Python's is for all of a plain socket, but for each record of TLS.
        for start in range(0, len(waiting), _RECORD):
            self._send_piece(memoryview(waiting)[start : start + _RECORD])

    def _send_piece(self, piece: memoryview) -> None:
        left = GRACE + self._sent / RATE - self._took
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(min(IDLE, left))
        began = monotonic()
        with _broken_tls():
            self._sock.sendall(piece)
        self._sent += len(piece)
        self._took += monotonic() - began


def _files(sock: Any, mode: str, size: int) -> Any:
    return _Reader(sock) if "r" in mode else _Writer(sock)


class ChunkedBody(io.RawIOBase):
    """A body in chunks (RFC 9112 section 7.1), however large these are."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = 0
        self.ended = False

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read from the present chunk; raises ValueError when the coding is broken."""
        if not self.ended and self._left == 0:
            self._next_chunk()
        if self.ended:
            return 0
        data = self._stream.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        if not data or (self._left == 0 and self._stream.read(2) != b"\r\n"):
            raise ValueError("a chunk breaks off")
        return len(data)

    def _next_chunk(self) -> None:
        size = _is_chunk_size(self._stream.readline(1024))
        if size is None:
            raise ValueError("a chunk has no size")
        self._left = int(size[1], 16)
        if self._left == 0:
            self._skip_trailers()
            self.ended = True

    def _skip_trailers(self) -> None:
        for _ in range(64):
            line = self._stream.readline(8192)
            if line == b"\r\n":
                return
            if not line.endswith(b"\r\n"):
                break
        raise ValueError("the trailers do not end")


def read_headers(stream: Any, headers: dict[bytes, bytes]) -> None:
    """Read the header fields of a request (RFC 9112 section 5); raises ValueError.

    A name with `_` is left out: in the environment it could not be told from one with `-`, which
    a proxy in front may have checked.
    """
    while (line := stream.readline()) != b"\r\n":
        field = _field(line)
        if field is None:
            raise ValueError("a header line is malformed")
        name, value = field[1].title(), field[2].strip(b" \t")
        if b"_" in name:
            continue
        if name in headers:
            if name in _ONCE:
                raise ValueError("a header line is repeated")
            value = headers[name] + b", " + value
        headers[name] = value
    _check_length(headers)


def _check_length(headers: dict[bytes, bytes]) -> None:
    """Refuse what two servers could take for bodies of different lengths."""
    if not headers.get(b"Content-Length", b"0").isdigit():
        raise ValueError("Content-Length is no number")
    if b"Transfer-Encoding" in headers and b"Content-Length" in headers:
        raise ValueError("the length of the body is given twice")
    codings = headers.get(b"Transfer-Encoding", b"chunked").lower().split(b",")
    codings = [coding.strip(b" \t") for coding in codings]
    if codings.count(b"chunked") != 1 or b"" in codings:
        raise ValueError("the body has not been put into chunks once")


class Exchange(HTTPRequest):
    """One request and its answer."""

    header_reader = staticmethod(read_headers)

    def parse_request(self) -> None:
        """Read the line and the header fields."""
        with self._told():
            super().parse_request()
        self.conn.rfile.go_on()

    def read_request_headers(self) -> bool:
        """Read the header fields; chunks are none of HTTP/1.0 (RFC 9112 section 6.1)."""
        # cheroot has no types here.
        if not super().read_request_headers():  # type: ignore[no-untyped-call]
            return False
        if b"Transfer-Encoding" in self.inheaders and self.response_protocol != "HTTP/1.1":
            self.simple_response("400 Bad Request", "HTTP/1.0 has no Transfer-Encoding")
            return False
        return True

    def respond(self) -> None:
        """Let the application answer; what it left of the body is not taken for a request."""
        with self._told():
            self._respond()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Log why a client gets no answer, or not all of it: cheroot does not."""
        try:
            yield
        except OSError as error:
            peer = f"{self.conn.remote_addr}:{self.conn.remote_port}"
            LOG.info("A client at %s is not answered: %r", peer, error)
            raise

    def _respond(self) -> None:
        if self.chunked_read:
            self.rfile = ChunkedBody(self.conn.rfile)
        else:
            length = int(self.inheaders.get(b"Content-Length", 0))
            self.rfile = KnownLengthRFile(self.conn.rfile, length)
        self.conn.wfile.cork()
        try:
            self.server.gateway(self).respond()
            if self.ready:
                self.ensure_headers_sent()
            if self.chunked_write:
                self.conn.wfile.write(b"0\r\n\r\n")
        finally:
            self.conn.wfile.flush()

    def send_headers(self) -> None:
        """Read the rest of the body first: a closed socket would lose the answer."""
        if not self._discard():
            self.close_connection = True
        super().send_headers()

    def _discard(self) -> bool:
        """Return whether the whole body has been read."""
        self.conn.rfile.discard()
        try:
            for _ in range(_DISCARDED // _PIECE):
                if not self.rfile.read(_PIECE):
                    return bool(getattr(self.rfile, "remaining", 0) == 0)
        except (OSError, ValueError):
            return False
        return False


class Connection(HTTPConnection):
    """One client."""

    RequestHandlerClass = Exchange

    def __init__(self, server: Any, sock: Any, makefile: Any = None) -> None:
        super().__init__(server, sock, _files)
        #: Whether a request has been read here, or begun to be.
        self.served = False

    def communicate(self) -> Any:
        """Serve one request; true when the connection stays open."""
        self.served = True
        self.rfile.begin()
        self.wfile.begin()
        return super().communicate()  # type: ignore[no-untyped-call]
