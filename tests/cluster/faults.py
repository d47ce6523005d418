# SPDX-License-Identifier: Apache-2.0
"""What may happen to a part of the cluster: each fault begins, lasts a while, and ends."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.cluster.cluster import Cluster
from tests.cluster.lines import Lines
from tests.cluster.service import Service
from tests.servers.bind9 import Bind9
from tests.servers.galera import Node
from tests.servers.link import Link
from tests.servers.rabbitmq import Cluster as Brokers
from tests.servers.rabbitmq import RabbitMq

DEAD = 3.0
"""Seconds until somebody starts again what was killed."""
HANGS = 20.0
HANGS_WITH_LEASES = 40.0
"""Longer than the leases of workers and producers last."""
PARTED = 12.0


@dataclass(frozen=True, slots=True)
class Fault:
    """`begin`, and after `lasts` seconds `end`, after which the part is whole again."""

    part: str
    what: str
    begin: Callable[[], object]
    end: Callable[[], object]
    lasts: float = DEAD

    def __str__(self) -> str:
        """For the log of a run."""
        return f"{self.what} {self.part}"


def every(cluster: Cluster) -> list[Fault]:
    """All there are."""
    return list(_every(cluster))


def _every(cluster: Cluster) -> Iterator[Fault]:
    for service in cluster.services:
        yield from _of_service(service)
    for number, broker in enumerate(cluster.brokers.nodes, 1):
        links = [service.links[number - 1] for service in cluster.services]
        yield from _of_broker(f"broker{number}", cluster.brokers, broker, links)
    for number, (node, link) in enumerate(
        zip(cluster.galera.nodes, cluster.node_links, strict=True), 1
    ):
        yield from _of_node(f"database{number}", node, link)
    for number, (bind, lines) in enumerate(zip(cluster.binds, cluster.bind_lines, strict=True), 1):
        yield from _of_bind(f"bind{number}", bind, lines)
    yield Fault("etcd", "kill", cluster.etcd.kill, cluster.etcd.start)
    yield _hangs("etcd", lambda: cluster.etcd.pid, HANGS)


def _hangs(part: str, pid: Callable[[], int], lasts: float) -> Fault:
    """It stops where it is, and goes on as if nothing had been."""
    return Fault(
        part,
        "stop and continue",
        lambda: os.kill(pid(), signal.SIGSTOP),
        lambda: os.kill(pid(), signal.SIGCONT),
        lasts,
    )


def _of_service(service: Service) -> Iterator[Fault]:
    leases = service.kind in ("worker", "producer")
    yield Fault(service.name, "kill", service.kill, service.start)
    yield _hangs(service.name, lambda: service.pid, HANGS_WITH_LEASES if leases else HANGS)
    yield Fault(service.name, "restart", service.stop, service.start, 0.0)
    yield Fault(service.name, "part", service.silence, service.heal, PARTED)


def _of_broker(part: str, brokers: Brokers, broker: RabbitMq, links: list[Link]) -> Iterator[Fault]:
    def part_from_clients() -> None:
        for link in links:
            link.silence()

    def heal() -> None:
        for link in links:
            link.heal()

    yield Fault(part, "kill", broker.kill, broker.start)
    yield _hangs(part, lambda: broker.pid, HANGS)
    yield Fault(part, "restart", broker.stop, broker.start, 0.0)
    yield Fault(part, "part", part_from_clients, heal, PARTED)
    yield Fault(
        part,
        "part from its peers",
        lambda: brokers.isolate(broker),
        lambda: brokers.rejoin(broker),
        PARTED,
    )


def _of_node(part: str, node: Node, link: Link) -> Iterator[Fault]:
    def part_from_all() -> None:
        node.isolate()
        link.silence()

    def heal() -> None:
        link.heal()
        node.isolate(really=False)

    yield Fault(part, "kill", node.kill, node.start)
    yield _hangs(part, lambda: node.pid, HANGS)
    yield Fault(part, "restart", node.stop, node.start, 0.0)
    yield Fault(part, "part", part_from_all, heal, PARTED)
    yield Fault(part, "part from its peers", node.isolate, lambda: node.isolate(really=False), DEAD)


def _of_bind(part: str, bind: Bind9, lines: Lines) -> Iterator[Fault]:
    yield Fault(part, "kill", bind.kill, bind.start)
    yield _hangs(part, lambda: bind.pid, HANGS)
    yield Fault(part, "restart", bind.stop, bind.start, 0.0)
    yield Fault(part, "part", lines.silence, lines.heal, PARTED)
