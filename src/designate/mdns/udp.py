# SPDX-License-Identifier: Apache-2.0
"""UDP: one thread receives and answers from memory, a few look up the rest."""

import contextlib
import logging
import socket
import struct
import threading
from queue import SimpleQueue
from typing import Any

from designate.mdns import sources
from designate.mdns.datagrams import Datagrams
from designate.mdns.metrics import Metrics
from designate.mdns.sources import Ancillary
from designate.wire.message import MAX_REQUEST

WAKE = 10.0
"""Seconds between looks at whether to stop, where the system does not wake who waits."""
LOOKING_UP = 4
"""Threads that ask the database."""

LOG = logging.getLogger(__name__)


Way = Ancillary | None
"""What has the answer leave from the right address; None where the socket has only one."""
Request = tuple[socket.socket, bytes, Any, Way]
"""What came, and from where; the socket answers."""


class Lookups:
    """Threads for the requests that need the database; more than `backlog` waiting are dropped.

    All begin at the start: later the machine may have no more.
    """

    def __init__(self, datagrams: Datagrams, metrics: Metrics, backlog: int) -> None:
        self._datagrams = datagrams
        self._metrics = metrics
        self._most = min(LOOKING_UP, backlog)
        self._threads: list[threading.Thread] = []
        self._waiting: SimpleQueue[Request | None] = SimpleQueue()
        self._room = threading.BoundedSemaphore(backlog)

    def start(self) -> None:
        """Begin to look up."""
        for _ in range(self._most):
            thread = threading.Thread(target=self._work, name="mdns-udp-lookup", daemon=True)
            thread.start()
            self._threads.append(thread)

    def submit(self, request: Request) -> None:
        """Answer a request soon, or never."""
        if self._room.acquire(blocking=False):
            self._waiting.put(request)
        else:
            self._metrics.dropped("udp")

    def _work(self) -> None:
        while (request := self._waiting.get()) is not None:
            try:
                self._answer(*request)
            except Exception:
                # Whatever it was, it is about this request, and the next one is answered.
                LOG.exception("No answer to %s", request[2][0])
            finally:
                self._room.release()

    def _answer(self, sock: socket.socket, data: bytes, address: Any, way: Way) -> None:
        answer = self._datagrams.answer(data, address[0])
        if answer:
            try:
                _send(sock, answer, address, way)
            except OSError as error:
                LOG.debug("No answer to %s: %s", address[0], error)

    def stop(self) -> None:
        """Finish what was submitted."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []


def _send(sock: socket.socket, answer: bytes, address: Any, way: Way) -> None:
    if way is None:
        sock.sendto(answer, address)
    else:
        sock.sendmsg([answer], way, 0, address)


class UdpListener:
    """One address."""

    def __init__(
        self, sock: socket.socket, datagrams: Datagrams, lookups: Lookups, metrics: Metrics
    ) -> None:
        # A timeout of Python's would cost a second system call for each datagram.
        seconds, fraction = divmod(WAKE, 1)
        timeout = struct.pack("ll", int(seconds), int(fraction * 1_000_000))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout)
        self._socket = sock
        self._has_many = sources.ask_for(sock)
        self._datagrams = datagrams
        self._lookups = lookups
        self._tally = metrics.queries.tally("udp")
        self._stopping = False
        self._thread = threading.Thread(target=self._receive, name="mdns-udp", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Receive no more; the socket stays open for answers under way."""
        self._stopping = True
        with contextlib.suppress(OSError):
            # Not connected, it says; but who waits is woken.
            self._socket.shutdown(socket.SHUT_RD)
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether its thread goes on."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Give the address back."""
        self._socket.close()

    def _receive(self) -> None:
        while not self._stopping:
            try:
                if self._has_many:
                    data, came, _, address = self._socket.recvmsg(MAX_REQUEST, sources.ROOM)
                    way = sources.back(came)
                else:
                    (data, address), way = self._socket.recvfrom(MAX_REQUEST), None
                if address is not None:
                    self._answer(data, address, way)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError as error:
                LOG.debug("UDP: %s", error)
            except Exception:
                # Whatever it was, it is about this request: the next one is answered.
                LOG.exception("A UDP request was dropped")

    def _answer(self, data: bytes, address: Any, way: Way) -> None:
        answer = self._datagrams.from_memory(data, address[0])
        if answer is None:
            self._lookups.submit((self._socket, data, address, way))
        elif answer:
            self._tally[answer[3] & 0xF] += 1
            _send(self._socket, answer, address, way)
