# SPDX-License-Identifier: Apache-2.0
"""Who knows the id of something of another project's learns nothing from it, whatever he asks."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from tests.keystone.cloud import Cloud

ZONE_FILE = b"$ORIGIN %s\n@ 60 IN SOA a.example. b.example. 1 2 3 4 5\n@ IN NS a.example.\n"


@pytest.fixture(scope="module")
def owned(cloud: Cloud) -> Mapping[str, str]:
    """The path of one thing of each kind, all of them p1's; and a path of nothing for each."""
    zone = cloud.zone()
    path = f"/v2/zones/{zone['id']}"
    name = f"www.{zone['name']}"
    record = {"name": name, "type": "A", "records": ["192.0.2.1"]}
    recordset = cloud.made("M1", f"{path}/recordsets", record)["id"]
    target = {"target_project_id": cloud.projects["p2"]}
    share = cloud.made("M1", f"{path}/shares", target)["id"]
    export = cloud.made("M1", f"{path}/tasks/export", {})["id"]
    text = ZONE_FILE % cloud.name("imported").encode()
    dns = {"Content-Type": "text/dns"}
    imported = cloud.made("M1", "/v2/zones/tasks/imports", text, dns)["id"]
    # Meant for p2: p3 must not even see it.
    offer = cloud.made("M1", f"{path}/tasks/transfer_requests", target)
    other = cloud.zone()
    away = f"/v2/zones/{other['id']}/tasks/transfer_requests"
    offered = cloud.made("M1", away, target)
    accept = {"key": offered["key"], "zone_transfer_request_id": offered["id"]}
    accepted = cloud.made("M2", "/v2/zones/tasks/transfer_accepts", accept)["id"]
    return {
        "zone": path,
        "recordset": f"{path}/recordsets/{recordset}",
        "recordset by id": f"/v2/recordsets/{recordset}",
        "nameservers": f"{path}/nameservers",
        "recordsets": f"{path}/recordsets",
        "share": f"{path}/shares/{share}",
        "export": f"/v2/zones/tasks/exports/{export}",
        "text of the export": f"/v2/zones/tasks/exports/{export}/export",
        "import": f"/v2/zones/tasks/imports/{imported}",
        "transfer request": f"/v2/zones/tasks/transfer_requests/{offer['id']}",
        "transfer accept": f"/v2/zones/tasks/transfer_accepts/{accepted}",
        "task export": f"{path}/tasks/export",
        "task xfr": f"{path}/tasks/xfr",
        "task pool_move": f"{path}/tasks/pool_move",
        "task transfer_requests": f"{path}/tasks/transfer_requests",
        "shares": f"{path}/shares",
    }


#: What may be asked of each, with a body that would be good for its owner.
ASKED: Mapping[str, Mapping[str, Any]] = {
    "zone": {"GET": None, "PATCH": {"ttl": 60}, "DELETE": None},
    "recordset": {"GET": None, "PUT": {"ttl": 60}, "DELETE": None},
    "recordset by id": {"GET": None},
    "nameservers": {"GET": None},
    "recordsets": {
        "GET": None,
        "POST": {"name": "x.stolen.example.", "type": "A", "records": ["192.0.2.1"]},
    },
    "share": {"GET": None, "DELETE": None},
    "export": {"GET": None, "DELETE": None},
    "text of the export": {"GET": None},
    "import": {"GET": None, "DELETE": None},
    "transfer request": {"DELETE": None},
    "transfer accept": {"GET": None},
    "task export": {"POST": {}},
    "task xfr": {"POST": {}},
    "task pool_move": {"POST": {}},
    "task transfer_requests": {"POST": {}},
    "shares": {"POST": {}},
}
CELLS = [(noun, method) for noun, methods in ASKED.items() for method in methods]


@pytest.mark.parametrize("caller", ["M3", "A"])
@pytest.mark.parametrize(("noun", "method"), CELLS)
def test_a_stolen_id_is_worth_nothing(
    cloud: Cloud, owned: Mapping[str, str], noun: str, method: str, caller: str
) -> None:
    """The answer is that for an id nobody has: 404, and the same body but for the request's id."""
    path, body = owned[noun], ASKED[noun][method]
    if noun == "shares":
        body = {"target_project_id": cloud.projects["p2"]}
    stolen = cloud.ask(caller, method, path, body)
    parts = path.split("/")
    invented = "/".join(str(uuid.uuid4()) if len(part) == 36 else part for part in parts)
    nothing = cloud.ask(caller, method, invented, body)
    assert stolen.status == nothing.status == 404, stolen.text

    def said(reply: Any) -> dict[str, Any]:
        return {key: value for key, value in reply.json.items() if key != "request_id"}

    assert said(stolen) == said(nothing)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_transfer_request_for_another_is_closed(
    cloud: Cloud, owned: Mapping[str, str], method: str
) -> None:
    """The contract wants 403 here (API.md section 14), so that it exists is told; nothing else."""
    body = {"description": "x"} if method == "PATCH" else None
    reply = cloud.ask("M3", method, owned["transfer request"], body)
    assert reply.status == 403
    assert list(reply.json) == ["code", "type", "request_id"]


LISTS = {
    "zones": "zone",
    "recordsets": "recordset",
    "zones/tasks/exports": "export",
    "zones/tasks/imports": "import",
    "zones/tasks/transfer_requests": "transfer request",
}
"""A list, and something that is in it for its owner."""


@pytest.mark.parametrize("collection", LISTS)
def test_lists_do_not_tell_of_others(
    cloud: Cloud, owned: Mapping[str, str], collection: str
) -> None:
    """Neither their items nor their number, nor by a marker that is another's."""
    stranger = cloud.ask("M3", "GET", f"/v2/{collection}").json
    items = next(value for value in stranger.values() if isinstance(value, list))
    assert items == []
    assert stranger.get("metadata", {}).get("total_count", 0) == 0
    stolen = owned[LISTS[collection]].rsplit("/", 1)[1]
    answers = [
        cloud.ask("M3", "GET", f"/v2/{collection}?marker={marker}")
        for marker in (stolen, uuid.uuid4())
    ]
    assert {(answer.status, answer.json["type"]) for answer in answers} == {
        (400, "marker_not_found")
    }
