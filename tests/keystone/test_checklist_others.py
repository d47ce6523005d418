# SPDX-License-Identifier: Apache-2.0
"""The acceptance checklist of API.md section 34 with real tokens, lines 21 to 40.

Line 32 is tests/keystone/test_floatingips.py and tests/api/floatingips.yaml.
"""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.keystone.cloud import OTHER_POOL, Cloud
from tests.keystone.door import Door, written
from tests.keystone.test_checklist_zones import post_set, sets_of, told
from tests.servers.keystone import Keystone

TEXT = {"Content-Type": "text/dns"}
ALL = {"X-Auth-All-Projects": "true"}


@pytest.fixture(scope="module")
def zone(cloud: Cloud) -> Any:
    """A zone that tests add to."""
    return cloud.zone()


def test_21_a_recordset_by_its_id(cloud: Cloud, zone: Any) -> None:
    made = post_set(cloud, zone, "moved", "A", "192.0.2.1").json
    reply = cloud.ask("M1", "GET", f"/v2/recordsets/{made['id']}")
    assert (reply.status, reply.headers["location"]) == (301, made["links"]["self"])


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("foo=1", "bad_request"),
        ("name=a&name=b", "bad_request"),
        ("sort_key=zzz", "invalid_sort_key"),
        ("sort_dir=up", "invalid_sort_dir"),
        ("limit=0", "invalid_limit"),
        ("marker=zzz", "invalid_marker"),
        ("marker=b3b3b23b-56d8-4a5d-8b2c-c0fa99d8f636", "marker_not_found"),
    ],
)
def test_22_queries_that_are_wrong(cloud: Cloud, query: str, kind: str) -> None:
    told(cloud.ask("M1", "GET", f"/v2/zones?{query}"), 400, kind)


def test_23_pages(cloud: Cloud, zone: Any) -> None:
    for number in range(25):
        assert post_set(cloud, zone, f"page{number}", "A", "192.0.2.1").status == 202
    path = f"{sets_of(zone)}?name=page*"
    first = cloud.ask("M1", "GET", path).json
    assert len(first["recordsets"]) == 20
    second = cloud.ask("M1", "GET", first["links"]["next"]).json
    assert (len(second["recordsets"]), "next" in second["links"]) == (5, False)
    full = cloud.ask("M1", "GET", f"{path}&limit=25").json
    assert cloud.ask("M1", "GET", full["links"]["next"]).json["recordsets"] == []


def test_24_wildcards(cloud: Cloud, zone: Any) -> None:
    post_set(cloud, zone, "wild", "A", "198.51.100.7")
    for query in (f"name=*ild.{zone['name']}", "data=198.51.*"):
        found = cloud.ask("M1", "GET", f"{sets_of(zone)}?{query}").json
        assert [one["name"] for one in found["recordsets"]] == [f"wild.{zone['name']}"]
        assert "%2A" in found["links"]["self"]


def test_25_counts_may_be_hidden(cloud: Cloud, zone: Any) -> None:
    hidden = {"OpenStack-DNS-Hide-Counts": "true"}
    assert cloud.ask("M1", "GET", sets_of(zone), headers=hidden).json["metadata"] == {}


def test_26_all_projects(cloud: Cloud, zone: Any) -> None:
    told(cloud.ask("M1", "GET", "/v2/zones", headers=ALL), 403, "forbidden")
    found = cloud.ask("A", "GET", f"/v2/zones?all_tenants=true&name={zone['name']}").json
    assert [one["id"] for one in found["zones"]] == [zone["id"]]
    assert "all_tenants" not in found["links"]["self"]


def test_27_sudo(cloud: Cloud) -> None:
    sudo = {"X-Auth-Sudo-Project-ID": "somebody-else"}
    body = {"name": cloud.name(), "email": "d@c.example"}
    assert cloud.made("A", "/v2/zones", body, sudo)["project_id"] == "somebody-else"


def test_28_shares(cloud: Cloud) -> None:
    zone = cloud.zone()
    path = f"/v2/zones/{zone['id']}"
    share = cloud.made("M1", f"{path}/shares", {"target_project_id": cloud.projects["p2"]})
    assert cloud.ask("R2", "GET", path).json["shared"] is True
    body = {"name": f"theirs.{zone['name']}", "type": "A", "records": ["192.0.2.1"]}
    theirs = cloud.made("M2", f"{path}/recordsets", body)
    assert theirs["project_id"] == cloud.projects["p2"]
    unshare = f"{path}/shares/{share['id']}"
    told(cloud.ask("M1", "DELETE", unshare), 400, "shared_zone_has_recordsets")
    assert cloud.ask("M2", "DELETE", f"{path}/recordsets/{theirs['id']}").status == 202
    told(cloud.ask("M1", "DELETE", path), 400, "zone_is_shared")
    assert cloud.ask("M1", "DELETE", unshare).status == 204
    cloud.made("M1", f"{path}/shares", {"target_project_id": cloud.projects["p2"]})
    with_shares = {"X-Designate-Delete-Shares": "true"}
    assert cloud.ask("M1", "DELETE", path, headers=with_shares).status == 202


