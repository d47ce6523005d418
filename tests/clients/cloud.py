# SPDX-License-Identifier: Apache-2.0
"""A cloud with real Keystone and DNS: what a user's client meets."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.clients.openstack import Openstack
from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.designate import Designate
from tests.servers.keystone import REGION, Keystone, User
from tests.servers.rest import Answer

OTHER_NS = "ns1.other-pool.example."


@dataclass(frozen=True)
class Person:
    """A user in a project."""

    user: User
    project: str
    token: str


class Cloud(Designate):
    """`designate up --auth keystone` that the catalogue names, with two pools and floating IPs.

    The projects are `shop`, with an owner of zones and a clerk who only reads; `rival`, with a
    user of its own; and the operators'. What it is asked through `call` an operator asks.
    """

    def __init__(
        self, directory: Path, keystone: Keystone, conf: str = "", server: Bind9 | None = None
    ) -> None:
        """`conf` goes into designate.conf; `server` serves the default pool."""
        file, pools = directory / "designate.conf", directory / "pools.yaml"
        super().__init__(
            directory,
            *("--auth", "keystone", "--config-file", str(file), "--pools", str(pools)),
        )
        self.keystone = keystone
        self.dns = (HOST, free_port())
        self.floating_ip = str(uuid.uuid4())
        self.walked: set[str] = set()
        self._clients: dict[str, Openstack] = {}
        shop, rival = keystone.project("shop"), keystone.project("rival")
        self.operator = self._person(keystone.project("operators"), "admin")
        self.owner = self._person(shop, "member")
        self.clerk = self._person(shop, "reader")
        self.rival = self._person(rival, "member")
        self.guest = self._person(shop)
        directory.mkdir(parents=True, exist_ok=True)
        served = [self._pool("default", "ns1.shop.example.", server), self._pool("other", OTHER_NS)]
        pools.write_text(yaml.safe_dump(served), "utf-8")
        floating = f"{shop}|{REGION}|{self.floating_ip}|203.0.113.7"
        file.write_text(
            f"[DEFAULT]\nnetwork_api = fake\n[network_api:fake]\nfloatingips = {floating}\n"
            f"[oslo_middleware]\nenable_proxy_headers_parsing = true\n"
            f"[service:api]\nenable_api_admin = true\n"
            f"enabled_extensions_admin = quotas, reports, zones\n"
            f"{keystone.authtoken()}\n{conf}",
            "utf-8",
        )

    def start(self) -> None:
        """See Designate; the catalogue names it from then on."""
        super().start()
        self.keystone.register_dns(self.api)

    def stop(self) -> int:
        """See Designate; clients end with it."""
        while self._clients:
            self._clients.popitem()[1].close()
        self.keystone.unregister_dns()
        return super().stop()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """See Designate; without headers it is an operator who asks, for all projects."""
        if headers is None:
            headers = {"X-Auth-Token": self.operator.token, "X-Auth-All-Projects": "true"}
        return super().call(method, path, body, content_type=content_type, headers=headers)

    def client(self, person: Person) -> Openstack:
        """An interactive `openstack` of somebody."""
        found = self._clients.get(person.token)
        if found is None:
            access = self.keystone.access(person.user, person.project)
            found = self._clients[person.token] = Openstack(access, self.walked)
        return found

    @cached_property
    def pools(self) -> dict[str, str]:
        """Ids of the pools by name."""
        return {pool["name"]: pool["id"] for pool in self.call("GET", "/v2/pools").json["pools"]}

    def zone(self, person: Person, **more: Any) -> Any:
        """A new zone of somebody, ACTIVE."""
        name = f"{uuid.uuid4().hex[:12]}.example."
        body = {"name": name, "email": "dns@shop.example", **more}
        made = self.create("/v2/zones", body, headers={"X-Auth-Token": person.token})
        return self.wait(f"/v2/zones/{made['id']}", status="ACTIVE")

    def _person(self, project: str, *roles: str) -> Person:
        # Without a role there is no token of a project.
        user = self.keystone.user(*(roles or self._strange_role()), project=project)
        return Person(user, project, self.keystone.token(user, project=project))

    def _strange_role(self) -> tuple[str]:
        name = f"strange-{uuid.uuid4().hex[:8]}"
        self.keystone.role(name)
        return (name,)

    def _pool(self, name: str, hostname: str, server: Bind9 | None = None) -> dict[str, Any]:
        host, port = self.dns
        target: dict[str, Any] = {"type": "embedded"}
        if server is not None:
            masters = [{"host": host, "port": port}]
            target = {"type": "bind9", "masters": masters, "options": server.options()}
            host, port = server.host, server.port
        return {
            "name": name,
            "ns_records": [{"hostname": hostname, "priority": 1}],
            "nameservers": [{"host": host, "port": port}],
            "targets": [target],
        }
