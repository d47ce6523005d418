# SPDX-License-Identifier: Apache-2.0
"""`openstack dns`: quotas, limits, services."""

from tests.clients.cloud import Cloud
from tests.clients.walks.zones import NOWHERE

NAMES = ["api_export_size", "recordset_records", "zone_records", "zone_recordsets", "zones"]


def limits(cloud: Cloud) -> None:
    """Everybody may know them."""
    found = cloud.client(cloud.guest)("dns limit list")
    assert [item["Limit"] for item in found] == [
        "max_page_limit",
        "max_recordset_name_length",
        "max_recordset_records",
        "max_zone_name_length",
        "max_zone_records",
        "max_zone_recordsets",
        "max_zones",
        "min_ttl",
    ]


def quotas(cloud: Cloud) -> None:
    """Operators set them for others; who has too much gets no more."""
    clerk, rival, operator = map(cloud.client, (cloud.clerk, cloud.rival, cloud.operator))
    project = cloud.rival.project
    before = clerk("dns quota list")
    assert sorted(before) == NAMES
    changed = operator(f"dns quota set --project-id {project} --zones 0 --recordset-records 7")
    assert (changed["zones"], changed["recordset_records"]) == (0, 7)
    assert rival("dns quota list") == changed
    refused = rival.refused("zone create toomuch.example. --email dns@walk.example")
    assert refused == "Quota exceeded for zones."
    assert operator(f"dns quota list --project-id {project}") == changed
    assert rival.refused(f"dns quota set --project-id {project} --zones 5") == "forbidden"
    assert rival.refused(f"dns quota list --project-id {cloud.owner.project}") == "forbidden"
    assert rival.refused(f"dns quota reset --project-id {project}") == "forbidden"
    assert "zones" in operator.refused(f"dns quota set --project-id {project} --zones -2")
    operator(f"dns quota reset --project-id {project}")
    assert rival("dns quota list") == before


def services(cloud: Cloud) -> None:
    """Operators see that all of them are up."""
    owner, operator = cloud.client(cloud.owner), cloud.client(cloud.operator)
    found = operator("dns service list --status UP")
    names = {item["service_name"] for item in found}
    assert {"central", "worker", "mdns", "producer"} <= names
    one = operator(f"dns service show {found[0]['id']}")
    assert (one["hostname"], one["status"]) == (found[0]["hostname"], "UP")
    by_host = operator(f"dns service list --hostname {one['hostname']} --service_name worker")
    assert [item["service_name"] for item in by_host] == ["worker"]
    assert owner.refused("dns service list") == "forbidden"
    assert owner.refused(f"dns service show {one['id']}") == "forbidden"
    assert operator.refused(f"dns service show {NOWHERE}") == "Could not find ServiceStatus"