def test_29_transfers(cloud: Cloud) -> None:
    zone = cloud.zone()
    offer = cloud.made("M1", f"/v2/zones/{zone['id']}/tasks/transfer_requests", {})
    seen = cloud.ask("M3", "GET", f"/v2/zones/tasks/transfer_requests/{offer['id']}").json
    assert set(seen) == {"id", "zone_id", "description", "status", "zone_name", "links"}
    accepts = "/v2/zones/tasks/transfer_accepts"
    body = {"key": "WRONGKEY", "zone_transfer_request_id": offer["id"]}
    told(cloud.ask("M3", "POST", accepts, body), 403, "invalid_key")
    accepted = cloud.made("M3", accepts, {**body, "key": offer["key"]})
    cloud.door.installation.work()
    moved = cloud.ask("M3", "GET", f"/v2/zones/{zone['id']}").json
    assert moved["project_id"] == cloud.projects["p3"]
    owners = cloud.ask("M3", "GET", sets_of(zone)).json["recordsets"]
    assert {one["project_id"] for one in owners} == {cloud.projects["p3"]}
    again = cloud.ask("M2", "POST", accepts, {**body, "key": offer["key"]})
    told(again, 400, "invalid_zone_transfer_request")
    assert cloud.ask("M3", "GET", f"{accepts}/{accepted['id']}").json["key"] is None


def test_30_exports(cloud: Cloud, zone: Any) -> None:
    task = cloud.made("M1", f"/v2/zones/{zone['id']}/tasks/export", {})
    assert task["status"] == "PENDING"
    cloud.door.installation.work()
    done = cloud.ask("M1", "GET", f"/v2/zones/tasks/exports/{task['id']}").json
    assert done["status"] == "COMPLETE"
    text = done["links"]["export"]
    json_only = {"Accept": "application/json"}
    assert cloud.ask("M1", "GET", text, headers=json_only).status == 406
    assert cloud.ask("M1", "GET", text).text.startswith("$ORIGIN")


def test_31_imports(cloud: Cloud) -> None:
    path, name = "/v2/zones/tasks/imports", cloud.name()
    soa = "@ 60 IN SOA a.example. b.example. 1 2 3 4 5\n@ 60 IN NS a.example.\n"
    good = f"$ORIGIN {name}\n{soa}"
    messages = set()
    for text, status in (
        (good, "COMPLETE"),
        (soa, "ERROR"),
        (f"$ORIGIN {cloud.name()}\n@ 60 IN NS a.example.\n", "ERROR"),
        (f"$ORIGIN {cloud.name()}\n{soa}www IN A nonsense\n", "ERROR"),
        (good, "ERROR"),
    ):
        task = cloud.made("M1", path, text.encode(), TEXT)
        cloud.door.installation.work()
        done = cloud.ask("M1", "GET", f"{path}/{task['id']}").json
        assert done["status"] == status, done
        messages.add(done["message"])
    assert len(messages) == 5
    again = cloud.made("M1", path, {"zonefile": good.replace(name, cloud.name()), "attributes": {}})
    cloud.door.installation.work()
    assert cloud.ask("M1", "GET", f"{path}/{again['id']}").json["status"] == "COMPLETE"
    plain = {"Content-Type": "text/plain"}
    told(cloud.ask("M1", "POST", path, good.encode(), plain), 415, "unsupported_content_type")


def test_33_quotas(cloud: Cloud) -> None:
    project = uuid.uuid4().hex
    path = f"/v2/quotas/{project}"
    five = {"zones", "zone_recordsets", "zone_records", "recordset_records", "api_export_size"}
    own = f"/v2/quotas/{cloud.projects['p1']}"
    assert set(cloud.ask("R1", "GET", own).json) == five
    told(cloud.ask("M1", "PATCH", own, {"zones": 5}), 403, "forbidden")
    told(cloud.ask("A", "PATCH", path, {"zones": 5}), 403, "forbidden")
    assert cloud.ask("AA", "PATCH", path, {"zones": -1}).json["zones"] == -1
    told(cloud.ask("AA", "PATCH", path, {"zones": -2}), 400, "invalid_object")
    assert cloud.ask("AA", "DELETE", path).status == 204
    assert cloud.ask("AA", "GET", path).json["zones"] == 10
    of_three = f"/v2/quotas/{cloud.projects['p3']}"
    assert cloud.ask("AA", "PATCH", of_three, {"zones": 0}).status == 200
    new = {"name": cloud.name(), "email": "dns@cloud.example"}
    told(cloud.ask("M3", "POST", "/v2/zones", new), 413, "over_quota")
    assert cloud.ask("AA", "PATCH", of_three, {"zones": -1}).status == 200
    cloud.made("M3", "/v2/zones", new)


