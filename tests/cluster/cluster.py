# SPDX-License-Identifier: Apache-2.0
"""Three brokers, three database nodes, etcd, HAProxy, two of each service, two BINDs: on loopback.

    clients -> HAProxy -> api 1, 2 -> brokers -> central 1, 2 -> HAProxy -> database nodes
    worker 1, 2 -> BIND 1, 2 -> mdns 1, 2

Each service reaches the brokers, the database and etcd through lines of its own (`Link`), and
HAProxy the database nodes, so that any of them can be parted from the others. Each BIND has `Lines`
of its own to workers and mdns.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from sqlalchemy import Engine

from designate.backends import plugins
from designate.conf.storage import Settings
from designate.manage import pools as pool_file
from designate.storage import schema
from designate.storage.engine import configured
from designate.storage.unit_of_work import Store
from tests.cluster import database_users
from tests.cluster.asking import call
from tests.cluster.lines import Lines
from tests.cluster.service import Service
from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.etcd import Etcd
from tests.servers.galera import Galera
from tests.servers.haproxy import CHECK_USER, HaProxy
from tests.servers.link import Link
from tests.servers.rabbitmq import Cluster as Brokers
from tests.system.site import eventually

KINDS = ("central", "mdns", "worker", "producer", "api")
"""In the order in which they start."""
EACH = 2
ANSWERING = 10
"""Seconds after which a call to central is given up."""
QUOTAS = ("quota_zones", "quota_zone_recordsets", "quota_zone_records")
DEFAULT_POOL = "794ccc2c-d751-44fe-b57f-8894c9f5c842"


class Cluster:
    """See the module. As a context it runs, and leaves nothing behind."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="designate-cluster-"))
        self.brokers = Brokers()
        self.galera = Galera(3)
        self.etcd = Etcd(self.folder / "etcd")
        self.proxy = HaProxy()
        self.binds = [Bind9(self.folder / f"bind{n}") for n in range(1, EACH + 1)]
        self.mdns_at = [(HOST, free_port()) for _ in range(EACH)]
        self.services: list[Service] = []
        self.node_links: list[Link] = []
        self.bind_lines: list[Lines] = []
        self._stack = contextlib.ExitStack()
        self.api = ""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def of(self, kind: str) -> list[Service]:
        """The services of a kind."""
        return [service for service in self.services if service.kind == kind]

    def _is_served(self) -> bool:
        try:
            self.call("GET", "/v2/zones")
        except (OSError, ValueError):
            return False
        return True

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """What the API answers; raises HTTPError."""
        return call(self.api, method, path, body)

    # -- how it comes to be ---------------------------------------------------------------------

    def _start(self, stack: contextlib.ExitStack) -> None:
        stack.callback(self.brokers.close)
        stack.callback(self.galera.close)
        stack.callback(self.etcd.kill)
        stack.callback(self.proxy.close)
        with ThreadPoolExecutor() as threads:
            brokers = threads.submit(self.brokers.__enter__)
            self.etcd.start()
            for bind in self.binds:
                stack.callback(bind.stop)
                bind.start()
                self.bind_lines.append(stack.enter_context(Lines(bind, self.mdns_at)))
            self.galera.__enter__()
            self._make_database(stack)
            brokers.result()
        self._make_services(stack)
        self.proxy.start()
        for kind in KINDS:
            for service in self.of(kind):
                service.start()
        eventually(self._is_served, within=30)

    def _make_database(self, stack: contextlib.ExitStack) -> None:
        self.galera.nodes[0].execute(f"CREATE USER {CHECK_USER}")
        url = self.galera.create("designate")[0]
        self.engine = self._opened(url)
        stack.callback(self.engine.dispose)
        schema.upgrade(self.engine)
        (self.folder / "pools.yaml").write_text(yaml.safe_dump([self._pool()]), "utf-8")
        pools = pool_file.read(self.folder / "pools.yaml", plugins.installed(""))
        pool_file.apply(Store(self.engine), pools, DEFAULT_POOL)
        database_users.make(self.galera.nodes[0])

    @staticmethod
    def _opened(url: str) -> Engine:
        return configured(replace(Settings.default(url), mysql_wsrep_sync_wait=7))

    def _pool(self) -> dict[str, object]:
        return {
            "name": "default",
            "ns_records": [{"hostname": "ns1.example.net.", "priority": 1}],
            "nameservers": [lines.nameserver() for lines in self.bind_lines],
            "targets": [lines.target() for lines in self.bind_lines],
        }

    def _make_services(self, stack: contextlib.ExitStack) -> None:
        nodes = self.galera.nodes
        self.node_links = [Link((node.host, node.port)) for node in nodes]
        for link in self.node_links:
            stack.callback(link.close)
        behind = {f"node{n}": (HOST, link.port) for n, link in enumerate(self.node_links, 1)}
        database = (HOST, self.proxy.galera(behind))
        doors, health = {}, {}
        for kind in KINDS:
            for number in range(1, EACH + 1):
                at = free_port() if kind == "api" else 0
                told = free_port()
                service = self._service(kind, number, database, (at, told))
                stack.callback(service.close)
                self.services.append(service)
                if at:
                    # No line: HAProxy is to see whether somebody listens.
                    doors[service.name], health[service.name] = (HOST, at), told
        self.api = f"http://{HOST}:{self.proxy.api(doors, health)}"

    def _service(
        self, kind: str, number: int, database: tuple[str, int], at: tuple[int, int]
    ) -> Service:
        brokers = [Link((HOST, node.port)) for node in self.brokers.nodes]
        line, coordinator = Link(database), Link((HOST, self.etcd.port))
        node = self.galera.nodes[0]
        url = node.url("designate").replace(f":{node.port}/", f":{line.port}/")
        password = self.brokers.nodes[0].password
        hosts = ",".join(f"designate:{password}@{HOST}:{link.port}" for link in brokers)
        options: dict[str, Mapping[str, object]] = {
            "DEFAULT": {
                "transport_url": f"rabbit://{hosts}/",
                "rpc_response_timeout": ANSWERING,
                "host": f"host{number}",
                "network_api": "fake",
                **dict.fromkeys(QUOTAS, -1),
            },
            "oslo_messaging_rabbit": {
                "rabbit_quorum_queue": True,
                "rabbit_transient_quorum_queue": True,
                "use_queue_manager": True,
            },
            "coordination": {"backend_url": f"etcd3+http://{HOST}:{coordinator.port}"},
            "service:api": {
                "auth_strategy": "noauth",
                "central": "rpc",
                "listen": f"{HOST}:{at[0]}",
                "health_listen": f"{HOST}:{at[1]}",
            },
            "service:mdns": {"listen": f"{HOST}:{self.mdns_at[number - 1][1]}"},
            "service:central": {"managed_resource_tenant_id": "nobody"},
        }
        if kind in database_users.KINDS:
            # The API has no way to the database.
            options["storage:sqlalchemy"] = {
                "connection": database_users.url(url, kind),
                "mysql_wsrep_sync_wait": 7,
            }
        links = [*brokers, line, coordinator]
        doors = [lines.masters[number - 1] for lines in self.bind_lines] if kind == "mdns" else []
        return Service(self.folder / f"{kind}{number}", kind, number, options, links, doors)
