# SPDX-License-Identifier: Apache-2.0
"""The API under requests made from its description: those it allows, and those it does not."""

import gc
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import falcon.inspect
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from sqlalchemy import Engine

from designate.api import app as api
from designate.api.links import Links
from designate.api.paging import Paging
from designate.api.request import Request
from designate.api.v2.absent import Absent
from tests.api.exchange import InProcess, Reply
from tests.api.installation import WITH_ADMIN, Installation
from tests.databases import KINDS
from tests.fuzz import description
from tests.fuzz.amount import examples
from tests.unit.central.site import DEFAULT_POOL

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DOCUMENT = description.document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
CPU = 0.5
"""Seconds of the processor that no request of these sizes may take."""
MEMBER = {"Content-Type": "application/json"}
FLOATING_IPS = [
    "noauth-project|RegionOne|aaaaaaaa-0000-4000-8000-000000000001|198.51.100.7",
    "noauth-project|RegionOne|aaaaaaaa-0000-4000-8000-000000000002|2001:db8:1:2::a",
]


class Site:
    """An installation that always has one of each object; the application that is asked."""

    def __init__(self) -> None:
        self._installation: Installation | None = None
        self._zones = self._targets = 0
        self.known: dict[str, str] = {}
        self.zone_name = ""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        """Pass a request on; raises AssertionError when it takes too long."""
        assert self._installation is not None
        answer, took = self._timed(environ, start_response)
        if took >= CPU and environ["REQUEST_METHOD"] == "GET":
            # The first time includes compiling the statements of this combination of filters.
            answer, took = self._timed(environ, start_response)
        assert took < CPU, f"{took} s for {environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        return answer

    def _timed(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> tuple[list[bytes], float]:
        """The answer, and the seconds of the processor that this thread took for it."""
        assert self._installation is not None
        # What the collector takes depends on all that the test process holds.
        gc.disable()
        try:
            began = time.thread_time()
            answer = list(self._installation.app(environ, start_response))
            return answer, time.thread_time() - began
        finally:
            gc.enable()

    def open(self, engine: Engine) -> None:
        """Make everything, in an empty database."""
        options: dict[str, Mapping[str, Any]] = {
            "DEFAULT": {"quota_zones": -1, "network_api": "fake"},
            "network_api:fake": {"floatingips": FLOATING_IPS},
            **WITH_ADMIN,
        }
        self._installation = Installation(options, engine)
        self.known = {}

    def close(self) -> None:
        """Remove everything."""
        if self._installation is not None:
            self._installation.close()
            self._installation = None

    def central(self) -> Any:
        """What is behind the API."""
        assert self._installation is not None
        return self._installation.central

    def populate(self) -> None:
        """Make what is not there (any more)."""
        self._populate_registers()
        if not self._is_there(f"/v2/zones/{self.known.get('zone_id')}"):
            self._zones += 1
            self.zone_name = f"zone{self._zones}.example."
            new = f'{{"name": "{self.zone_name}", "email": "a@example.org"}}'
            self.known["zone_id"] = self._create("/v2/zones", new)
        zone = f"/v2/zones/{self.known['zone_id']}"
        if not self._is_there(f"{zone}/recordsets/{self.known.get('recordset_id')}"):
            new = f'{{"name": "a.{self.zone_name}", "type": "A", "records": ["192.0.2.1"]}}'
            self.known["recordset_id"] = self._create(f"{zone}/recordsets", new)
        if not self._is_there(f"{zone}/shares/{self.known.get('zone_share_id')}"):
            self._targets += 1
            new = f'{{"target_project_id": "t{self._targets}"}}'
            self.known["zone_share_id"] = self._create(f"{zone}/shares", new)
        requests = "/v2/zones/tasks/transfer_requests"
        if not self._is_there(f"{requests}/{self.known.get('zone_transfer_request_id')}"):
            self._offer(zone)
        if not self._is_there(f"/v2/zones/tasks/exports/{self.known.get('export_id')}"):
            self.known["export_id"] = self._create(f"{zone}/tasks/export", "")
        if not self._is_there(f"/v2/zones/tasks/imports/{self.known.get('import_id')}"):
            self.known["import_id"] = self._create("/v2/zones/tasks/imports", '{"zonefile": "x"}')

    def _populate_registers(self) -> None:
        """What administrators keep; there are TLDs, and among them that of the zones."""
        services = self._send("GET", "/v2/service_statuses").json["service_statuses"]
        self.known["service_id"] = services[0]["id"]
        key = {"algorithm": "hmac-md5", "secret": "", "scope": "POOL", "resource_id": DEFAULT_POOL}
        for path, name, new in (
            ("tlds", "tld_id", {"name": "example"}),
            ("blacklists", "blacklist_id", {"pattern": "^forbidden"}),
            ("pools", "pool_id", {"name": "pool", "ns_records": [{"hostname": "ns1.example."}]}),
            ("tsigkeys", "tsigkey_id", {"name": "key", **key}),
        ):
            answer = self._send("POST", f"/v2/{path}", json.dumps(new))
            assert answer.status in (201, 409), answer
            if answer.status == 201:
                self.known[name] = str(answer.json["id"])

    def _offer(self, zone: str) -> None:
        """Take the zone over, as its owner may as well, and offer it anew."""
        made = self._send("POST", f"{zone}/tasks/transfer_requests", "{}")
        assert made.status == 201, made
        offer = made.json
        taken = {"key": offer["key"], "zone_transfer_request_id": offer["id"]}
        accept = self._create("/v2/zones/tasks/transfer_accepts", json.dumps(taken))
        self.known["transfer_accept_id"] = accept
        again = self._create(f"{zone}/tasks/transfer_requests", "{}")
        self.known["zone_transfer_request_id"] = again

    def _is_there(self, path: str) -> bool:
        answer = self._send("GET", path)
        return answer.status == 200 and answer.json.get("action") != "DELETE"

    def _create(self, path: str, body: str) -> str:
        answer = self._send("POST", path, body)
        assert answer.status in (201, 202), answer
        return str(answer.json["id"])

    def _send(self, method: str, path: str, body: str = "") -> Reply:
        return InProcess(self).send(method, path, MEMBER, body.encode())

    def place(self, case: Any) -> None:
        """Have a request that names some object name one that is there."""
        for key, value in (case.path_parameters or {}).items():
            if _is_uuid(value):
                case.path_parameters[key] = self.known[key]
        if isinstance(case.body, dict) and isinstance(case.body.get("name"), str):
            name = case.body["name"]
            case.body = {**case.body, "name": name.replace("known.example.", self.zone_name)}


def _is_uuid(text: object) -> bool:
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


SITE = Site()
SCHEMA.app = SITE


@pytest.fixture(
    scope="module",
    autouse=True,
    params=[pytest.param(kind, marks=[pytest.mark.slow] * (kind != "sqlite")) for kind in KINDS],
)
def _installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    with KINDS[request.param](tmp_path_factory.mktemp("api")) as databases:
        SITE.open(databases.open())
        yield
        SITE.close()


@SCHEMA.parametrize()
@settings(max_examples=examples(10), suppress_health_check=list(HealthCheck))
def test_every_request_is_answered_as_described(case: Any) -> None:
    """Valid or not: no failure of ours, no status, type or form that is not described."""
    SITE.populate()
    SITE.place(case)
    case.call_and_validate(checks=CHECKS)


def described() -> Mapping[str, set[str]]:
    """The methods of each path of the document."""
    words = {"get", "post", "put", "patch", "delete"}
    return {
        path: {method.upper() for method in item if method in words}
        for path, item in DOCUMENT["paths"].items()
    }


def test_the_document_describes_every_route() -> None:
    """What is not described is not tried."""
    app = api.App(request_type=Request)
    central, links = SITE.central(), Links(None)
    admin = [route for part in api.admin_routes(central, links).values() for route in part]
    for path, resource in [*api.routes(central, links, Paging(20, 1000)), *admin]:
        app.add_route(path, resource)
    routes = {
        route.path: {method.method for method in route.methods if not method.internal}
        for route in falcon.inspect.inspect_routes(app)
        if route.class_name != Absent.__name__
    }
    there = {path: methods for path, methods in routes.items() if methods}
    assert {"/": {"GET"}, **there} == described()
