# SPDX-License-Identifier: Apache-2.0
"""Several DNS servers on one address, over a database that somebody else writes."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import dns.edns
import dns.exception
import dns.message
import dns.query
import pytest

from designate.model.pools import Nameserver, Pool
from designate.storage import pools, schema
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from designate.wire import cookies
from tests.servers.mdns import Mdns
from tests.unit.mdns.zone_rows import ZoneRows

SECRETS = ("e5e973e5a6b2a43f48e7dc849e37bfcf", "445536bcd2513298075a5d379663c962")
BOUND = 1.0
"""Seconds that an answer may be old (decision 3a.9)."""
SLACK = 0.5
PATIENCE = 20.0


@pytest.fixture
def zone(tmp_path: Path) -> ZoneRows:
    """A zone in a database file, which this process writes."""
    engine = open_engine(f"sqlite:///{tmp_path}/dns.sqlite")
    schema.upgrade(engine)
    return ZoneRows(Store(engine)).create()


@pytest.fixture
def two(zone: ZoneRows, tmp_path: Path) -> Iterator[tuple[Mdns, Mdns]]:
    """Two servers on one port, told apart by the secrets of their cookies."""
    url = str(zone.store.engine.url)
    first = Mdns(tmp_path / "first", url, {"cookie_secret": SECRETS[0]})
    second = Mdns(tmp_path / "second", url, {"cookie_secret": SECRETS[1]}, first.address[1])
    first.start()
    try:
        second.start()
        yield first, second
    finally:
        first.stop()
        second.stop()


def ask(server: Mdns) -> tuple[int, int | None]:
    """The serial as served, and whose cookie came with it; every question has a port of its own."""
    options: list[dns.edns.Option] = [dns.edns.CookieOption(b"client!!", b"")]
    query = dns.message.make_query("example.org.", "SOA", use_edns=0, options=options)
    reply = dns.query.udp(query, server.address[0], 5, server.address[1])
    (option,) = reply.options
    cookie = option.to_wire() or b""
    now = int(time.time())
    whose = [
        index
        for index, secret in enumerate(SECRETS)
        if cookies.verify(bytes.fromhex(secret), cookie, b"\x7f\0\0\1", now)
    ]
    return reply.answer[0][0].serial, whose[0] if whose else None


def test_two_servers_share_an_address(two: tuple[Mdns, Mdns], zone: ZoneRows) -> None:
    """Both answer; what is written shows at either within the bound, and does not go again."""
    assert {ask(two[0])[1] for _ in range(60)} == {0, 1}
    for serial in (101, 102, 103):
        zone.change({})
        since = time.monotonic()
        newest = [100, 100]
        while newest != [serial, serial]:
            began = time.monotonic()
            seen, whose = ask(two[0])
            assert whose is not None and seen >= newest[whose], "a server went back"
            newest[whose] = seen
            assert seen == serial or began - since < BOUND + SLACK


@pytest.mark.slow
def test_a_server_of_a_pool_sees_a_change_at_once(two: tuple[Mdns, Mdns], zone: ZoneRows) -> None:
    """Whichever process it reaches: it asks because it was told (decision 3a.9)."""
    pool = Pool(id="pool", name="default", nameservers=[Nameserver(host="127.0.0.1")])
    zone.store.write(lambda tx: pools.put(tx, pool))
    deadline = time.monotonic() + PATIENCE
    fresh = {0: 0, 1: 0}
    while min(fresh.values()) < 10:
        serial = zone.change({})
        seen, whose = ask(two[0])
        assert whose is not None and time.monotonic() < deadline
        # Each learns within seconds who the servers are; from then on it is exact.
        fresh[whose] = fresh[whose] + 1 if seen == serial else 0


def test_one_that_ends_leaves_the_address_to_the_other(two: tuple[Mdns, Mdns]) -> None:
    """Every question is answered by the one that is there."""
    assert two[0].stop() == 0
    assert {ask(two[1])[1] for _ in range(30)} == {1}


@pytest.mark.slow
def test_workers_are_replaced_and_end_together(zone: ZoneRows, tmp_path: Path) -> None:
    """With one secret for their cookies; the address is free afterwards."""
    options = {"workers": 2, "require_server_cookie": True}
    server = Mdns(tmp_path / "mdns", str(zone.store.engine.url), options)
    server.start()
    try:
        before = server.workers()
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while server.log().count("Answering at") < 3 or len(server.workers()) < 2:
            assert time.monotonic() < deadline, server.log()
            time.sleep(0.02)
        assert before[0] not in server.workers() and before[1] in server.workers()
        answered = 0
        cookie = b"client!!"
        for _ in range(40):
            options_of_query: list[dns.edns.Option] = [
                dns.edns.GenericOption(dns.edns.OptionType.COOKIE, cookie)
            ]
            query = dns.message.make_query(
                "example.org.", "SOA", use_edns=0, options=options_of_query
            )
            reply = dns.query.udp(query, server.address[0], 5, server.address[1])
            answered += bool(reply.answer)
            cookie = reply.options[0].to_wire() or b""
        assert answered == 39, "once it was told, the cookie is good for every process"
        workers = server.workers()
        assert server.stop() == 0
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    finally:
        server.stop()


def test_what_cannot_start_ends_with_the_reason(zone: ZoneRows, tmp_path: Path) -> None:
    """An address in use, a database without tables: all processes end."""
    url = str(zone.store.engine.url)
    holder = Mdns(tmp_path / "empty", f"sqlite:///{tmp_path}/nothing.sqlite", {"workers": 2})
    with pytest.raises(RuntimeError, match="no tables"):
        holder.start()
    bad = Mdns(tmp_path / "bad", url, {"cookie_secret": "abc"})
    with pytest.raises(RuntimeError, match="cookie_secret: a secret has 32 hexadecimal digits"):
        bad.start()
    assert "abc" not in bad.log()
