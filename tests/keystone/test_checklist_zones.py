# SPDX-License-Identifier: Apache-2.0
"""The acceptance checklist of API.md section 34 with real tokens, lines 1 to 20."""

import uuid
from typing import Any

import pytest

from tests.api.exchange import Reply
from tests.keystone.cloud import Cloud


def told(reply: Reply, status: int, kind: str) -> Any:
    """The body of an error of this status and type."""
    assert (reply.status, reply.json["type"]) == (status, kind), reply.text
    return reply.json


def post_zone(cloud: Cloud, caller: str, name: str, **fields: Any) -> Reply:
    return cloud.ask(caller, "POST", "/v2/zones", {"name": name, "email": "d@c.example", **fields})


def sets_of(zone: Any) -> str:
    return f"/v2/zones/{zone['id']}/recordsets"


def post_set(cloud: Cloud, zone: Any, label: str, rtype: str, *records: str) -> Reply:
    name = f"{label}.{zone['name']}" if label else zone["name"]
    body = {"name": name, "type": rtype, "records": list(records)}
    return cloud.ask("M1", "POST", sets_of(zone), body)


@pytest.fixture(scope="module")
def zone(cloud: Cloud) -> Any:
    """A zone that tests add to."""
    return cloud.zone()


def test_01_versions(cloud: Cloud) -> None:
    found = cloud.door.ask("GET", "/").json["versions"]
    assert [one["id"] for one in found] == ["v2", "v2.0", "v2.1", "v2.2", "v2.3", "v2.4"]
    assert [one["id"] for one in found if one["status"] == "CURRENT"] == ["v2.4"]


def test_02_v2_is_no_document(cloud: Cloud) -> None:
    reply = cloud.ask("M1", "GET", "/v2")
    body = told(reply, 404, "not_found")
    assert reply.headers["x-openstack-request-id"] == body["request_id"]


def test_03_a_minimal_zone(cloud: Cloud) -> None:
    reply = post_zone(cloud, "M1", cloud.name())
    assert (reply.status, reply.headers["location"]) == (202, reply.json["links"]["self"])
    seen = reply.json
    assert (seen["action"], seen["ttl"]) == ("CREATE", 3600)
    assert (seen["attributes"], seen["masters"]) == ({}, [])


def test_04_names_are_taken_once(cloud: Cloud) -> None:
    parent = f"super{cloud.name()}"
    name = f"mine.{parent}"
    assert post_zone(cloud, "M1", name).status == 202
    told(post_zone(cloud, "M1", name), 409, "duplicate_zone")
    told(post_zone(cloud, "M3", name), 409, "duplicate_zone")
    told(post_zone(cloud, "M3", f"below.{name}"), 403, "illegal_child")
    told(post_zone(cloud, "M3", parent), 403, "illegal_parent")


@pytest.mark.parametrize("name", ["nodot.example", "a b.example.", "*.x.example.", ".", "bücher."])
def test_05_names_that_are_none(cloud: Cloud, name: str) -> None:
    assert "message" in told(post_zone(cloud, "M1", name), 400, "invalid_object")


def test_06_a_single_label(cloud: Cloud) -> None:
    told(post_zone(cloud, "M1", "example."), 400, "invalid_zone_name")


def test_07_an_email_is_needed(cloud: Cloud) -> None:
    body = told(cloud.ask("M1", "POST", "/v2/zones", {"name": cloud.name()}), 400, "invalid_object")
    assert body["errors"]["errors"][0]["path"] == ["type", "email"]
    assert "message" not in body


def test_08_masters_are_echoed(cloud: Cloud) -> None:
    for sent, shown in (
        (["192.0.2.1", "192.0.2.2:5353"], ["192.0.2.1", "192.0.2.2:5353"]),
        (["192.0.2.1:53"], ["192.0.2.1"]),
    ):
        body = {"name": cloud.name(), "type": "SECONDARY", "masters": sent}
        assert cloud.made("M1", "/v2/zones", body)["masters"] == shown


def test_09_catalogs_are_ours(cloud: Cloud) -> None:
    told(post_zone(cloud, "M1", cloud.name(), type="CATALOG"), 403, "forbidden")


def test_10_what_a_zone_update_takes(cloud: Cloud) -> None:
    zone = cloud.zone()
    path = f"/v2/zones/{zone['id']}"
    reply = cloud.ask("M1", "PATCH", path, {})
    assert (reply.status, reply.json["version"]) == (202, zone["version"] + 1)
    told(cloud.ask("M1", "PATCH", path, {"name": zone["name"]}), 400, "bad_request")
    told(cloud.ask("M1", "PATCH", path, {"name": cloud.name()}), 400, "invalid_object")


