# SPDX-License-Identifier: Apache-2.0
"""How many SQL statements each endpoint costs, and that no list costs more for being longer."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import falcon.inspect
import pytest

from designate.api import app as api
from designate.api.links import Links
from designate.api.paging import Paging
from designate.api.request import Request
from designate.api.v2.absent import Absent
from designate.storage import service_statuses
from designate.storage.unit_of_work import Store
from tests.api.endpoints import ENDPOINTS, OTHER_POOL, Endpoint
from tests.api.exchange import InProcess, Reply
from tests.api.installation import Installation
from tests.statements import statements

PROJECT = "mine"
FLOATING_IPS = [
    f"{PROJECT}|RegionOne|aaaaaaaa-0000-4000-8000-{number:012}|10.{number >> 8}.{number & 255}.7"
    for number in range(1, 401)
]
EXTENSIONS = ("quotas", "reports", "zones")
OPTIONS: dict[str, dict[str, Any]] = {
    "DEFAULT": {"quota_zones": -1, "network_api": "fake"},
    "network_api:fake": {"floatingips": FLOATING_IPS},
    "service:api": {"enable_api_admin": True, "enabled_extensions_admin": list(EXTENSIONS)},
}
REFUSED = "GET /v2/zones/{zone_id}/tasks/transfer_requests"
"""A route whose only answer is that there is nothing."""
_word = re.compile(r"\{\w+\}")


def _floatingip(number: int) -> str:
    return f"RegionOne:aaaaaaaa-0000-4000-8000-{number:012}"


class Scene:
    """An installation, and what is there to ask for."""

    def __init__(self) -> None:
        self.installation = Installation(OPTIONS)
        self.known: dict[str, str] = {
            "project_id": PROJECT,
            "tenant_id": PROJECT,
            "name": "zones",
            "n": "0",
        }
        for name in ("example", "arpa"):
            self._create("/v2/tlds", name=name)
        self.installation.add_pool(OTHER_POOL, "other", "ns1.other.example.")
        self._store = Store(self.installation.engine)
        self._key("other", "POOL", OTHER_POOL)

    def add(self) -> None:
        """Make one more of everything; the newest are those that are known."""
        number = int(self.known["n"]) + 1
        self.known["n"] = str(number)
        zone, other = (self._zone(f"{letter}{number}.example.") for letter in "az")
        place = f"/v2/zones/{zone['id']}"
        self.known |= {
            "zone_id": zone["id"],
            "zone_name": zone["name"],
            "secondary_id": self._create(
                "/v2/zones", name=f"s{number}.example.", type="SECONDARY", masters=["192.0.2.1"]
            )["id"],
            "key": _floatingip(number),
            "recordset_id": self._create(
                f"{place}/recordsets", name=f"a.{zone['name']}", type="A", records=["192.0.2.1"]
            )["id"],
            "zone_share_id": self._create(f"{place}/shares", target_project_id=f"p{number}")["id"],
            "export_id": self._create(f"{place}/tasks/export")["id"],
            "import_id": self._create("/v2/zones/tasks/imports", zonefile="x")["id"],
            "pool_id": self._create(
                "/v2/pools",
                name=f"pool{number}",
                attributes={"tier": "gold"},
                ns_records=[{"hostname": "ns1.example.", "priority": 1}],
            )["id"],
            "tld_id": self._create("/v2/tlds", name=f"tld{number}")["id"],
            "blacklist_id": self._create("/v2/blacklists", pattern=f"not{number}x")["id"],
            "tsigkey_id": self._key(f"key{number}", "ZONE", zone["id"]),
        }
        self._transfer(other["id"])
        self._store.write(lambda tx: service_statuses.report(tx, f"h{number}", ["mdns"], "UP"))
        services = self.ask("GET", f"/v2/service_statuses?hostname=h{number}").json
        self.known["service_id"] = services["service_statuses"][0]["id"]
        path = f"/v2/reverse/floatingips/{_floatingip(200 + number)}"
        named = self.ask("PATCH", path, {"ptrdname": "a.example."})
        assert named.status == 202, named
        self.installation.work()

    def _transfer(self, zone_id: str) -> None:
        given = self._zone(f"g{self.known['n']}.example.")
        request = self._create(f"/v2/zones/{given['id']}/tasks/transfer_requests")
        accept = {"key": request["key"], "zone_transfer_request_id": request["id"]}
        accepted = self._create("/v2/zones/tasks/transfer_accepts", **accept)
        offer = self._create(f"/v2/zones/{zone_id}/tasks/transfer_requests")
        self.known |= {
            "transfer_accept_id": accepted["id"],
            "zone_transfer_request_id": offer["id"],
            "secret": offer["key"],
        }

    def _key(self, name: str, scope: str, resource_id: str) -> str:
        key = {"algorithm": "hmac-sha256", "secret": "c2VjcmV0"}
        return str(
            self._create("/v2/tsigkeys", name=name, scope=scope, resource_id=resource_id, **key)[
                "id"
            ]
        )

    def _zone(self, name: str) -> Any:
        return self._create("/v2/zones", name=name, email="a@example.org")

    def _create(self, path: str, **data: Any) -> Any:
        reply = self.ask("POST", path, data)
        assert reply.status in (201, 202), reply
        return reply.json

    def ask(
        self,
        method: str,
        path: str,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request as an administrator in the project."""
        body = b"" if data is None else json.dumps(data).encode()
        sent = {"X-Auth-Project-ID": PROJECT, "X-Roles": "admin,member,reader", **(headers or {})}
        if data is not None:
            sent["Content-Type"] = "application/json"
        return InProcess(self.installation.app).send(method, path, sent, body)

    def cost(self, endpoint: Endpoint, arguments: str = "") -> int:
        """The SQL statements of a request; raises AssertionError for another status."""
        names = self.known | self._filled(endpoint.at)
        path = endpoint.path.format(**names) + arguments
        with statements(self.installation.engine) as seen:
            reply = self.ask(endpoint.method, path, self._filled(endpoint.data), endpoint.headers)
        assert reply.status == endpoint.status, reply
        return len(seen)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return value.format(**self.known) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """One for all endpoints: who only reads leaves what the next one needs."""
    made = Scene()
    made.add()
    yield made
    made.installation.close()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_an_endpoint_costs_no_more_than_it_may(scene: Scene, endpoint: Endpoint) -> None:
    """Where it costs less, the number in the table is lowered."""
    assert scene.cost(endpoint) <= endpoint.at_most
    if endpoint.method != "GET":
        scene.add()


