# SPDX-License-Identifier: Apache-2.0
"""`openstack zone` and `openstack zone nameservers`."""

from typing import Any

from tests.clients.cloud import OTHER_NS, Cloud

NOWHERE = "00000000-0000-4000-8000-000000000000"
ABSENT = "Could not find Zone"


def zones(cloud: Cloud) -> None:
    """Created, found by name and id, changed, moved, abandoned, deleted."""
    owner, operator = cloud.client(cloud.owner), cloud.client(cloud.operator)
    made = owner("zone create walk.example. --email dns@walk.example --ttl 600 --description words")
    assert made["project_id"] == cloud.owner.project
    assert (made["status"], made["action"], made["type"]) == ("PENDING", "CREATE", "PRIMARY")
    assert (made["ttl"], made["description"], made["masters"]) == (600, "words", "")
    cloud.wait(f"/v2/zones/{made['id']}", status="ACTIVE")

    [listed] = owner("zone list --name walk.example. --status ACTIVE --ttl 600")
    assert listed == {
        "id": made["id"],
        "name": "walk.example.",
        "type": "PRIMARY",
        "serial": made["serial"],
        "status": "ACTIVE",
        "action": "NONE",
    }
    [longer] = owner("zone list --long --description words --email dns@walk.example")
    assert longer["pool_id"] == made["pool_id"]
    assert owner("zone list --type SECONDARY") == []
    [over_all] = operator("zone list --all-projects --name walk.example.")
    assert over_all["project_id"] == cloud.owner.project
    assert operator("zone list --name walk.example.") == []

    assert owner("zone show walk.example.") == owner(f"zone show {made['id']}")
    changed = owner("zone set walk.example. --email new@walk.example --ttl 300 --no-description")
    assert (changed["email"], changed["ttl"]) == ("new@walk.example", 300)
    assert changed["description"] is None
    assert changed["serial"] > made["serial"]

    _refusals(cloud, made["id"])
    _moves(cloud, made)
    _abandons(cloud)
    gone = owner("zone delete walk.example.")
    assert (gone["id"], gone["status"], gone["action"]) == (made["id"], "PENDING", "DELETE")
    cloud.wait_gone(f"/v2/zones/{made['id']}")
    assert owner("zone list --name walk.example.") == []


def nameservers(cloud: Cloud) -> None:
    """Those of the zone's pool."""
    zone = cloud.zone(cloud.owner)
    found = cloud.client(cloud.owner)(f"zone nameservers list {zone['name']}")
    assert found == [{"hostname": "ns1.shop.example.", "priority": 1}]
    assert cloud.client(cloud.rival).refused(f"zone nameservers list {zone['id']}") == ABSENT


def _refusals(cloud: Cloud, zone: str) -> None:
    """What users meet who have no right, mistype, or take what is taken."""
    owner, rival, clerk = map(cloud.client, (cloud.owner, cloud.rival, cloud.clerk))
    email = "--email dns@walk.example"
    assert rival.refused(f"zone show {zone}") == ABSENT
    assert rival.refused(f"zone set {zone} --ttl 60") == ABSENT
    assert rival.refused(f"zone delete {zone}") == ABSENT
    assert "walk.example." in rival.refused("zone show walk.example.")
    assert rival.refused(f"zone create walk.example. {email}") == "Duplicate Zone"
    assert "another project" in rival.refused(f"zone create sub.walk.example. {email}")
    assert clerk(f"zone show {zone}")["id"] == zone
    assert clerk.refused(f"zone set {zone} --ttl 60") == "forbidden"
    assert clerk.refused(f"zone delete {zone}") == "forbidden"
    assert clerk.refused(f"zone create clerk.example. {email}") == "forbidden"
    assert cloud.client(cloud.guest).refused("zone list") == "forbidden"
    assert owner.refused("zone list --all-projects") == "forbidden"
    assert owner.refused(f"zone show {NOWHERE}") == ABSENT
    assert "nodot" in owner.refused(f"zone create nodot {email}")
    assert "email" in owner.refused("zone create mistyped.example. --email dns")
    assert "email" in owner.refused("zone create mistyped.example.")
    assert owner.refused(f"zone axfr {zone}") != ABSENT, "a PRIMARY zone is not transferred in"
    assert owner.refused(f"zone abandon {zone}") == "forbidden"
    assert owner.refused(f"zone move {zone} --pool-id {NOWHERE}") == "forbidden"


def _moves(cloud: Cloud, zone: Any) -> None:
    """An operator moves a zone to the other pool and back."""
    operator, other = cloud.client(cloud.operator), cloud.pools["other"]
    assert operator.refused(f"zone move {zone['id']} --pool-id {other}") == ABSENT
    move = f"zone move --all-projects {zone['id']} --pool-id"
    assert NOWHERE in operator.refused(f"{move} {NOWHERE}")
    key = operator(
        "tsigkey create --name walk.key --algorithm hmac-sha256 --secret c2VjcmV0"
        f" --scope POOL --resource-id {other}"
    )
    operator(f"{move} {other}")
    moved = cloud.wait(f"/v2/zones/{zone['id']}", status="ACTIVE")
    assert moved["pool_id"] == other
    servers = cloud.client(cloud.owner)(f"zone nameservers list {zone['id']}")
    assert servers == [{"hostname": OTHER_NS, "priority": 1}]
    operator(f"{move} {zone['pool_id']}")
    cloud.wait(f"/v2/zones/{zone['id']}", status="ACTIVE", pool_id=zone["pool_id"])
    operator(f"tsigkey delete {key['id']}")


def _abandons(cloud: Cloud) -> None:
    """An operator leaves a zone to its servers."""
    left = cloud.zone(cloud.owner)
    cloud.client(cloud.operator)(f"zone abandon --all-projects {left['id']}")
    assert cloud.client(cloud.owner).refused(f"zone show {left['id']}") == ABSENT
