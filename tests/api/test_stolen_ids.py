# SPDX-License-Identifier: Apache-2.0
"""Ids of another project's objects are worth nothing: every path, every method, nothing leaks.

The paths are those of the description, so that a new one has to be decided on here.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from designate.api import app, openapi
from designate.api.links import Links
from designate.api.paging import Paging
from designate.storage.tables import metadata
from tests.api.exchange import InProcess, Reply
from tests.api.installation import WITH_ADMIN, Installation

VICTIM = "victim-project"
SECRETS = ("treasure", VICTIM, "192.0.2.77", "confidential", "friend-project")
"""Words that stand in the victim's objects and nowhere else."""
UNKNOWN = "00000000-0000-4000-8000-000000000000"
FLOATING_IP = "aaaaaaaa-0000-4000-8000-000000000001"
NETWORK: dict[str, Mapping[str, Any]] = {
    **WITH_ADMIN,
    "DEFAULT": {"network_api": "fake"},
    "network_api:fake": {"floatingips": [f"{VICTIM}|one|{FLOATING_IP}|192.0.2.77"]},
}

ADMINS = re.compile(r"/admin/|/v2/(tlds|blacklists|tsigkeys|pools|service_status(es)?)\b")
"""What no member may look at, whatever the id."""
OTHERWISE = {
    # The quotas of another project are nobody's business but the administrators'.
    ("/v2/quotas/{project_id}", "get"): 403,
    ("/v2/quotas/{project_id}", "patch"): 403,
    ("/v2/quotas/{project_id}", "delete"): 403,
    # There is nothing in the list, as in that of a zone that does not exist.
    ("/v2/zones/{zone_id}/shares", "get"): 200,
    # Only administrators abandon, and policy is asked before the zone is looked for.
    ("/v2/zones/{zone_id}/tasks/abandon", "post"): 403,
    # Who knows the id of a request for others learns that it is not for him (API.md 14).
    ("/v2/zones/tasks/transfer_requests/{zone_transfer_request_id}", "get"): 403,
    ("/v2/zones/tasks/transfer_requests/{zone_transfer_request_id}", "patch"): 403,
}
"""Statuses that are not 404, as the contract says."""
OF_NO_PROJECT = {
    # A record is somebody's.
    ("/v2/reverse/floatingips/{key}", "patch"): 401,
    # Whose they are is asked before what the roles allow (API.md 2.3).
    ("/v2/quotas/{project_id}", "patch"): 401,
}
AS_IF_UNKNOWN = frozenset(key for key in OTHERWISE if "{zone_transfer_request_id}" not in key[0])
"""Of these an id that does not exist gets the same answer."""

BODIES: dict[tuple[str, str], Any] = {
    ("/v2/zones/{zone_id}", "patch"): {"ttl": 60},
    ("/v2/zones/{zone_id}/recordsets", "post"): {
        "name": "mine.treasure.example.",
        "type": "A",
        "records": ["192.0.2.1"],
    },
    ("/v2/zones/{zone_id}/recordsets/{recordset_id}", "put"): {"records": ["192.0.2.1"]},
    ("/v2/zones/{zone_id}/shares", "post"): {"target_project_id": "thief"},
    ("/v2/quotas/{project_id}", "patch"): {"zones": 99},
    ("/admin/quotas/{project_id}", "patch"): {"quota": {"zones": 99}},
    ("/v2/reverse/floatingips/{key}", "patch"): {"ptrdname": "mine.example."},
}

CALLERS = {
    "member": {"X-Auth-Project-ID": "thief", "X-Roles": "member,reader"},
    "of no project": {"X-Auth-Project-ID": "", "X-Roles": "member,reader"},
}


