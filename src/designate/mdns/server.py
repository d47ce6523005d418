# SPDX-License-Identifier: Apache-2.0
"""The server: its sockets, its threads, its beginning and its end."""

import contextlib
import errno
import math
import socket
import time

from prometheus_client import CollectorRegistry

from designate.conf.mdns import Settings
from designate.contracts.worker import Worker
from designate.mdns.acl import Acl
from designate.mdns.datagrams import Datagrams
from designate.mdns.dispatch import Dispatcher
from designate.mdns.metrics import Metrics
from designate.mdns.ratelimit import RateLimit
from designate.mdns.tcp import Room, TcpListener
from designate.mdns.udp import Lookups, UdpListener
from designate.mdns.xfr import Xfr
from designate.model.pools import Pool
from designate.storage import pools
from designate.storage.unit_of_work import Store

GRACE = 10.0
"""Seconds that answers under way have when the server stops."""
LINGER = 10.0
"""Seconds in which connections are still accepted after the last serial was told, at most."""
QUIET = 1.0
"""Seconds after which, when nobody has connected, nobody is waited for."""
RECEIVE_BUFFER = 1 << 20
"""Bytes of UDP requests that the kernel holds for us, as far as it allows."""
_ATTEMPTS = 16


class MdnsServer:
    """Answers DNS over UDP and TCP on every address of `settings.listen`.

    `worker` is told of transfers that have ended. `writes_here` says that every commit is made in
    this process through `store`, so that what is remembered is exact, and that no other process
    may share the addresses.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        worker: Worker | None = None,
        registry: CollectorRegistry | None = None,
        *,
        writes_here: bool = False,
    ) -> None:
        self._settings = settings
        self._shared = not writes_here
        self._metrics = Metrics(registry)
        acl = Acl(lambda: _pools(store), settings.allow_transfer)
        xfr = Xfr(store, acl, self._metrics, settings.max_message_size, worker)
        self._dispatcher = Dispatcher(
            store, settings, acl, xfr, self._metrics, writes_here=writes_here
        )
        limit = RateLimit(settings, lambda: acl.hosts)
        self._datagrams = Datagrams(store, settings, self._dispatcher, limit, self._metrics)
        self._lookups = Lookups(self._datagrams, self._metrics, settings.threads)
        self._room = Room(settings, self._metrics, lambda: acl.hosts)
        self._udp: list[UdpListener] = []
        self._tcp: list[TcpListener] = []
        self.addresses: list[tuple[str, int]] = []
        """Where it listens, once started: host and port, in the order of the settings."""

    def start(self) -> None:
        """Listen and answer; raises OSError, with nothing left open, when an address is taken."""
        with contextlib.ExitStack() as stack:
            pairs = [
                _pair(stack, *endpoint, shared=self._shared) for endpoint in self._settings.listen
            ]
            for _, tcp in pairs:
                tcp.listen(self._settings.tcp_backlog)
            self._lookups.start()
            stack.pop_all()
        for udp, tcp in pairs:
            self.addresses.append(tcp.getsockname()[:2])
            self._udp.append(UdpListener(udp, self._datagrams, self._lookups, self._metrics))
            self._tcp.append(TcpListener(tcp, self._dispatcher, self._settings, self._room))
        for udp_listener, tcp_listener in zip(self._udp, self._tcp, strict=True):
            udp_listener.start()
            tcp_listener.start()

    def stop(self) -> None:
        """Take no more requests, finish those under way, close all; harmless when stopped."""
        for udp in self._udp:
            udp.stop()
        self._lookups.stop()
        for udp in self._udp:
            udp.close()
        if self._shared:
            # They have another server to go to.
            self._let_come_who_asked()
        for tcp in self._tcp:
            tcp.stop(GRACE)
        self._udp, self._tcp, self.addresses = [], [], []

    def _let_come_who_asked(self) -> None:
        """Serve those that go on to come for zones whose serials they were told.

        A BIND that is refused twice asks this server for no zone for ten minutes.
        """
        end = time.monotonic() + LINGER
        while (now := time.monotonic()) < end:
            quiet_at = max((tcp.came_at for tcp in self._tcp), default=-math.inf) + QUIET
            if now >= quiet_at:
                return
            # It cannot be quiet before that.
            time.sleep(min(quiet_at, end) - now)

    def trouble(self) -> str | None:
        """What is wrong: a thread that listens has ended."""
        listeners: list[UdpListener | TcpListener] = [*self._udp, *self._tcp]
        alive = bool(listeners) and all(listener.is_alive for listener in listeners)
        return None if alive else "a listener has ended"


def has_ipv6_loopback() -> bool:
    """Whether this machine can be listened to on ::1."""
    try:
        _bound(socket.SOCK_STREAM, "::1", 0).close()
    except OSError:
        return False
    return True


def _pools(store: Store) -> list[Pool]:
    with store.read() as connection:
        return pools.find_all(connection)


def _pair(
    stack: contextlib.ExitStack, host: str, port: int, *, shared: bool
) -> tuple[socket.socket, socket.socket]:
    """Sockets for UDP and TCP on the same port, which the system chooses when it is 0."""
    for attempt in range(_ATTEMPTS):
        tcp = stack.enter_context(_bound(socket.SOCK_STREAM, host, port, shared=shared))
        try:
            udp = _bound(socket.SOCK_DGRAM, host, tcp.getsockname()[1], shared=shared)
        except OSError as error:
            # Somebody else's UDP socket has the port that was chosen for TCP.
            if port or error.errno != errno.EADDRINUSE or attempt == _ATTEMPTS - 1:
                raise
            tcp.close()
        else:
            return stack.enter_context(udp), tcp
    raise AssertionError("the loop returns or raises")


def _bound(kind: socket.SocketKind, host: str, port: int, *, shared: bool = False) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=kind)[0]
    sock = socket.socket(family, kind)
    try:
        # On a UDP socket it would let another process take the address.
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Several processes share the address; the kernel spreads the clients over them. A port
        # that the system chooses must not be one that another process shares.
        if shared and port:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if kind == socket.SOCK_DGRAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        sock.bind(address)
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"{error.strerror}: {host} port {port}") from None
    return sock
