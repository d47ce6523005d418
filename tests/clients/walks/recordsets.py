# SPDX-License-Identifier: Apache-2.0
"""`openstack recordset` and `openstack ptr record`."""

from tests.clients.cloud import Cloud
from tests.clients.walks.zones import NOWHERE
from tests.servers.keystone import REGION

ABSENT = "Could not find RecordSet"


def recordsets(cloud: Cloud) -> None:
    """Relative names, several records, filters, all zones at once; managed ones stay."""
    owner = cloud.client(cloud.owner)
    zone = cloud.zone(cloud.owner)
    name, identifier = zone["name"], zone["id"]
    www = owner(
        f"recordset create {name} www --type A --record 192.0.2.1 --record 192.0.2.2"
        " --ttl 60 --description words"
    )
    assert (www["name"], www["records"]) == (f"www.{name}", "192.0.2.1\n192.0.2.2")
    assert (www["ttl"], www["status"], www["action"]) == (60, "PENDING", "CREATE")
    cloud.wait(f"/v2/zones/{identifier}/recordsets/{www['id']}", status="ACTIVE")
    mail = owner(f"recordset create {identifier} {name} --type MX --record '10 mx.{name}'")
    assert mail["records"] == f"10 mx.{name}"

    shown = owner(f"recordset show {name} www.{name}")
    assert (shown["id"], shown["status"], shown["project_id"]) == (
        www["id"],
        "ACTIVE",
        cloud.owner.project,
    )
    listed = owner(f"recordset list {name}")
    assert sorted(one["type"] for one in listed) == ["A", "MX", "NS", "SOA"]
    _lists(cloud, name, www["id"])
    changed = owner(f"recordset set {name} www.{name} --record 192.0.2.3 --no-ttl --no-description")
    assert (changed["records"], changed["ttl"], changed["description"]) == (
        "192.0.2.3",
        None,
        None,
    )
    _refusals(cloud, identifier, www["id"])
    [servers] = owner(f"recordset list {name} --type NS")
    words = f"recordset delete {identifier} {servers['id']}"
    assert "managed" in owner.refused(words).lower()
    assert owner.refused(f"{words} --edit-managed") == "forbidden"
    gone = owner(f"recordset delete {identifier} {www['id']}")
    assert (gone["id"], gone["action"], gone["status"]) == (www["id"], "DELETE", "PENDING")
    assert owner.refused(f"recordset show {identifier} {www['id']}") == ABSENT


def _lists(cloud: Cloud, name: str, www: str) -> None:
    """Each filter by itself, all zones, all projects."""
    owner, operator = cloud.client(cloud.owner), cloud.client(cloud.operator)
    for criterion in (
        "--type A",
        f"--name www.{name}",
        "--data 192.0.2.1",
        "--ttl 60",
        "--description words",
        "--type A --status ACTIVE",
        "--type A --action NONE",
    ):
        [found] = owner(f"recordset list {name} {criterion}")
        assert found["id"] == www, criterion
    [anywhere] = owner(f"recordset list all --name www.{name} --long")
    assert anywhere["zone_name"] == name
    assert operator(f"recordset list all --name www.{name}") == []
    [over_all] = operator(f"recordset list all --name www.{name} --all-projects")
    assert over_all["project_id"] == cloud.owner.project


def _refusals(cloud: Cloud, zone: str, recordset: str) -> None:
    owner, rival, clerk = map(cloud.client, (cloud.owner, cloud.rival, cloud.clerk))
    one = f"{zone} {recordset}"
    assert rival.refused(f"recordset list {zone}") == "Could not find Zone"
    assert rival.refused(f"recordset show {one}") in (ABSENT, "Could not find Zone")
    assert rival.refused(f"recordset delete {one}") == "Could not find Zone"
    assert clerk(f"recordset show {one}")["id"] == recordset
    assert clerk.refused(f"recordset set {one} --ttl 60") == "forbidden"
    assert clerk.refused(f"recordset delete {one}") == "forbidden"
    assert owner.refused(f"recordset show {zone} {NOWHERE}") == ABSENT
    assert "nobody" in owner.refused(f"recordset show {zone} nobody")
    bad = owner.refused(f"recordset create {zone} bad --type A --record 300.1.1.1")
    assert bad == "'300.1.1.1' is not a 'A' Record"
    again = owner.refused(f"recordset create {zone} www --type A --record 192.0.2.9")
    assert again == "Duplicate RecordSet"


def ptr_records(cloud: Cloud) -> None:
    """A floating IP of the project gets a name and loses it; others do not see it."""
    owner, rival, clerk = map(cloud.client, (cloud.owner, cloud.rival, cloud.clerk))
    key = f"{REGION}:{cloud.floating_ip}"
    unset = {"id": key, "ptrdname": "", "description": "", "ttl": ""}
    assert owner("ptr record list") == [unset]
    made = owner(f"ptr record set {key} vm.shop.example. --description words --ttl 300")
    assert (made["ptrdname"], made["ttl"], made["address"]) == (
        "vm.shop.example.",
        300,
        "203.0.113.7",
    )
    shown = clerk(f"ptr record show {key}")
    assert (shown["ptrdname"], shown["description"]) == ("vm.shop.example.", "words")
    assert clerk.refused(f"ptr record set {key} evil.example.") == "forbidden"
    assert rival("ptr record list") == []
    assert rival.refused(f"ptr record show {key}") != ""
    assert rival.refused(f"ptr record set {key} evil.example.") != ""
    assert "ptrdname" in owner.refused(f"ptr record set {key} nodot")
    owner(f"ptr record unset {key}")
    assert owner("ptr record list") == [unset]
