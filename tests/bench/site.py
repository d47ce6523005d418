# SPDX-License-Identifier: Apache-2.0
"""What is measured: `designate up` on SQLite as a process, its zones, and BIND beside it."""

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from tests.bench import processes
from tests.bench.clients import Client, wait
from tests.bench.resolver import Address
from tests.bench.scale import Scale
from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.database import DatabaseServer
from tests.servers.designate import Designate
from tests.servers.keystone import Keystone
from tests.servers.mariadb import MariaDb
from tests.servers.rabbitmq import RabbitMq
from tests.servers.services import Services

Server = TypeVar("Server", bound=Designate | Services)


class Running(NamedTuple, Generic[Server]):
    """A running system, a connection to it, the name server that the world asks, and what clients
    say of themselves."""

    server: Server
    client: Client
    dns: Address
    headers: Mapping[str, str] = MappingProxyType({})

    def cpu_seconds(self) -> float:
        """What all services have used since they started."""
        return sum(map(processes.cpu_seconds, self.server.pids))

    def zone(self, name: str) -> str:
        """Create a zone, wait until it is ACTIVE, and return its path."""
        created = self.client.create(
            "/v2/zones", {"name": name, "email": f"dns@{name.rstrip('.')}"}
        )
        path = f"/v2/zones/{created['id']}"
        self.wait_active(path)
        return path

    def wait_active(self, path: str) -> None:
        """Until the object there is ACTIVE."""
        wait(lambda: self.client.get(path)["status"] == "ACTIVE" or None, f"{path} is not ACTIVE")

    def wait_quiet(self, collection: str) -> None:
        """Until nothing of this collection is PENDING."""
        pending = f"{collection}?status=PENDING&limit=1"
        key = collection.rpartition("/")[2]
        wait(lambda: not self.client.get(pending)[key] or None, f"{collection} is PENDING")

    def import_zone(self, text: bytes) -> Any:
        """Import a zone file and return the task as it ended."""
        task = self.client.create("/v2/zones/tasks/imports", text)
        path = f"/v2/zones/tasks/imports/{task['id']}"

        def ended() -> Any:
            found = self.client.get(path)
            return found if found["status"] != "PENDING" else None

        return wait(ended, f"{path} has not ended")

    def imported(self, name: str, records: int) -> str:
        """Import a generated zone, wait until it is ACTIVE, and return its path."""
        task = self.import_zone(zone_file(name, records))
        if task["status"] != "COMPLETE":
            raise RuntimeError(f"{name}: {task['message']}")
        path = f"/v2/zones/{task['zone_id']}"
        self.wait_active(path)
        return path


Site = Running[Designate]
Apart = Running[Services]


