# SPDX-License-Identifier: Apache-2.0
"""`openstack zone share` and `openstack zone transfer`."""

from tests.clients.cloud import Cloud
from tests.clients.walks.zones import NOWHERE


def shares(cloud: Cloud) -> None:
    """Another project may write recordsets of its own in the zone, until it may not."""
    owner, rival, clerk = map(cloud.client, (cloud.owner, cloud.rival, cloud.clerk))
    zone, target = cloud.zone(cloud.owner), cloud.rival.project
    name = zone["name"]
    made = owner(f"zone share create {name} {target}")
    assert (made["zone_id"], made["target_project_id"]) == (zone["id"], target)
    assert made["project_id"] == cloud.owner.project
    share = made["id"]
    [listed] = owner(f"zone share list {name} --target-project-id {target}")
    assert listed == {"id": share, "zone_id": zone["id"], "target_project_id": target}
    assert owner(f"zone share show {name} {share}")["id"] == share

    assert owner.refused(f"zone share create {name} {target}") == "Duplicate SharedZone"
    assert owner.refused(f"zone share create {name} {cloud.owner.project}") != ""
    # Keystone tells operators only which projects there are.
    operator = cloud.client(cloud.operator)
    refused = operator.refused(f"zone share create --all-projects {zone['id']} {NOWHERE}")
    assert NOWHERE in refused
    assert clerk.refused(f"zone share create {name} {target}") == "forbidden"
    assert rival.refused(f"zone share show {name} {share}") == "forbidden"
    assert rival.refused(f"zone set {name} --ttl 60") == "forbidden"

    assert rival(f"zone show {name}")["shared"] is True
    www = rival(f"recordset create {name} www --type A --record 192.0.2.1")
    assert www["project_id"] == target
    assert "recordsets" in owner.refused(f"zone share delete {name} {share}")
    assert "shared" in owner.refused(f"zone delete {name}")
    rival(f"recordset delete {name} {www['id']}")
    owner(f"zone share delete {name} {share}")
    assert rival.refused(f"zone show {zone['id']}") == "Could not find Zone"
    owner(f"zone share create {name} {target}")
    assert owner(f"zone delete --delete-shares {name}")["action"] == "DELETE"


def transfer_requests(cloud: Cloud) -> None:
    """Offered to everybody, then to one; withdrawn."""
    owner, rival, clerk = map(cloud.client, (cloud.owner, cloud.rival, cloud.clerk))
    zone = cloud.zone(cloud.owner)
    made = owner(f"zone transfer request create {zone['name']} --description words")
    assert (made["zone_id"], made["status"], made["description"]) == (zone["id"], "ACTIVE", "words")
    assert len(made["key"]) == 8
    one = f"zone transfer request show {made['id']}"
    assert owner(one)["key"] == made["key"]
    assert "key" not in rival(one)
    [listed] = owner("zone transfer request list --status ACTIVE")
    assert (listed["id"], listed["zone_name"], listed["key"]) == (
        made["id"],
        zone["name"],
        made["key"],
    )
    assert owner.refused(f"zone transfer request create {zone['id']}") != ""
    assert rival.refused(f"zone transfer request create {zone['id']}") == "Could not find Zone"
    assert clerk.refused(f"zone transfer request create {zone['id']}") == "forbidden"
    words = f"zone transfer request set {made['id']}"
    assert rival.refused(f"{words} --no-description") == "forbidden"
    changed = owner(f"{words} --no-description --target-project-id {cloud.rival.project}")
    assert changed["description"] is None
    assert changed["target_project_id"] == cloud.rival.project
    [offered] = rival("zone transfer request list --status ACTIVE")
    assert offered["id"] == made["id"]
    assert cloud.client(cloud.operator)("zone transfer request list") == []
    assert rival.refused(f"zone transfer request delete {made['id']}") == "forbidden"
    owner(f"zone transfer request delete {made['id']}")
    assert owner.refused(one) == "Could not find ZoneTransferRequest"


def transfer_accepts(cloud: Cloud) -> None:
    """The zone and its recordsets change hands."""
    owner, rival, operator = map(cloud.client, (cloud.owner, cloud.rival, cloud.operator))
    zone = cloud.zone(cloud.owner)
    request = owner(
        f"zone transfer request create {zone['id']} --target-project-id {cloud.rival.project}"
    )
    accept = f"zone transfer accept request --transfer-id {request['id']} --key"
    assert rival.refused(f"{accept} WRONGKEY") != ""
    assert operator.refused(f"zone transfer accept request --transfer-id {NOWHERE} --key X") == (
        "Could not find ZoneTransferRequest"
    )
    made = rival(f"{accept} {request['key']}")
    assert (made["status"], made["zone_id"], made["project_id"]) == (
        "COMPLETE",
        zone["id"],
        cloud.rival.project,
    )
    assert rival(f"zone show {zone['name']}")["project_id"] == cloud.rival.project
    assert owner.refused(f"zone show {zone['id']}") == "Could not find Zone"
    assert rival(f"zone transfer accept show {made['id']}")["key"] is None
    assert rival.refused("zone transfer accept list") == "forbidden"
    found = operator("zone transfer accept list --all-projects --status COMPLETE")
    assert made["id"] in [item["id"] for item in found]
    assert rival.refused(f"{accept} {request['key']}") != ""
