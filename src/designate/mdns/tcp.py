# SPDX-License-Identifier: Apache-2.0
"""TCP: one thread accepts, each connection has one, with several queries in turn (RFC 7766)."""

import contextlib
import logging
import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from ipaddress import ip_address

from designate.conf.mdns import Settings
from designate.mdns.dispatch import Dispatcher
from designate.mdns.metrics import Metrics
from designate.mdns.ratelimit import network

WAKE = 10.0
"""Seconds between looks at whether to stop, where the system does not wake who waits."""
RELIEF = 0.1
"""Seconds to wait for connections to end when no more can be had."""
PATIENCE = 30.0
"""Seconds a client may take for an answer, however short it is."""
SLOWEST = 64 * 1024
"""Bytes per second that a client must take beyond that."""
KEPT = 10
"""Of so many places one is kept for the servers of the pools."""
SERVERS = b""
"""What stands for all of them among the clients."""

LOG = logging.getLogger(__name__)


class Closed(Exception):
    """The client has gone, or is too slow."""


class Room:
    """How many connections there may be, over all addresses, and of one client.

    Over IPv6 a client is a network, as for the rate of answers: it has as many addresses as it
    likes. `servers` are clients without a limit of their own, since the pools' come with many
    zones; the last places are for them alone.
    """

    def __init__(
        self, settings: Settings, metrics: Metrics, servers: Callable[[], Collection[str]]
    ) -> None:
        self._most = settings.threads
        self._kept = settings.threads // KEPT
        self._most_of_one = settings.tcp_connections_per_address or settings.threads
        self._prefixes = {4: 32, 6: settings.rate_limit_ipv6_prefix}
        self._metrics = metrics
        self._servers = servers
        self._lock = threading.Lock()
        self._open: Counter[bytes] = Counter()

    def enter(self, host: str) -> bytes | None:
        """Take a place, which is to be given back; None, and counted, when there is none."""
        if host in self._servers():
            client, most_of_one, most = SERVERS, self._most, self._most
        else:
            address = ip_address(host.partition("%")[0])
            client = network(address, self._prefixes[address.version])
            most_of_one, most = self._most_of_one, self._most - self._kept
        with self._lock:
            if self._open.total() >= most:
                full = "tcp"
            elif self._open[client] >= most_of_one:
                full = "tcp-address"
            else:
                self._open[client] += 1
                return client
        self._metrics.dropped(full)
        return None

    def leave(self, client: bytes) -> None:
        """Give the place back."""
        with self._lock:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]


class TcpListener:
    """One address. `room` bounds the connections over all of them; more are closed at once."""

    def __init__(
        self,
        sock: socket.socket,
        dispatcher: Dispatcher,
        settings: Settings,
        room: Room,
    ) -> None:
        sock.settimeout(WAKE)
        self._socket = sock
        self._dispatcher = dispatcher
        self._settings = settings
        self._room = room
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._stopping = False
        self._thread = threading.Thread(target=self._accept, name="mdns-tcp", daemon=True)
        self.came_at = -math.inf
        """When somebody connected last, in monotonic seconds."""

    def start(self) -> None:
        """Begin to accept."""
        self._thread.start()

    def stop(self, grace: float) -> None:
        """Accept no more and read no more; answers under way have `grace` seconds to finish."""
        self._stopping = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
        deadline = time.monotonic() + grace
        for how in (socket.SHUT_RD, socket.SHUT_RDWR):
            with self._lock:
                remaining = dict(self._open)
            for connection in remaining.values():
                with contextlib.suppress(OSError):
                    connection.shutdown(how)
            for thread in remaining:
                thread.join(max(RELIEF, deadline - time.monotonic()))

    @property
    def is_alive(self) -> bool:
        """Whether its thread goes on."""
        return self._thread.is_alive()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                connection, address = self._socket.accept()
            except TimeoutError:
                continue
            except OSError as error:
                if not self._stopping:
                    LOG.warning("TCP: %s", error)
                    time.sleep(RELIEF)
                continue
            self.came_at = time.monotonic()
            try:
                self._take(connection, address[0])
            except Exception:
                # Whatever it was, it is about this client: the next one is listened to.
                LOG.exception("TCP client %s turned away", address[0])
                connection.close()

    def _take(self, connection: socket.socket, host: str) -> None:
        place = self._room.enter(host)
        if place is None:
            connection.close()
        else:
            self._begin(connection, host, place)

    def _begin(self, connection: socket.socket, host: str, place: bytes) -> None:
        thread = threading.Thread(
            target=self._serve, args=(connection, host, place), name="mdns-tcp-client", daemon=True
        )
        with self._lock:
            self._open[thread] = connection
        try:
            thread.start()
        except RuntimeError:
            # The machine has no more threads; the client tries again, and we go on listening.
            LOG.warning("TCP client %s turned away: no thread is to be had", host)
            connection.close()
            with self._lock:
                del self._open[thread]
            self._room.leave(place)

    def _serve(self, connection: socket.socket, host: str, place: bytes) -> None:
        try:
            with connection:
                self._converse(Conversation(connection, self._settings.tcp_recv_timeout), host)
        except (Closed, OSError) as error:
            LOG.debug("TCP connection of %s ended: %s", host, error)
        finally:
            with self._lock:
                del self._open[threading.current_thread()]
            self._room.leave(place)

    def _converse(self, conversation: "Conversation", host: str) -> None:
        conversation.tune(self._settings.tcp_keepidle)
        while not self._stopping:
            answer = self._dispatcher.stream(conversation.receive(), host)
            with contextlib.closing(answer):
                conversation.send(answer)


class Conversation:
    """Messages over one connection; `silence` are the seconds a client may say nothing."""

    def __init__(self, connection: socket.socket, silence: float) -> None:
        self._connection = connection
        self._silence = silence

    def tune(self, keepidle: int | None) -> None:
        """Set what the system does for the connection."""
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if keepidle is not None:
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, keepidle)

    def receive(self) -> bytes:
        """The next message; raises Closed, TimeoutError and other OSError."""
        return self._exactly(int.from_bytes(self._exactly(2)))

    def _exactly(self, size: int) -> bytes:
        deadline = time.monotonic() + self._silence
        received = bytearray()
        while len(received) < size:
            self._connection.settimeout(_left(deadline))
            piece = self._connection.recv(size - len(received))
            if not piece:
                raise Closed("by the client")
            received += piece
        return bytes(received)

    def send(self, pieces: Iterable[bytes]) -> None:
        """Send an answer; raises Closed when the client takes it too slowly."""
        # Only the client's time counts, not what it takes us to read the zone.
        patience = PATIENCE
        for piece in pieces:
            patience += len(piece) / SLOWEST
            begun = time.monotonic()
            self._connection.settimeout(_left(begun + patience))
            self._connection.sendall(piece)
            patience -= time.monotonic() - begun


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Closed("too slow")
    return left