def test_11_the_eleventh_zone(cloud: Cloud) -> None:
    sudo = {"X-Auth-Sudo-Project-ID": uuid.uuid4().hex}
    for _ in range(10):
        body = {"name": cloud.name(), "email": "d@c.example"}
        assert cloud.ask("A", "POST", "/v2/zones", body, sudo).status == 202
    body = {"name": cloud.name(), "email": "d@c.example"}
    refused = told(cloud.ask("A", "POST", "/v2/zones", body, sudo), 413, "over_quota")
    assert refused["message"].endswith("zones.")


def test_12_a_new_zone_has_two_recordsets(cloud: Cloud) -> None:
    zone = cloud.zone()
    found = cloud.ask("M1", "GET", f"{sets_of(zone)}?sort_key=created_at").json["recordsets"]
    assert [one["type"] for one in found] == ["SOA", "NS"]
    for one in found:
        path = f"{sets_of(zone)}/{one['id']}"
        told(cloud.ask("M1", "PUT", path, {"ttl": 60}), 400, "bad_request")
        told(cloud.ask("M1", "DELETE", path), 400, "bad_request")


def test_13_recordsets_without_records(cloud: Cloud, zone: Any) -> None:
    empty = post_set(cloud, zone, "empty", "A")
    assert (empty.status, empty.json["status"], empty.json["action"]) == (201, "ACTIVE", "NONE")
    full = post_set(cloud, zone, "full", "A", "192.0.2.1")
    assert (full.status, full.json["status"], full.json["action"]) == (202, "PENDING", "CREATE")
    path = f"{sets_of(zone)}/{full.json['id']}"
    assert cloud.ask("M1", "PUT", path, {"records": []}).status == 200


def test_14_records_are_a_set_of_at_most_twenty(cloud: Cloud, zone: Any) -> None:
    twice = post_set(cloud, zone, "twice", "A", "192.0.2.1", "192.0.2.1")
    assert twice.json["records"] == ["192.0.2.1"]
    many = [f"192.0.2.{n}" for n in range(21)]
    told(post_set(cloud, zone, "many", "A", *many), 413, "over_quota")


def test_15_each_bad_record_is_told(cloud: Cloud, zone: Any) -> None:
    reply = post_set(cloud, zone, "bad", "A", "300.1.1.1", "192.0.2.1", "nonsense")
    errors = told(reply, 400, "invalid_object")["errors"]["errors"]
    assert [one["validator"] for one in errors] == ["format", "format"]


@pytest.mark.parametrize("rtype", ["a", "DNAME"])
def test_16_types_that_are_none(cloud: Cloud, zone: Any, rtype: str) -> None:
    reply = post_set(cloud, zone, "type", rtype, "192.0.2.1")
    (error,) = told(reply, 400, "invalid_object")["errors"]["errors"]
    assert (error["validator"], error["path"]) == ("value", ["recordset", "type"])


def test_17_where_a_cname_may_stand(cloud: Cloud, zone: Any) -> None:
    told(post_set(cloud, zone, "", "CNAME", "a.example."), 400, "invalid_recordset_location")
    assert post_set(cloud, zone, "a17", "A", "192.0.2.1").status == 202
    assert post_set(cloud, zone, "c17", "CNAME", "a.example.").status == 202
    told(post_set(cloud, zone, "a17", "CNAME", "a.example."), 400, "invalid_recordset_location")
    told(post_set(cloud, zone, "c17", "A", "192.0.2.1"), 400, "invalid_recordset_location")
    told(post_set(cloud, zone, "d17", "CNAME", "a.example.", "b.example."), 400, "bad_request")


def test_18_names_stand_in_their_zone(cloud: Cloud, zone: Any) -> None:
    body = {"name": "www.elsewhere.example.", "type": "A", "records": ["192.0.2.1"]}
    told(cloud.ask("M1", "POST", sets_of(zone), body), 400, "invalid_recordset_location")
    cloud.zone(name=f"child.{zone['name']}")
    below = post_set(cloud, zone, "www.child", "A", "192.0.2.1")
    told(below, 400, "invalid_recordset_location")


def test_19_an_update_is_partial(cloud: Cloud, zone: Any) -> None:
    made = post_set(cloud, zone, "partial", "A", "192.0.2.1").json
    path = f"{sets_of(zone)}/{made['id']}"
    changed = cloud.ask("M1", "PUT", path, {"ttl": 60}).json
    assert (changed["ttl"], changed["records"]) == (60, ["192.0.2.1"])
    assert cloud.ask("M1", "PUT", path, {"ttl": None}).json["ttl"] is None
    renamed = {"name": f"other.{zone['name']}"}
    told(cloud.ask("M1", "PUT", path, renamed), 400, "invalid_object")


def test_20_a_deleted_recordset_is_shown_once(cloud: Cloud, zone: Any) -> None:
    made = post_set(cloud, zone, "gone", "A", "192.0.2.1").json
    path = f"{sets_of(zone)}/{made['id']}"
    reply = cloud.ask("M1", "DELETE", path)
    assert (reply.status, reply.json["action"]) == (202, "DELETE")
    told(cloud.ask("M1", "GET", path), 404, "recordset_not_found")
