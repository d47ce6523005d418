# SPDX-License-Identifier: Apache-2.0
"""Who may transfer (decision 3a.25)."""

import logging
import threading
from collections.abc import Iterable
from ipaddress import ip_network

import pytest

from designate.errors import DatabaseUnavailable
from designate.mdns.acl import MAX_REMEMBERED, REFRESH, Acl
from designate.model.pools import Endpoint, Nameserver, Pool, Target

PATIENCE = 5.0


class Pools:
    """Pools that a test changes, and how often they were read."""

    def __init__(self, *pools: Pool) -> None:
        self.pools: tuple[Pool, ...] = pools
        self.reads = 0

    def __call__(self) -> Iterable[Pool]:
        self.reads += 1
        return self.pools


POOL = Pool(
    id="1",
    name="default",
    nameservers=[Nameserver(host="192.0.2.1"), Nameserver(host="2001:DB8::1")],
    also_notifies=[Endpoint(host="192.0.2.3")],
    targets=[Target(type="bind9", options={"host": "192.0.2.4"})],
)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.1", True),
        ("::ffff:192.0.2.1", True),
        ("2001:db8::1", True),
        ("192.0.2.3", True),
        ("192.0.2.4", True),
        ("192.0.2.2", False),
        ("198.51.100.200", True),
        ("198.51.101.1", False),
        ("2001:db8:1::77", True),
        ("fe80::1%eth0", False),
    ],
)
def test_this_machine_the_pools_servers_and_the_networks_may(host: str, allowed: bool) -> None:  # noqa: FBT001
    """And nobody else."""
    networks = [ip_network("198.51.100.0/24"), ip_network("2001:db8:1::/48")]
    assert Acl(Pools(POOL), networks).allows(host) is allowed


def test_names_of_servers_are_resolved() -> None:
    """A name that does not resolve keeps nobody else out."""
    pool = Pool(
        id="1",
        name="default",
        nameservers=[Nameserver(host="localhost"), Nameserver(host="host.invalid")],
        targets=[Target(type="bind9", options={"host": "192.0.2.4"})],
    )
    acl = Acl(Pools(pool))
    assert acl.is_server("127.0.0.1") and acl.is_server("192.0.2.4")
    assert not acl.is_server("192.0.2.5")
    assert "192.0.2.4" in acl.hosts


def test_pools_are_read_again_after_a_while() -> None:
    """Not for every query, and a server that was added is known within seconds."""
    now = [0.0]
    pools = Pools()
    acl = Acl(pools, clock=lambda: now[0])
    assert not acl.allows("192.0.2.1") and not acl.allows("192.0.2.4")
    assert pools.reads == 1
    pools.pools = (POOL,)
    now[0] += REFRESH
    assert acl.allows("192.0.2.1") and acl.is_server("192.0.2.4")
    assert pools.reads == 2


def test_without_a_database_servers_are_who_they_were() -> None:
    """Tried again as rarely as it is read; where nothing is known yet, the caller hears it."""
    now = [0.0]
    away = [True]
    tries = list[float]()

    def read() -> Iterable[Pool]:
        tries.append(now[0])
        if away[0]:
            now[0] += REFRESH
            raise DatabaseUnavailable
        return (POOL,)

    acl = Acl(read, clock=lambda: now[0])
    with pytest.raises(DatabaseUnavailable):
        acl.is_server("192.0.2.1")
    away[0] = False
    assert acl.is_server("192.0.2.1")
    away[0] = True
    now[0] += REFRESH
    before = len(tries)
    for _ in range(5):
        assert acl.is_server("192.0.2.1") and not acl.is_server("192.0.2.2")
    assert acl.hosts >= {"192.0.2.1"}
    assert len(tries) == before + 1


def test_nobody_waits_while_another_reads() -> None:
    """Once something was read, that is what the others go by."""
    now = [0.0]
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> Iterable[Pool]:
        if now[0]:
            begun.set()
            assert go_on.wait(PATIENCE)
        return (POOL,)

    acl = Acl(slow, clock=lambda: now[0])
    assert acl.is_server("192.0.2.1")
    now[0] += REFRESH
    reader = threading.Thread(target=acl.is_server, args=("192.0.2.1",))
    reader.start()
    try:
        assert begun.wait(PATIENCE)
        assert acl.is_server("192.0.2.1") and not acl.is_server("192.0.2.2")
        assert not go_on.is_set()
    finally:
        go_on.set()
        reader.join()


def test_a_refusal_is_logged_once_for_each_address(caplog: pytest.LogCaptureFixture) -> None:
    """However often it asks; what is remembered for that is bounded."""
    acl = Acl(Pools())
    with caplog.at_level(logging.WARNING, "designate.mdns.acl"):
        for host in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.1"):
            assert not acl.allows(host)
    assert [record.args for record in caplog.records] == [("192.0.2.1",), ("192.0.2.2",)]
    with caplog.at_level(logging.ERROR, "designate.mdns.acl"):
        for number in range(MAX_REMEMBERED + 10):
            acl.allows(f"10.0.{number // 256}.{number % 256}")
    assert len(acl._refused) <= MAX_REMEMBERED