def test_a_long_list_costs_what_a_short_one_does() -> None:
    """Nothing is read for each item."""
    scene = Scene()
    lists = [
        endpoint
        for endpoint in ENDPOINTS
        if endpoint.method == "GET" and _word.sub("", endpoint.path.rpartition("/")[2])
    ]
    costs: dict[int, dict[str, int]] = {}
    for items in (3, 20):
        while int(scene.known["n"]) < items:
            scene.add()
        costs[items] = {endpoint.name: scene.cost(endpoint, "?limit=100") for endpoint in lists}
    scene.installation.close()
    assert costs[20] == costs[3]


def test_every_endpoint_has_its_cost(scene: Scene) -> None:
    """A route that is added goes into the table of endpoints.py, with a request for it."""
    central, app = scene.installation.central, api.App(request_type=Request)
    parts = [api.routes(central, Links(None), Paging(20, 1000))]
    for path, resource in chain(*parts, *api.admin_routes(central, Links(None)).values()):
        app.add_route(path, resource)
    routes = {
        f"{method.method} {route.path}"
        for route in falcon.inspect.inspect_routes(app)
        for method in route.methods
        if not method.internal and route.class_name != Absent.__name__
    }
    listed = [endpoint.name for endpoint in ENDPOINTS]
    assert routes - {*listed, REFUSED} == set()
    assert {*listed} - routes == {"GET /", "GET /healthcheck"}
    assert len(listed) == len({*listed})
