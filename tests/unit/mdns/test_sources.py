# SPDX-License-Identifier: Apache-2.0
"""Answers over UDP leave from the address that was asked (RFC 2181 section 4.1)."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dns.message
import pytest

from designate.mdns import sources
from designate.mdns.metrics import Metrics
from designate.mdns.server import has_ipv6_loopback
from designate.mdns.udp import Lookups, UdpListener
from tests.unit.mdns.serving import LOOPBACK, dispatcher
from tests.unit.mdns.zone_rows import ZoneRows, open_store

ANY = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104 - of the loopback interface
OTHER = "127.0.0.2"
PATIENCE = 5.0


def bound(family: socket.AddressFamily) -> socket.socket:
    """A socket with all addresses of the loopback interface, and of no other."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    sock.bind((ANY[family], 0))
    return sock


FAMILIES = [socket.AF_INET] + [socket.AF_INET6] * has_ipv6_loopback()


@pytest.fixture(params=FAMILIES)
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A listener of all addresses: its family and port."""
    store = open_store(tmp_path)
    ZoneRows(store).create()
    metrics = Metrics()
    answering = dispatcher(store, metrics)
    lookups = Lookups(answering.datagrams, metrics, backlog=10)
    sock = bound(request.param)
    listener = UdpListener(sock, answering.datagrams, lookups, metrics)
    lookups.start()
    listener.start()
    yield request.param, sock.getsockname()[1]
    listener.stop()
    lookups.stop()
    listener.close()


def test_an_answer_comes_from_where_it_was_asked_for(port: tuple[int, int]) -> None:
    """Looked up and from memory; a client takes none from elsewhere."""
    family, number = port
    for host in (LOOPBACK, OTHER) if family == socket.AF_INET else ("::1",):
        query = dns.message.make_query("example.org.", "SOA")
        for _ in range(2):
            with closing(socket.socket(family, socket.SOCK_DGRAM)) as client:
                client.settimeout(PATIENCE)
                # Connected, it hears that address only.
                client.connect((host, number))
                client.send(query.to_wire())
                assert dns.message.from_wire(client.recv(4096)).answer[0][0].serial == 100


def test_one_address_needs_no_help() -> None:
    """And costs nothing more."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.bind((LOOPBACK, 0))
        assert not sources.ask_for(sock)


def test_a_link_local_address_keeps_its_interface() -> None:
    """It is one of that interface only; other answers go by whatever leads to the client."""
    kind = (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO)
    local, other = (socket.inet_pton(socket.AF_INET6, text) for text in ("fe80::1", "2001:db8::1"))
    interface = (3).to_bytes(4, "little")
    assert sources.back([(*kind, local + interface)]) == [(*kind, local + interface)]
    assert sources.back([(*kind, other + interface)]) == [(*kind, other + bytes(4))]
    assert sources.back([]) == []
