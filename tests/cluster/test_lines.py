# SPDX-License-Identifier: Apache-2.0
"""The lines of a BIND: all passes through them, and nothing while it is parted."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.lines import Lines
from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.relay import MOST, Relay
from tests.system.site import NS, Site, eventually, served

PATIENCE = 10.0
SHORT = 0.2
"""Seconds in which what gets through has long arrived."""


class Echo:
    """Says what it hears, over UDP and TCP."""

    def __init__(self) -> None:
        self.address = (HOST, free_port())
        self.heard: list[bytes] = []
        self._tcp = socket.create_server(self.address)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(self.address)
        self._closing = False
        self._threads = [threading.Thread(target=run) for run in (self._answer, self._accept)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End it, and wait."""
        self._closing = True
        self._tcp.shutdown(socket.SHUT_RDWR)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.address)
        for thread in self._threads:
            thread.join()
        self._tcp.close()
        self._udp.close()

    def _answer(self) -> None:
        while not self._closing:
            message, client = self._udp.recvfrom(1 << 16)
            self.heard.append(message)
            self._udp.sendto(message, client)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                while message := connection.recv(1 << 16):
                    self.heard.append(message)
                    connection.sendall(message)


@pytest.fixture
def echo() -> Iterator[Echo]:
    """A server."""
    with contextlib.closing(Echo()) as server:
        yield server


@pytest.fixture
def relay(echo: Echo) -> Iterator[Relay]:
    """An open line to it."""
    with Relay(echo.address) as line:
        yield line


@contextlib.contextmanager
def client(relay: Relay, kind: socket.SocketKind = socket.SOCK_DGRAM) -> Iterator[socket.socket]:
    """Somebody at the other end."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.settimeout(PATIENCE)
        sock.connect((HOST, relay.port))
        yield sock


def test_each_client_gets_its_own_answers(relay: Relay) -> None:
    """At the same time, over UDP and TCP."""
    with client(relay) as one, client(relay) as other, client(relay, socket.SOCK_STREAM) as third:
        for sock, words in ((one, b"one"), (other, b"other"), (third, b"third")):
            sock.send(words)
        assert [sock.recv(10) for sock in (third, other, one)] == [b"third", b"other", b"one"]


def test_more_clients_than_it_has_room_for_are_answered_one_after_the_other(relay: Relay) -> None:
    """The files that are open do not become more, and the first may ask again."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(client(relay)) for _ in range(MOST + 2)]
        for number, sock in enumerate([*clients, clients[0]]):
            sock.send(b"%d" % number)
            assert sock.recv(10) == b"%d" % number


def test_what_is_silent_loses_datagrams_and_holds_connections(relay: Relay, echo: Echo) -> None:
    """When it is healed, only what was said over TCP arrives late."""
    with client(relay) as datagrams, client(relay, socket.SOCK_STREAM) as connection:
        for sock in (datagrams, connection):
            sock.send(b"before")
            assert sock.recv(10) == b"before"
        relay.silence()
        for sock in (datagrams, connection):
            sock.send(b"meanwhile")
            sock.settimeout(SHORT)
            with pytest.raises(TimeoutError):
                sock.recv(10)
            sock.settimeout(PATIENCE)
        assert echo.heard == [b"before", b"before"]
        relay.heal()
        assert connection.recv(10) == b"meanwhile"
        datagrams.send(b"after")
        assert datagrams.recv(10) == b"after"


def hears_that_nobody_listens(relay: Relay, kind: socket.SocketKind) -> bool:
    """Whether somebody who asks is refused."""
    with contextlib.suppress(ConnectionRefusedError), client(relay, kind) as sock:
        sock.send(b"anybody?")
        sock.recv(10)
        return False
    return True


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_what_is_shut_refuses_until_it_is_opened_again(
    relay: Relay, kind: socket.SocketKind
) -> None:
    """On the same port; to shut it twice does no harm."""
    for _ in range(2):
        assert not hears_that_nobody_listens(relay, kind)
        relay.close()
        relay.close()
        assert hears_that_nobody_listens(relay, kind)
        relay.start()
    assert not hears_that_nobody_listens(relay, kind)


class BehindLines(Site):
    """`designate up` and a BIND, with lines between them."""

    def __init__(self, directory: Path, bind: Bind9, lines: Lines, port: int) -> None:
        self._lines = lines
        super().__init__(directory, [bind], port=port)

    def _pool(self) -> dict[str, Any]:
        target = self._lines.target()
        return {
            "name": "default",
            "ns_records": [{"hostname": NS, "priority": 1}],
            "nameservers": [self._lines.nameserver()],
            "targets": [target | {"options": target["options"] | {"rndc_timeout": "1"}}],
        }


@pytest.mark.slow
def test_a_bind_that_is_parted_hears_of_nothing_and_then_of_all(tmp_path: Path) -> None:
    """Neither NOTIFY, questions and commands reach it, nor does it reach its master by itself."""
    bind, port = Bind9(tmp_path / "bind"), free_port()
    with contextlib.ExitStack() as stack:
        stack.callback(bind.stop)
        bind.start()
        lines = stack.enter_context(Lines(bind, [(HOST, port)]))
        site = BehindLines(tmp_path / "designate", bind, lines, port)
        stack.callback(site.stop)
        site.start()
        stack.enter_context(lines.masters[0])
        zone, leaving = site.new_zone("a.example."), site.new_zone("b.example.")
        assert served(bind, "a.example.") == site.listed(zone)

        lines.silence()
        site.add(zone, "new")
        bind.rndc("refresh", "a.example")
        site.call("DELETE", f"/v2/zones/{leaving['id']}")
        site.failed(zone, reason="does not answer")
        site.failed(leaving, reason="no answer in time")
        assert bind.serial("a.example.") == zone["serial"]
        assert bind.serial("b.example.") == leaving["serial"]

        lines.heal()
        assert site.settled(zone)["serial"] > zone["serial"]
        assert served(bind, "a.example.") == site.listed(zone)
        eventually(bind.zones, until=lambda names: names == ["a.example."])