class Bench:
    """What all groups share: how much to measure, and servers that live as long as their rows."""

    def __init__(self, directory: Path, scale: Scale) -> None:
        self.scale = scale
        self.complaints: Counter[str] = Counter()
        self._directory = directory
        self._numbers = itertools.count(1)

    def folder(self, kind: str) -> Path:
        """A folder that nobody uses yet."""
        return self._directory / f"{kind}{next(self._numbers)}"

    @contextmanager
    def designate(self, folder: Path | None = None) -> Iterator[Site]:
        """Designate with the name server of its own process; `folder` may have its state."""
        server = Designate(folder or self.folder("designate"))
        server.start()
        try:
            yield Site(server, Client(server.api), server.dns)
        finally:
            self._stop(server)

    @contextmanager
    def designate_on(self, server: DatabaseServer) -> Iterator[Site]:
        """Designate on a database server that is alone on the machine beside it."""
        with server:
            folder = self.folder("designate")
            folder.mkdir(parents=True)
            options = folder / "designate.conf"
            # Without a driver: the faster one is taken where it is installed.
            url = server.create("designate").replace("+pymysql", "")
            options.write_text(f"[storage:sqlalchemy]\nconnection = {url}\n", "utf-8")
            designate = Designate(folder, "--config-file", str(options))
            designate.start()
            try:
                yield Site(designate, Client(designate.api), designate.dns)
            finally:
                self._stop(designate)

    @contextmanager
    def designate_behind_keystone(self) -> Iterator[Site]:
        """Designate whose clients have a member's token."""
        keystone = Keystone(self.folder("keystone"))
        with ExitStack() as stack:
            stack.callback(keystone.stop)
            keystone.start()
            folder = self.folder("designate")
            folder.mkdir(parents=True)
            options = folder / "designate.conf"
            options.write_text(f"[DEFAULT]\nquota_zones = -1\n{keystone.authtoken()}", "utf-8")
            designate = Designate(folder, "--auth", "keystone", "--config-file", str(options))
            designate.start()
            token = keystone.caller("member", project=keystone.project())
            headers = {"X-Auth-Token": token}
            stack.callback(self._stop, designate)
            yield Site(designate, Client(designate.api, headers), designate.dns, headers)

    @contextmanager
    def services(self) -> Iterator[Apart]:
        """Each service as a program, over RabbitMQ and MariaDB, that publish on a BIND."""
        with ExitStack() as stack:
            bind = stack.enter_context(self.bind())
            database = stack.enter_context(MariaDb(durable=True))
            broker = stack.enter_context(RabbitMq())
            services = Services(
                self.folder("services"),
                database=database.create("designate").replace("+pymysql", ""),
                broker=broker.url,
                servers=[bind],
                conf="[DEFAULT]\nquota_zones = -1",
            )
            services.prepare()
            stack.callback(services.kill)
            services.start()
            yield Apart(services, Client(services.api), (bind.host, bind.port))
            services.stop()

    @contextmanager
    def designate_with_bind(self, *, stock: bool = False) -> Iterator[Site]:
        """Designate that publishes on a BIND."""
        with ExitStack() as stack:
            bind = stack.enter_context(self.bind(stock=stock))
            folder = self.folder("designate")
            folder.mkdir(parents=True)
            listen = (HOST, free_port())
            pools = folder / "pools.yaml"
            pools.write_text(json.dumps([_pool(bind, listen)]), "utf-8")  # JSON is YAML
            server = Designate(folder, "--pools", str(pools))
            server.dns = listen
            server.start()
            stack.callback(self._stop, server)
            yield Site(server, Client(server.api), (bind.host, bind.port))

    @contextmanager
    def bind(self, *, stock: bool = False) -> Iterator[Bind9]:
        """A BIND without zones."""
        bind = Bind9(self.folder("bind"), stock=stock)
        bind.start()
        try:
            yield bind
        finally:
            bind.stop()

    def _stop(self, server: Designate) -> None:
        """Stop it, and keep what its log complains of."""
        server.stop()
        for line in server.log().splitlines():
            if line.startswith("Traceback") or " ERROR " in line:
                self.complaints[line.partition(" ERROR ")[2] or line] += 1


def zone_file(name: str, records: int) -> bytes:
    """A zone with this many records at as many names, and the two of its apex."""
    lines = [
        f"$ORIGIN {name}\n$TTL 300\n@ SOA ns1 dns 1 3600 600 86400 300\n@ NS ns1.example.net.\n"
    ]
    for number in range(records):
        lines.append(f"h{number:06} {_data(number)}\n")
    return "".join(lines).encode("ascii")


def _data(number: int) -> str:
    kinds = (
        f"A 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        f"AAAA 2001:db8::{number & 0xFFFF:x}:{number >> 16:x}",
        f'TXT "v=spf1 ip4:192.0.2.{number & 255} -all"',
        f"CNAME h{number - number % 5:06}",
        f"MX {number % 100} h{number - number % 5:06}",
    )
    return kinds[number % len(kinds)]


def _pool(bind: Bind9, listen: Address) -> dict[str, Any]:
    endpoint = {"host": bind.host, "port": bind.port}
    master = {"host": listen[0], "port": listen[1]}
    return {
        "name": "default",
        "ns_records": [{"hostname": "ns1.example.net.", "priority": 1}],
        "nameservers": [endpoint],
        "targets": [{"type": "bind9", "masters": [master], "options": bind.options()}],
    }
