# SPDX-License-Identifier: Apache-2.0
"""A server that accepts and never answers holds up neither threads nor the zones of others."""

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from designate.model.pools import Endpoint, Nameserver, Pool, Target
from designate.model.work import lane_of
from designate.storage import pools
from designate.storage.versions import mark_due
from tests.unit.storage.zone_rows import NAME, add_zone, zone_row
from tests.unit.worker.nameserver import HOST
from tests.unit.worker.test_service import World, world

HUNG = 12
"""Servers that hang: together they could hold more threads than a worker had for all of them."""
ZONES = 60
"""Of each of them."""
BOUND = 1.0
KEY = 'key "k" {{ algorithm hmac-sha256; secret "{}"; }};'

__all__ = ["world"]


class Deaf:
    """Takes connections and datagrams, and says nothing."""

    def __init__(self) -> None:
        self._tcp = socket.create_server((HOST, 0), backlog=64)
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((HOST, self.port))
        self.connections: list[socket.socket] = []
        self.called = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            self.connections.append(connection)
            self.called.set()

    def close(self) -> None:
        """End everything."""
        self._tcp.shutdown(socket.SHUT_RDWR)
        self._tcp.close()
        self._thread.join()
        self._udp.close()
        for connection in self.connections:
            connection.close()


@contextmanager
def hung_pool(world: World, number: int, key_file: Path) -> Iterator[Deaf]:
    """A pool whose only server hangs, and zones that are due there."""
    deaf = Deaf()
    options = {
        "host": HOST,
        "port": str(deaf.port),
        "rndc_host": HOST,
        "rndc_port": str(deaf.port),
        "rndc_key_file": str(key_file),
        "rndc_timeout": "20",
    }
    pool = Pool(
        id=f"hung{number}",
        name=f"hung{number}",
        nameservers=[Nameserver(host=HOST, port=deaf.port)],
        targets=[Target(type="bind9", masters=[Endpoint(host=HOST)], options=options)],
    )
    world.store.write(lambda tx: pools.put(tx, pool))
    for zone in range(ZONES):
        name = f"z{zone}.{number}.example."
        add_zone(world.store, name, name=name, pool_id=pool.id)
        world.store.write(lambda tx, name=name: mark_due(tx, name, lane_of("slow")))  # type: ignore[misc]
    try:
        yield deaf
    finally:
        deaf.close()


@pytest.mark.parametrize("hung", [1, pytest.param(HUNG, marks=pytest.mark.slow)])
def test_servers_that_hang_hold_up_nobody_else(world: World, tmp_path: Path, hung: int) -> None:
    """Neither their calls nor their queries nor the names that wait for them."""
    key_file = tmp_path / "rndc.key"
    key_file.write_text(KEY.format(base64.b64encode(bytes(32)).decode()))
    world.put_pool("fake")
    world.server.serials[NAME] = 500
    with ExitStack() as stack:
        servers = [stack.enter_context(hung_pool(world, n, key_file)) for n in range(hung)]
        world.worker.start()
        for server in servers:
            assert server.called.wait(15)
        for round_ in range(5):
            zone_id = f"zone{round_}"
            name = f"fast{round_}.example."
            world.server.serials[name] = 500
            add_zone(world.store, zone_id, name=name)
            began = time.monotonic()
            world.store.write(lambda tx, name=name: mark_due(tx, name, lane_of("fast")))  # type: ignore[misc]
            world.worker.wake(frozenset({name}))
            while zone_row(world.store, zone_id)["status"] != "ACTIVE":
                assert time.monotonic() - began < BOUND
                time.sleep(0.002)
        for server in servers:
            assert len(server.connections) <= world.limits.max_calls_per_target
