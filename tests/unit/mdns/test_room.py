# SPDX-License-Identifier: Apache-2.0
"""Places for TCP connections, and who gets them."""

from typing import Any

from designate.mdns import tcp
from designate.mdns.metrics import Metrics
from tests.unit.mdns.serving import settings


def room(*servers: str, **changes: Any) -> tcp.Room:
    """Places for twenty, where these are the pools' servers."""
    return tcp.Room(settings(**changes), Metrics(), lambda: servers)


def taken(places: tcp.Room, *hosts: str) -> list[bool]:
    """Whether each of these clients in turn has found a place."""
    return [places.enter(host) is not None for host in hosts]


def test_a_client_is_an_address_or_a_network_of_ipv6() -> None:
    """The one that the rate of answers goes by, whatever interface it comes by."""
    hosts = ("2001:db8::1", "2001:db8:0:ff::2", "2001:db8::3", "2001:db8:0:100::1")
    places = room(tcp_connections_per_address=2)
    assert taken(places, *hosts) == [True, True, False, True]
    assert taken(places, *["192.0.2.1"] * 3, "192.0.2.2") == [True, True, False, True]
    narrow = room(tcp_connections_per_address=2, rate_limit_ipv6_prefix=128)
    assert taken(narrow, *hosts) == [True] * 4
    assert taken(narrow, *["fe80::1%lo"] * 3) == [True, True, False]


def test_the_last_places_are_for_the_servers_of_the_pools() -> None:
    """Nobody else fills them; and who shares a network with a server is counted without it."""
    server = "2001:db8::53"
    places = room(server, tcp_connections_per_address=2)
    assert taken(places, *[server] * 3, *["2001:db8::1"] * 3) == [True] * 5 + [False]
    strangers = [f"192.0.2.{number}" for number in range(13)]
    assert taken(places, *strangers, "192.0.2.77") == [True] * 13 + [False]
    assert taken(places, *[server] * 3) == [True, True, False]
    for _ in range(3):
        places.leave(tcp.SERVERS)
    place = places.enter("192.0.2.77")
    assert place is not None and places.enter("192.0.2.78") is None
    places.leave(place)
    assert taken(places, "192.0.2.78", "192.0.2.79") == [True, False]