@dataclass
class Scene:
    """An installation in which a victim has one of each object; `ids` are by path parameter."""

    made: Installation
    ids: dict[str, str]
    own_zone: str
    key: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Ask; by default as the victim."""
        sent = {"X-Auth-Project-ID": VICTIM, "X-Roles": "member,reader", **headers}
        data = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        return InProcess(self.made.app).send(method.upper(), path, sent, data)

    def make(self, path: str, body: Any, method: str = "post", **headers: str) -> Any:
        """Create an object."""
        reply = self.send(method, path, body, **headers)
        assert reply.status in (201, 202), reply.text
        return reply.json

    def everything(self) -> dict[str, list[Any]]:
        """All rows of the database."""
        with self.made.engine.connect() as connection:
            return {
                name: [tuple(row) for row in connection.execute(select(table))]
                for name, table in metadata.tables.items()
            }


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """The victim's objects, and a zone of the thief's."""
    made = Installation(NETWORK)
    scene = Scene(made, {}, "", "")
    mail = {"email": "confidential@treasure.example"}
    zone = scene.make("/v2/zones", {"name": "treasure.example.", **mail})
    place = f"/v2/zones/{zone['id']}"
    new = {"name": "www.treasure.example.", "type": "A", "records": ["192.0.2.77"]}
    given = scene.make("/v2/zones", {"name": "given.treasure.example.", **mail})
    offered = scene.make(f"/v2/zones/{given['id']}/tasks/transfer_requests", {})
    taken = {"key": offered["key"], "zone_transfer_request_id": offered["id"]}
    target = {"target_project_id": "friend-project"}
    request = scene.make(f"{place}/tasks/transfer_requests", {**target, "description": "treasure"})
    scene.key = request["key"]
    scene.ids = {
        "zone_id": zone["id"],
        "recordset_id": scene.make(f"{place}/recordsets", new)["id"],
        "zone_share_id": scene.make(f"{place}/shares", target)["id"],
        "zone_transfer_request_id": request["id"],
        "transfer_accept_id": scene.make("/v2/zones/tasks/transfer_accepts", taken)["id"],
        "import_id": scene.make("/v2/zones/tasks/imports", {"zonefile": "treasure"})["id"],
        "export_id": scene.make(f"{place}/tasks/export", {})["id"],
        "project_id": VICTIM,
        "tenant_id": VICTIM,
        # The others are of the caller's own project.
        "name": "tenants",
        "key": f"one:{FLOATING_IP}",
    }
    named = {"ptrdname": "ptr.treasure.example."}
    scene.make(f"/v2/reverse/floatingips/{scene.ids['key']}", named, method="patch")
    made.work()
    own = {"name": "thief.example.", "email": "x@thief.example"}
    scene.own_zone = scene.make("/v2/zones", own, **CALLERS["member"])["id"]
    yield scene
    made.close()


def operations() -> list[tuple[str, str]]:
    """Every path with its methods."""
    made = Installation({})
    own = app.routes(made.central, Links(None), Paging(20, 1000))
    admin = app.admin_routes(made.central, Links(None)).values()
    document = openapi.document([*own, *itertools.chain(*admin)])
    made.close()
    words = ("get", "post", "put", "patch", "delete")
    return [
        (path, word) for path, item in document["paths"].items() for word in item if word in words
    ]


OPERATIONS = operations()
OF_ITEMS = [key for key in OPERATIONS if "{" in key[0]]
LISTS = [path for path, method in OPERATIONS if method == "get" and "{" not in path]


def filled(path: str, ids: Mapping[str, str]) -> str:
    """The path with ids; what no one object has gets an unknown one."""
    known = {"key": f"one:{UNKNOWN}", **ids}
    return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], UNKNOWN), path)


def leaks(reply: Reply, scene: Scene) -> list[str]:
    """The secrets that a reply tells."""
    shown = reply.text + json.dumps(dict(reply.headers))
    return [word for word in (*SECRETS, scene.key) if word in shown]


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize(("path", "method"), OF_ITEMS)
def test_a_stolen_id_is_worth_nothing(scene: Scene, path: str, method: str, who: str) -> None:
    """It is not found, or answered as the contract says; nothing is told, nothing has changed."""
    before = scene.everything()
    body = BODIES.get((path, method), {} if method != "get" else None)
    reply = scene.send(method, filled(path, scene.ids), body, **CALLERS[who])
    statuses = OTHERWISE if who == "member" else OTHERWISE | OF_NO_PROJECT
    expected = statuses.get((path, method), 403 if ADMINS.match(path) else 404)
    assert reply.status == expected, reply.text
    assert leaks(reply, scene) == []
    assert scene.everything() == before
    if expected == 404 or (path, method) in AS_IF_UNKNOWN:
        unknown = scene.send(method, filled(path, {}), body, **CALLERS[who])
        assert masked(unknown) == masked(reply)


def masked(reply: Reply) -> tuple[int, str]:
    """A reply without what differs between any two requests."""
    return reply.status, re.sub(r"req-[0-9a-f-]{36}|[0-9a-f-]{36}", "", reply.text)


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in dict.fromkeys(path for path, _ in OF_ITEMS)
        if re.search(r"\{zone_id\}/\w+/\{", path)
    ],
)
def test_an_own_zone_does_not_lend_its_id(scene: Scene, path: str) -> None:
    """What is in another project's zone is not found under one's own."""
    place = filled(path, {**scene.ids, "zone_id": scene.own_zone})
    for method in [method for known, method in OF_ITEMS if known == path]:
        body = BODIES.get((path, method))
        reply = scene.send(method, place, body, **CALLERS["member"])
        assert (reply.status, leaks(reply, scene)) == (404, []), reply.text


FILTERS = ("", "?zone_id={zone_id}", "?name=*.example.", "?status=*")
FILTERED = {
    "/admin/reports/counts": (403, 403, 403, 403),
    "/admin/reports/tenants": (403, 403, 403, 403),
    "/v2/blacklists": (403, 400, 400, 400),
    "/v2/limits": (200, 200, 200, 200),
    "/v2/pools": (403, 400, 403, 400),
    "/v2/quotas": (200, 200, 200, 200),
    "/v2/recordsets": (200, 200, 200, 200),
    "/v2/reverse/floatingips": (200, 200, 200, 200),
    "/v2/service_status": (403, 400, 400, 403),
    "/v2/service_statuses": (403, 400, 400, 403),
    "/v2/tlds": (403, 400, 403, 400),
    "/v2/tsigkeys": (403, 400, 403, 400),
    "/v2/zones": (200, 400, 200, 200),
    "/v2/zones/tasks/export": (200, 200, 400, 200),
    "/v2/zones/tasks/exports": (200, 200, 400, 200),
    "/v2/zones/tasks/imports": (200, 200, 400, 200),
    "/v2/zones/tasks/transfer_accepts": (403, 400, 400, 403),
    "/v2/zones/tasks/transfer_requests": (200, 400, 400, 200),
}
"""The status of each list with each filter: 400 where there is no such filter."""


@pytest.mark.parametrize("path", LISTS)
def test_no_list_tells_of_others(scene: Scene, path: str) -> None:
    """Neither as it is, nor filtered or continued by a stolen id."""
    for query, status in zip(FILTERS, FILTERED[path], strict=True):
        reply = scene.send("get", path + query.format(**scene.ids), **CALLERS["member"])
        assert reply.status == status, reply.text
        assert leaks(reply, scene) == []
    for marker in scene.ids.values():
        reply = scene.send("get", f"{path}?marker={marker}", **CALLERS["member"])
        other = scene.send("get", f"{path}?marker={UNKNOWN}", **CALLERS["member"])
        if re.fullmatch("[0-9a-f-]{36}", marker):
            assert masked(reply) == masked(other)


def test_a_stolen_key_opens_nothing(scene: Scene) -> None:
    """A request that is for another project is not accepted, with the right key or a wrong one."""
    before = scene.everything()
    for key in (scene.key, "AAAAAAAA"):
        body = {"key": key, "zone_transfer_request_id": scene.ids["zone_transfer_request_id"]}
        reply = scene.send("post", "/v2/zones/tasks/transfer_accepts", body, **CALLERS["member"])
        assert (reply.status, reply.json["type"]) == (403, "forbidden")
        assert leaks(reply, scene) == []
    assert scene.everything() == before


def test_an_administrator_needs_the_switch(scene: Scene) -> None:
    """Without all-projects the zones of others are not his either."""
    admin = {"X-Auth-Project-ID": "admins", "X-Roles": "admin"}
    of_zones = [key for key in OF_ITEMS if key[0].startswith("/v2/zones/{zone_id}")]
    for path, method in of_zones:
        if (path, method) == ("/v2/zones/{zone_id}/shares", "get"):
            continue
        body = BODIES.get((path, method), {} if method != "get" else None)
        reply = scene.send(method, filled(path, scene.ids), body, **admin)
        assert reply.status == 404, (method, path, reply.text)
        assert leaks(reply, scene) == []
