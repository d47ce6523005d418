# SPDX-License-Identifier: Apache-2.0
"""`openstack zone export` and `openstack zone import`."""

import uuid

from tests.clients.cloud import Cloud
from tests.clients.walks.zones import NOWHERE

ZONE_FILE = """$ORIGIN {name}
$TTL 300
@ IN SOA ns.{name} dns.{name} 1 3600 600 86400 300
www IN A 192.0.2.80
"""


def exports(cloud: Cloud) -> None:
    """A zone comes out as text."""
    owner, rival, clerk = map(cloud.client, (cloud.owner, cloud.rival, cloud.clerk))
    zone = cloud.zone(cloud.owner)
    made = owner(f"zone export create {zone['name']}")
    assert (made["status"], made["zone_id"]) == ("PENDING", zone["id"])
    identifier = made["id"]
    cloud.wait(f"/v2/zones/tasks/exports/{identifier}", status="COMPLETE")
    shown = owner(f"zone export show {identifier}")
    assert (shown["status"], shown["project_id"]) == ("COMPLETE", cloud.owner.project)
    assert shown["location"].startswith("designate://")
    [listed] = owner(f"zone export list --status COMPLETE --zone-id {zone['id']}")
    assert (listed["id"], listed["status"]) == (identifier, "COMPLETE")
    text = owner(f"zone export showfile {identifier}")["data"]
    assert text.startswith(f"$ORIGIN {zone['name']}\n$TTL 3600\n\n")
    assert "ns1.shop.example." in text

    absent = "Could not find ZoneExport"
    assert rival(f"zone export list --zone-id {zone['id']}") == []
    assert rival.refused(f"zone export show {identifier}") == absent
    assert rival.refused(f"zone export showfile {identifier}") == absent
    assert rival.refused(f"zone export delete {identifier}") == absent
    assert rival.refused(f"zone export create {zone['id']}") == "Could not find Zone"
    assert clerk.refused(f"zone export create {zone['id']}") == "forbidden"
    assert owner.refused(f"zone export show {NOWHERE}") == absent
    owner(f"zone export delete {identifier}")
    assert owner.refused(f"zone export show {identifier}") == absent


def imports(cloud: Cloud) -> None:
    """A zone file goes in, with attributes too; a bad one says what is wrong."""
    owner, rival, clerk = map(cloud.client, (cloud.owner, cloud.rival, cloud.clerk))
    name = f"{uuid.uuid4().hex[:12]}.example."
    file = cloud.directory / "imported.zone"
    file.write_text(ZONE_FILE.format(name=name), "ascii")
    made = owner(f"zone import create {file}")
    assert made["status"] == "PENDING"
    path = f"/v2/zones/tasks/imports/{made['id']}"
    task = cloud.wait(path, status="COMPLETE")
    shown = owner(f"zone import show {made['id']}")
    assert (shown["zone_id"], shown["message"]) == (task["zone_id"], f"{name} imported")
    [www] = owner(f"recordset list {name} --type A")
    assert (www["name"], www["records"]) == (f"www.{name}", "192.0.2.80")
    criteria = f"--status COMPLETE --zone-id {task['zone_id']} --message '{name} imported'"
    [listed] = owner(f"zone import list {criteria}")
    assert listed["id"] == made["id"]

    again = owner(f"zone import create {file} --attributes tier:gold")
    failed = cloud.wait(f"/v2/zones/tasks/imports/{again['id']}", status="ERROR")
    assert "uplicate" in failed["message"]
    absent = "Could not find ZoneImport"
    assert rival.refused(f"zone import show {made['id']}") == absent
    assert rival.refused(f"zone import delete {made['id']}") == absent
    assert clerk.refused(f"zone import create {file}") == "forbidden"
    for task in (made, again):
        owner(f"zone import delete {task['id']}")
        assert owner.refused(f"zone import show {task['id']}") == absent
