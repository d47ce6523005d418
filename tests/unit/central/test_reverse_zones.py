# SPDX-License-Identifier: Apache-2.0
"""Reverse zones of floating IPs: which one a record goes into, and which are made."""

import pytest

from designate.errors import (
    BadRequest,
    DuplicateZone,
    IllegalChild,
    InvalidRecordSetLocation,
    InvalidZoneName,
)
from designate.model.floatingips import Ptr
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import DEFAULT_POOL, OTHER_POOL, Site
from tests.unit.central.test_floatingips import MANAGED, OWNER, REVERSE, ptrs, reverse_zones, shown


def test_the_first_record_makes_the_reverse_zone(site: Site) -> None:
    """Of the project of managed resources, in one version with the record."""
    item = site.floatingip()
    ptr = site.ptr(item, "vm1.example.org.", description="vm1")
    assert ptr == Ptr(
        name="vm1.example.org.", ttl=3600, description="vm1", status="PENDING", action="CREATE"
    )
    assert shown(site, item) == ptr
    (zone,) = reverse_zones(site)
    assert (zone.name, zone.project_id, zone.email) == (REVERSE, MANAGED, "hostmaster@example.com")
    assert (zone.generation, zone.recordset_count, zone.record_count) == (1, 3, 0)
    (recordset,) = ptrs(site)
    assert (recordset.name, recordset.records) == (f"7.{REVERSE}", ["vm1.example.org."])
    assert (recordset.project_id, recordset.managed, recordset.ttl) == ("p1", True, None)


def test_addresses_of_one_network_share_a_zone(site: Site) -> None:
    """It is made once."""
    for last in (7, 8, 9):
        site.ptr(site.floatingip(f"198.51.100.{last}"), "vm.example.org.")
    site.ptr(site.floatingip("198.51.101.7"), "vm.example.org.")
    assert sorted(zone.name for zone in reverse_zones(site)) == [
        REVERSE,
        "101.51.198.in-addr.arpa.",
    ]
    assert len(ptrs(site)) == 4


def test_ipv6_has_reverse_names_too(site: Site) -> None:
    """In zones of 64 bits."""
    item = site.floatingip("2001:db8:1:2::a")
    site.ptr(item, "six.example.org.")
    (zone,) = reverse_zones(site)
    assert zone.name == "2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."
    assert ptrs(site)[0].name == f"a.{'0.' * 15}{zone.name}"
    assert shown(site, item) is not None


def test_a_site_chooses_how_large_reverse_zones_are(make_site: MakeSite) -> None:
    """By the bits that their addresses have in common."""
    site = make_site(ipv4_ptr_zone_prefix_size=16, ipv6_ptr_zone_prefix_size=32)
    site.ptr(site.floatingip(), "vm.example.org.")
    site.ptr(site.floatingip("2001:db8::1"), "vm.example.org.")
    names = {zone.name for zone in reverse_zones(site)}
    assert names == {"51.198.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."}


@pytest.mark.parametrize("name", ["198.in-addr.arpa.", "7.100.51.198.in-addr.arpa."])
def test_a_zone_that_covers_the_address_is_used(site: Site, name: str) -> None:
    """The nearest one of the project of managed resources, whatever its size."""
    site.zone("in-addr.arpa.", OWNER)
    zone = site.zone(name, OWNER)
    item = site.floatingip()
    site.ptr(item, "vm.example.org.", ttl=60)
    assert [recordset.zone_id for recordset in ptrs(site)] == [zone.id]
    ptr = shown(site, item)
    assert ptr is not None
    assert ptr.ttl == 60


def test_of_two_zones_of_a_name_the_older_is_used(make_site: MakeSite) -> None:
    """A project may have one in each pool."""
    site = make_site(scheduler=["attribute"])
    site.pool(DEFAULT_POOL, "default", attributes={"where": "here"})
    site.pool(OTHER_POOL, "other", attributes={"where": "there"})
    site.tsigkey(OTHER_POOL)
    first = site.zone(REVERSE, OWNER, attributes={"where": "there"})
    site.clock.advance(1)
    site.zone(REVERSE, OWNER, attributes={"where": "here"})
    site.ptr(site.floatingip(), "vm.example.org.")
    assert ptrs(site)[0].zone_id == first.id


def test_zones_of_other_projects_are_not_touched(site: Site) -> None:
    """They stand in the way, as they do of every new zone."""
    item = site.floatingip()
    for name, error in ((REVERSE, DuplicateZone), ("51.198.in-addr.arpa.", IllegalChild)):
        zone = site.zone(name)
        with pytest.raises(error):
            site.ptr(item, "vm.example.org.")
        site.remove(zone)


def test_a_secondary_zone_is_not_written_to(site: Site) -> None:
    """What it holds is its master's; there cannot be another zone of the name."""
    site.zone(REVERSE, OWNER, type="SECONDARY", email="", masters=["192.0.2.1"])
    with pytest.raises(DuplicateZone):
        site.ptr(site.floatingip(), "vm.example.org.")


def test_a_record_cannot_stand_beside_a_cname_or_below_a_child_zone(site: Site) -> None:
    """The rules of every recordset hold."""
    zone = site.zone(REVERSE, OWNER)
    site.recordset(zone, "7", "CNAME", "7.0-25.100.51.198.in-addr.arpa.", ctx=OWNER)
    with pytest.raises(InvalidRecordSetLocation, match="CNAME"):
        site.ptr(site.floatingip(), "vm.example.org.")
    site.foreign(f"8.{REVERSE}")
    with pytest.raises(InvalidRecordSetLocation, match="child zone"):
        site.ptr(site.floatingip("198.51.100.8"), "vm.example.org.")


def test_a_new_zone_keeps_the_rules_of_the_site(site: Site) -> None:
    """TLDs count; blacklists and quotas are for tenants, and this zone is the service's."""
    item = site.floatingip()
    site.blacklist("arpa")
    site.limit(MANAGED, zones=0, zone_recordsets=0)
    site.tld("org")
    with pytest.raises(InvalidZoneName):
        site.ptr(item, "vm.example.org.")
    site.tld("arpa")
    assert site.ptr(item, "vm.example.org.") is not None
    assert site.ptr(site.floatingip("198.51.100.8"), "vm.example.org.") is not None


def test_a_zone_that_is_being_deleted_takes_no_record(site: Site) -> None:
    """Once it is gone, it is made anew."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    (zone,) = reverse_zones(site)
    site.central.zones.delete(OWNER, zone.id)
    for name in ("vm.example.org.", None):
        with pytest.raises(BadRequest, match="deleted"):
            site.ptr(item, name)
    site.remove(zone)
    assert shown(site, item) is None
    assert site.ptr(item, "vm.example.org.") is not None
    assert [found.id for found in reverse_zones(site)] != [zone.id]


def test_a_nearer_zone_takes_over(site: Site) -> None:
    """What was set before is hidden by it; the newest is shown, and all of them are unset."""
    site.zone("51.198.in-addr.arpa.", OWNER)
    item = site.floatingip()
    site.ptr(item, "far.example.org.")
    near = site.zone(f"7.{REVERSE}", OWNER)
    site.clock.advance(1)
    site.ptr(item, "near.example.org.")
    assert {recordset.zone_id for recordset in ptrs(site)} >= {near.id}
    ptr = shown(site, item)
    assert ptr is not None
    assert ptr.name == "near.example.org."
    site.ptr(item, None)
    assert ptrs(site) == []
