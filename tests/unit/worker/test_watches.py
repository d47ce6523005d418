# SPDX-License-Identifier: Apache-2.0
"""Servers in the worker's own availability zone are told and asked before the others."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dns.message
import dns.opcode
import pytest
from prometheus_client import CollectorRegistry

from designate import conf
from designate.backends.fake import Fake
from designate.model.pools import Nameserver, Pool, Target
from designate.storage import pools
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from designate.storage.versions import mark_due
from designate.worker.service import Place, WorkerService
from tests.unit.storage.zone_rows import NAME, add_zone, create_tables

ZONES = {"127.0.0.2": None, "127.0.0.3": "az2", "127.0.0.4": "az1", "127.0.0.5": "az1"}
"""Servers in the order of the pool, and where they are."""
WITH_TIMES = 35
"""SO_TIMESTAMPNS of Linux, which Python does not name: the kernel tells when a message came."""


@pytest.fixture
def servers() -> Iterator[dict[str, socket.socket]]:
    """Where messages to each server arrive; none is answered."""
    with ExitStack() as stack:
        found = {}
        for host in ZONES:
            found[host] = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            found[host].setsockopt(socket.SOL_SOCKET, WITH_TIMES, 1)
            found[host].bind((host, 0))
            found[host].settimeout(5)
        yield found


def begin(stack: ExitStack, folder: Path, pool: Pool, zone: str | None) -> None:
    """Have a worker in an availability zone publish a zone, until the stack ends."""
    engine = open_engine(f"sqlite:///{folder / 'db'}")
    stack.callback(engine.dispose)
    store = Store(engine)
    create_tables(store)
    store.write(lambda tx: pools.put(tx, pool))
    add_zone(store)
    store.write(lambda tx: mark_due(tx, NAME, None))
    worker = WorkerService(
        store,
        conf.settings(conf.load([], search=False)).worker,
        backends={"fake": Fake()},
        place=Place(zone=zone),
        registry=CollectorRegistry(),
    )
    worker.start()
    stack.callback(worker.stop)


def first_of_each(server: socket.socket) -> dict[int, tuple[int, int]]:
    """When a server got its first query and its first NOTIFY, by the kernel's clock."""
    found: dict[int, tuple[int, int]] = {}
    while not {dns.opcode.QUERY, dns.opcode.NOTIFY} <= found.keys():
        message, (stamp,), _, _ = server.recvmsg(512, 64)
        opcode = dns.message.from_wire(message).opcode()
        found.setdefault(opcode, struct.unpack("qq", stamp[2]))
    return found


@pytest.mark.parametrize("says", [Target, Nameserver])
@pytest.mark.parametrize(
    ("zone", "order"),
    [
        ("az1", [4, 5, 2, 3]),
        ("az2", [3, 2, 4, 5]),
        ("az3", [2, 3, 4, 5]),
        (None, [2, 3, 4, 5]),
    ],
)
def test_near_servers_come_first(
    tmp_path: Path,
    servers: dict[str, socket.socket],
    zone: str | None,
    order: list[int],
    says: type[Target | Nameserver],
) -> None:
    """With NOTIFY and with SOA queries; otherwise servers stay in the order of the pool."""
    known = {host: {"availability_zone": az} if az else {} for host, az in ZONES.items()}
    places = known if says is Target else dict.fromkeys(known, {})
    of_servers = known if says is Nameserver else dict.fromkeys(known, {})
    ports = {host: server.getsockname()[1] for host, server in servers.items()}
    pool = Pool(
        id="pool",
        name="default",
        nameservers=[
            Nameserver(host=host, port=port, **of_servers[host]) for host, port in ports.items()
        ],
        targets=[
            Target(type="fake", options={"host": host, "port": str(port)} | places[host])
            for host, port in ports.items()
        ],
    )
    with ExitStack() as stack:
        begin(stack, tmp_path, pool, zone)
        heard = {host: first_of_each(server) for host, server in servers.items()}
    for opcode in (dns.opcode.QUERY, dns.opcode.NOTIFY):
        came = sorted(heard, key=lambda host: heard[host][opcode])
        assert came == [f"127.0.0.{number}" for number in order]
