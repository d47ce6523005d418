# SPDX-License-Identifier: Apache-2.0
"""Sockets of the poller: messages go out, whatever comes back is handed on with its sender.

A few UDP sockets with ports of the system's choosing serve all zones; ids are random, so an answer
is believed by (address, id, question) and the port it had to guess (RFC 5452).
"""

import contextlib
import ipaddress
import random
import selectors
import socket
import time
from collections.abc import Callable

Address = tuple[str, int]
Receive = Callable[[Address, bytes], None]

SOCKETS = 4
BUFFER = 1 << 20
MAX_DATAGRAM = 4096
BURST = 256
"""Datagrams read from one socket in a turn, so that sending is not starved."""
STREAMS = 256
"""TCP connections at once."""


class Datagrams:
    """UDP, for both families as far as the host has them."""

    def __init__(self, selector: selectors.BaseSelector, receive: Receive) -> None:
        self._receive = receive
        self._sockets: dict[int, list[socket.socket]] = {4: [], 6: []}
        for version, family in ((4, socket.AF_INET), (6, socket.AF_INET6)):
            with contextlib.suppress(OSError):
                for _ in range(SOCKETS):
                    self._sockets[version].append(_bound(family))
        for sock in self._all():
            selector.register(sock, selectors.EVENT_READ, lambda s=sock: self._read(s))

    def send(self, address: Address, message: bytes) -> None:
        """Send, or let it be lost: whoever needs an answer asks again."""
        usable = self._sockets[ipaddress.ip_address(address[0]).version]
        if usable:
            with contextlib.suppress(OSError):
                random.choice(usable).sendto(message, address)

    def _read(self, sock: socket.socket) -> None:
        for _ in range(BURST):
            try:
                message, sender = sock.recvfrom(MAX_DATAGRAM)
            except OSError:
                return
            self._receive((sender[0], sender[1]), message)

    def close(self) -> None:
        """Close all sockets."""
        for sock in self._all():
            sock.close()

    def _all(self) -> list[socket.socket]:
        return [sock for sockets in self._sockets.values() for sock in sockets]


def _bound(family: socket.AddressFamily) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.settimeout(0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    sock.bind(("", 0))
    return sock


class _Stream:
    """One message out and one back over a TCP connection (RFC 7766)."""

    def __init__(self, address: Address, message: bytes) -> None:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.address = address
        self.deadline = 0.0
        self.outgoing = len(message).to_bytes(2) + message
        self.incoming = b""
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(0)
        try:
            self.socket.connect(address)
        except BlockingIOError:
            pass  # under way
        except OSError:
            self.socket.close()
            raise

    def step(self) -> bytes | None:
        """Go on as far as possible; the answer when it is complete. Raises OSError."""
        if self.outgoing:
            self.outgoing = self.outgoing[self.socket.send(self.outgoing) :]
            return None
        received = self.socket.recv(MAX_DATAGRAM)
        if not received:
            raise ConnectionError("closed")
        self.incoming += received
        length = int.from_bytes(self.incoming[:2])
        complete = len(self.incoming) >= 2 + length and len(self.incoming) >= 2
        return self.incoming[2 : 2 + length] if complete else None


class Streams:
    """TCP, a connection per exchange; one that takes too long is dropped in silence."""

    def __init__(
        self, selector: selectors.BaseSelector, receive: Receive, *, timeout: float
    ) -> None:
        self._selector = selector
        self._receive = receive
        self._timeout = timeout
        self._open: dict[Address, dict[_Stream, None]] = {}
        """By server, the oldest first."""

    def send(self, address: Address, message: bytes) -> None:
        """Begin an exchange; of too many the server that has most of them loses its oldest.

        So one that does not answer takes no room from the others.
        """
        if sum(map(len, self._open.values())) >= STREAMS:
            most: dict[_Stream, None] = max(self._open.values(), key=len)
            self._end(next(iter(most)))
        try:
            stream = _Stream(address, message)
        except OSError:
            return
        stream.deadline = time.monotonic() + self._timeout
        self._open.setdefault(address, {})[stream] = None
        self._selector.register(
            stream.socket, selectors.EVENT_WRITE, lambda: self._continue(stream)
        )

    def _continue(self, stream: _Stream) -> None:
        if stream not in self._open.get(stream.address, ()):
            # It made room for another one, since the selector told of it.
            return
        try:
            answer = stream.step()
        except BlockingIOError:
            return
        except OSError:
            self._end(stream)
            return
        if answer is not None:
            self._end(stream)
            self._receive(stream.address, answer)
        elif not stream.outgoing:
            self._selector.modify(
                stream.socket, selectors.EVENT_READ, lambda: self._continue(stream)
            )

    def _end(self, stream: _Stream) -> None:
        same = self._open[stream.address]
        del same[stream]
        if not same:
            del self._open[stream.address]
        self._selector.unregister(stream.socket)
        stream.socket.close()

    def expire(self, now: float) -> None:
        """Drop what has taken too long."""
        for stream in self._all():
            if stream.deadline <= now:
                self._end(stream)

    def close(self) -> None:
        """Drop all."""
        for stream in self._all():
            self._end(stream)

    def _all(self) -> list[_Stream]:
        return [stream for same in self._open.values() for stream in same]