def test_34_tlds_and_blacklists(keystone: Keystone, tmp_path: Path) -> None:
    project = keystone.project()
    admin = keystone.caller("admin", project=project)
    member = keystone.caller("member", project=project)
    with Door(written(tmp_path, keystone.authtoken())) as door:
        assert door.ask("POST", "/v2/tlds", admin, b'{"name": "com"}').status == 201
        wanted = b'{"name": "%s", "email": "d@c.example"}'
        told(door.ask("POST", "/v2/zones", member, wanted % b"x.org."), 400, "invalid_zone_name")
        told(door.ask("POST", "/v2/zones", member, wanted % b"com."), 400, "invalid_zone_name")
        pattern = b'{"pattern": "bad\\\\.example\\\\.com\\\\.$"}'
        assert door.ask("POST", "/v2/blacklists", admin, pattern).status == 201
        bad = wanted % b"bad.example.com."
        told(door.ask("POST", "/v2/zones", member, bad), 400, "invalid_zone_name")
        assert door.ask("POST", "/v2/zones", admin, bad).status == 202


def test_35_tsig_keys(cloud: Cloud, keystone: Keystone, tmp_path: Path) -> None:
    key = {
        "name": f"key-{uuid.uuid4().hex}",
        "algorithm": "hmac-sha256",
        "secret": "c2VjcmV0",
        "scope": "POOL",
        "resource_id": str(uuid.uuid4()),
    }
    for field in key:
        body = {name: value for name, value in key.items() if name != field}
        told(cloud.ask("A", "POST", "/v2/tsigkeys", body), 400, "invalid_object")
    told(cloud.ask("A", "POST", "/v2/tsigkeys", key), 400, "invalid_tsigkey")
    admin = keystone.caller("admin", project=keystone.project())
    chosen = "[service:central]\nscheduler_filters = pool_id_attribute\n"
    with Door(written(tmp_path, keystone.authtoken(), chosen)) as door:
        door.installation.add_pool(OTHER_POOL, "other", "ns1.other.example.")
        zone = {"name": "key.example.", "email": "d@key.example"}
        there = json.dumps({**zone, "attributes": {"pool_id": OTHER_POOL}}).encode()
        told(door.ask("POST", "/v2/zones", admin, there), 400, "bad_request")
        more = json.dumps(key | {"resource_id": OTHER_POOL}).encode()
        assert door.ask("POST", "/v2/tsigkeys", admin, more).status == 201
        assert door.ask("POST", "/v2/zones", admin, there).status in (201, 202)


def test_36_pool_move(cloud: Cloud) -> None:
    zone = cloud.zone()
    path = f"/v2/zones/{zone['id']}/tasks/pool_move"
    for body, status in (
        ({}, 400),  # the scheduler's choice is the pool where it is
        ({"pool_id": zone["pool_id"]}, 400),
        ({"pool_id": str(uuid.uuid4())}, 400),
        ({"pool_id": OTHER_POOL}, 202),
    ):
        assert cloud.ask("AA", "POST", path, body).status == status
    found = cloud.ask("M1", "GET", f"{sets_of(zone)}?type=NS").json["recordsets"]
    assert found[0]["records"] == ["ns1.other.example."]


def test_37_maintenance(keystone: Keystone, tmp_path: Path) -> None:
    project = keystone.project()
    on = "[service:api]\nmaintenance_mode = true"
    with Door(written(tmp_path, on, keystone.authtoken())) as door:
        kept_out = door.ask("GET", "/v2/zones", keystone.caller("member", project=project))
        assert (kept_out.status, kept_out.headers["retry-after"]) == (503, "60")
        admin = keystone.caller("admin", project=project)
        assert door.ask("GET", "/v2/zones", admin).status == 200


def test_38_system_scope(cloud: Cloud) -> None:
    user = cloud.keystone.user()
    cloud.keystone.grant(user, "admin")
    token = cloud.keystone.token(user, system=True)
    told(cloud.door.ask("GET", "/v2/zones", token), 403, "invalid_token_scope")
    assert cloud.door.ask("GET", "/v2/limits", token).status == 200


def test_39_large_bodies(cloud: Cloud) -> None:
    """Upstream's body is no JSON; ours is (section 30, I21)."""
    told(cloud.ask("M1", "POST", "/v2/zones", b"x" * 114689), 413, "request_too_large")


def test_40_paths_below_items(cloud: Cloud, zone: Any) -> None:
    path = f"/v2/zones/{zone['id']}/nowhere"
    told(cloud.ask("M1", "GET", path), 404, "not_found")
    told(cloud.ask("M1", "POST", path, {}), 405, "method_not_allowed")
    for place in ("tlds", "pools", "tsigkeys", "blacklists", "zones/tasks/exports"):
        below = f"/v2/{place}/{uuid.uuid4()}/nowhere"
        told(cloud.ask("A", "GET", below), 404, "not_found")
        told(cloud.ask("A", "POST", below, {}), 405, "method_not_allowed")
