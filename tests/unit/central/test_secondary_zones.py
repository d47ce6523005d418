# SPDX-License-Identifier: Apache-2.0
"""Zones whose content comes from masters (API.md sections 3.3, 6.1 and 6.3)."""

import pytest

from designate.errors import (
    DuplicateZoneAttribute,
    Forbidden,
    InvalidObject,
    OverQuota,
    RecordSetNotFound,
)
from designate.model.zones import AWAITS_TRANSFER, NewZone, Zone, ZoneChange
from designate.storage import work
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, Site, caller

MASTERS = ["192.0.2.1", "[2001:db8::1]:5353"]


def secondary(site: Site, name: str = "example.org.", masters: list[str] | None = None) -> Zone:
    """Create a secondary zone of p1."""
    new = NewZone(name=name, email="", type="SECONDARY", masters=masters or MASTERS)
    return site.central.zones.create(caller(), new)


def test_a_new_secondary_zone_has_a_soa_of_ours_and_nothing_else(site: Site) -> None:
    """Serial 1, the service's mailbox, and a reason why it is not served."""
    zone = secondary(site)
    assert (zone.type, zone.serial, zone.masters) == ("SECONDARY", 1, MASTERS)
    assert (zone.email, zone.ttl) == ("hostmaster@example.com", 3600)
    assert [item.type for item in site.listed(zone)] == ["SOA"]
    shown = site.fresh(zone)
    assert (shown.status, shown.action, shown.recordset_count) == ("PENDING", "CREATE", 1)
    assert shown.status_reason == AWAITS_TRANSFER
    assert site.central.zones.delete(caller(), zone.id).action == "DELETE"
    assert site.fresh(zone).status_reason is None


def test_the_serial_is_left_to_the_master(site: Site) -> None:
    """Also where a zone of that name had a higher one, and where an admin writes a record."""
    site.remove(site.zone())
    zone = secondary(site)
    assert zone.serial == 1
    site.recordset(zone, "www", "A", "192.0.2.1", ctx=ADMIN)
    assert (site.fresh(zone).serial, site.fresh(zone).generation) == (1, 2)


def test_recordsets_are_for_admins(site: Site) -> None:
    """Whoever owns the zone."""
    zone = secondary(site)
    www = site.recordset(zone, "www", "A", "192.0.2.1", ctx=ADMIN)
    with pytest.raises(Forbidden):
        site.recordset(zone, "mail", "A", "192.0.2.1")
    with pytest.raises(Forbidden):
        site.central.recordsets.delete(caller(), zone.id, www.id)
    site.central.recordsets.delete(ADMIN, zone.id, www.id)
    with pytest.raises(RecordSetNotFound):
        site.central.recordsets.get(ADMIN, zone.id, www.id)


def test_masters_are_replaced_as_a_whole(site: Site) -> None:
    """In the order given; the worker hears of it, and nothing else has changed."""
    zone = secondary(site)
    site.store.write(lambda tx: work.claim(tx, [zone.name_key], "token", 2e9))
    heard: list[frozenset[str]] = []
    site.store.subscribe(heard.append)
    change = ZoneChange(masters=["ns2.example.net.", "ns1.example.net."])
    after = site.central.zones.update(caller(), zone.id, change)
    assert (after.masters, after.serial) == (["ns2.example.net.", "ns1.example.net."], 1)
    assert site.fresh(zone).masters == after.masters
    assert heard == [frozenset({zone.name_key})]


def test_a_master_is_named_once(site: Site) -> None:
    """However its address, its case or its port is spelled."""
    for masters in (
        ["192.0.2.1", "192.0.2.1"],
        ["2001:db8::1", "2001:DB8:0:0::1"],
        ["[2001:db8::1]:54", "[2001:DB8::1]:54"],
        ["ns.example.net", "NS.example.net."],
        ["ns.example.net:54", "NS.example.net.:54"],
    ):
        with pytest.raises(DuplicateZoneAttribute):
            secondary(site, masters=masters)
    zone = secondary(site, masters=["192.0.2.1", "192.0.2.1:54", "2001:db8::1"])
    with pytest.raises(DuplicateZoneAttribute):
        change = ZoneChange(masters=["192.0.2.9", "192.0.2.9"])
        site.central.zones.update(caller(), zone.id, change)
    assert site.fresh(zone).masters == zone.masters


def test_a_long_master_is_kept(site: Site) -> None:
    """A full IPv6 address with its port, a name of 254 characters."""
    name = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 60]) + "."
    masters = ["[2001:0db8:1111:2222:3333:4444:5555:6666]:65535", name]
    assert site.fresh(secondary(site, masters=masters)).masters == masters


def test_what_a_secondary_zone_does_not_have_is_not_changed(site: Site) -> None:
    """Its mailbox and TTL are its master's; without masters it would be nothing."""
    zone = secondary(site)
    for change, path in (
        (ZoneChange(email="a@b.c"), ("type",)),
        (ZoneChange(ttl=60), ("type",)),
        (ZoneChange(masters=[]), ("type", "masters")),
    ):
        with pytest.raises(InvalidObject) as refused:
            site.central.zones.update(caller(), zone.id, change)
        assert [problem.path for problem in refused.value.problems] == [path]
    assert site.fresh(zone) == site.central.zones.get(caller(), zone.id)
    after = site.central.zones.update(caller(), zone.id, ZoneChange(description="copy"))
    assert (after.description, after.serial) == ("copy", 1)
    primary = site.zone("primary.example.")
    with pytest.raises(InvalidObject) as refused:
        site.central.zones.update(caller(), primary.id, ZoneChange(masters=["192.0.2.1"]))
    assert refused.value.problems[0].validator == "maxItems"
    site.central.zones.update(caller(), primary.id, ZoneChange(masters=[]))


def test_quotas_and_names_are_as_for_others(make_site: MakeSite) -> None:
    """It counts as a zone, and its SOA as a recordset."""
    site = make_site()
    site.limit("p1", zones=1, zone_recordsets=0)
    with pytest.raises(OverQuota, match="zone_recordsets"):
        secondary(site)
    site = make_site()
    site.limit("p1", zones=1)
    secondary(site)
    with pytest.raises(OverQuota, match="zones"):
        secondary(site, "b.example.")
