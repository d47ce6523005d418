# SPDX-License-Identifier: Apache-2.0
"""Pools: name servers and limits as they are shown, and NS records that changed."""

from collections.abc import Collection

import pytest
from sqlalchemy import select

from designate.errors import InvalidObject, InvalidOperation, ZoneNotFound
from designate.model.listing import Query
from designate.model.pools import Nameserver, NsRecord, PoolChange
from designate.storage.tables import zone_servers
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, Site, caller

NEW = [NsRecord(priority=1, hostname="ns3.pool."), NsRecord(priority=2, hostname="ns1.pool.")]


def renew(site: Site) -> int:
    """Let all waiting zones have their new apex; return how many runs that took."""
    runs = 0
    while site.pools.run_next():
        runs += 1
    return runs


def test_new_ns_records_reach_every_zone(site: Site) -> None:
    """Each zone gets a version with the new NS set and the new primary in its SOA."""
    zones = [site.zone(f"z{n}.example.") for n in range(3)]
    for zone in zones:
        site.confirm(zone)
    site.pool(DEFAULT_POOL, "default", ns_records=NEW)
    assert renew(site) == 1
    for zone in zones:
        ns = site.apex(zone, "NS")
        assert ns.records == ["ns3.pool.", "ns1.pool."]
        assert (ns.status, ns.action, ns.managed) == ("PENDING", "UPDATE", True)
        after = site.fresh(zone)
        assert (after.serial, after.generation) == (zone.serial + 1, zone.generation + 1)
        assert after.mname == "ns3.pool."
        assert site.apex(zone, "SOA").records[0].startswith("ns3.pool. ")
    assert renew(site) == 0


def test_a_new_zone_is_not_behind(site: Site) -> None:
    """It was made of the records of the moment."""
    site.pool(DEFAULT_POOL, "default", ns_records=NEW)
    site.zone()
    assert renew(site) == 0


def test_what_is_not_there_is_not_made(site: Site) -> None:
    """An apex NS that an admin deleted stays deleted; a zone being deleted stays as it is."""
    manager = caller("admins", "admin", "member", all_projects=True, edit_managed=True)
    bare, leaving = site.zone("a.example."), site.zone("b.example.")
    site.central.recordsets.delete(manager, bare.id, site.apex(bare, "NS").id)
    gone = site.central.zones.delete(caller(), leaving.id)
    site.pool(DEFAULT_POOL, "default", ns_records=NEW)
    assert renew(site) == 1
    assert [item.type for item in site.listed(bare)] == ["SOA"]
    assert site.fresh(bare).mname == "ns3.pool."
    assert site.fresh(leaving) == gone


def test_what_was_made_in_its_place_is_somebodys(site: Site) -> None:
    """A member's NS set stays as it is, and what is counted does too."""
    manager = caller("admins", "admin", "member", all_projects=True, edit_managed=True)
    zone = site.zone()
    site.central.recordsets.delete(manager, zone.id, site.apex(zone, "NS").id)
    mine = site.recordset(zone, "@", "NS", "mine.example.net.")
    site.pool(DEFAULT_POOL, "default", ns_records=NEW)
    assert renew(site) == 1
    after = site.apex(zone, "NS")
    assert (after.id, after.records, after.version) == (mine.id, mine.records, mine.version)
    assert site.fresh(zone).mname == "ns3.pool."
    assert site.fresh(zone).record_count == 1


def test_ns_records_that_no_answer_holds_are_refused(site: Site) -> None:
    """No zone could be made of them."""
    long = [NsRecord(priority=1, hostname=f"{n}{'.abcdefg' * 30}.") for n in range(300)]
    with pytest.raises(InvalidObject) as caught:
        site.central.pools.update(ADMIN, DEFAULT_POOL, PoolChange(ns_records=long))
    assert caught.value.problems[0].path == ("ns_records",)
    assert renew(site) == 0


def test_a_zone_that_moves_meanwhile_keeps_the_records_of_its_new_pool(site: Site) -> None:
    """Those of the old pool do not come after it, and the next ones of the new pool do."""
    zones = {name: site.zone(name) for name in ("a.example.", "b.example.")}
    site.pool(OTHER_POOL, "other", ns_records=[NsRecord(priority=1, hostname="ns8.pool.")])
    site.tsigkey(OTHER_POOL)
    elsewhere = site.elsewhere(site.central.zones)
    moved = list[str]()

    def move(renewed: Collection[str]) -> None:
        if not moved:
            (later,) = zones.keys() - renewed
            elsewhere.move(ADMIN, zones[later].id, OTHER_POOL)
            moved.append(later)

    # The old pool has more versions of them than the new one will have.
    for hostname in ("ns3.pool.", "ns4.pool.", "ns5.pool."):
        site.pool(DEFAULT_POOL, "default", ns_records=[NsRecord(priority=1, hostname=hostname)])
    site.store.subscribe(move)
    renew(site)
    zone = zones[moved[0]]
    assert site.apex(zone, "NS").records == ["ns8.pool."]
    assert site.fresh(zone).mname == "ns8.pool."
    site.pool(OTHER_POOL, "other", ns_records=NEW)
    assert renew(site) == 1
    assert site.apex(zone, "NS").records == ["ns3.pool.", "ns1.pool."]


def test_secondary_zones_keep_the_records_of_their_master(site: Site) -> None:
    """They have no version of ours, and are not looked at again."""
    zone = site.zone(type="SECONDARY", email="", masters=["192.0.2.1"])
    site.pool(DEFAULT_POOL, "default", ns_records=NEW)
    assert renew(site) == 1
    assert site.fresh(zone) == zone


def test_nameservers_are_those_of_the_pool(site: Site) -> None:
    """In the order of the pool's definition."""
    zone = site.zone()
    found = site.central.nameservers.find(caller(), zone.id)
    assert [(ns.priority, ns.hostname) for ns in found] == [(1, "ns1.pool."), (2, "ns2.pool.")]
    with pytest.raises(ZoneNotFound):
        site.central.nameservers.find(caller("p3"), zone.id)


def test_limits_are_the_projects_own(make_site: MakeSite) -> None:
    """Quotas of the project, else the defaults, and the limits of the installation."""
    site = make_site(min_ttl=30, max_zone_name_len=100, max_recordset_name_len=90)
    site.limit("p1", zones=5, recordset_records=-1)
    mine = site.central.limits.get(caller())
    assert (mine.max_zones, mine.max_zone_recordsets, mine.max_zone_records) == (5, 500, 500)
    assert mine.max_recordset_records == -1
    assert (mine.min_ttl, mine.max_zone_name_length, mine.max_recordset_name_length) == (
        30,
        100,
        90,
    )
    assert mine.max_page_limit == 1000
    assert site.central.limits.get(ADMIN).max_zones == 10


def test_ns_records_changed_over_the_api_reach_every_zone(site: Site) -> None:
    """As those of a file do, and the worker is told; servers of the pool stay as they are."""
    site.pool(DEFAULT_POOL, "default", nameservers=[Nameserver(host="192.0.2.53")])
    zone = site.zone()
    told = list[bool]()
    site.store.subscribe_tasks(lambda: told.append(True))
    after = site.central.pools.update(ADMIN, DEFAULT_POOL, PoolChange(ns_records=NEW))
    assert after.nameservers == [Nameserver(host="192.0.2.53")]
    assert told == [True]
    assert renew(site) == 1
    assert site.apex(zone, "NS").records == ["ns3.pool.", "ns1.pool."]
    site.central.pools.update(ADMIN, DEFAULT_POOL, PoolChange(description="text"))
    assert told == [True]
    assert renew(site) == 0


def test_a_pool_that_is_deleted_forgets_its_servers(site: Site) -> None:
    """What was known of them would be asked for for ever."""
    pool = site.pool(OTHER_POOL, "other", nameservers=[Nameserver(host="192.0.2.53")])
    zone = site.foreign("shop.example.", pool_id=OTHER_POOL)
    two = [Nameserver(host="192.0.2.53"), Nameserver(host="192.0.2.54")]
    site.pool(OTHER_POOL, "other", nameservers=two)
    with pytest.raises(InvalidOperation):
        site.central.pools.delete(ADMIN, pool.id)
    site.remove(zone)
    site.central.pools.delete(ADMIN, pool.id)
    with site.store.read() as connection:
        assert connection.execute(select(zone_servers)).all() == []


def test_a_pool_that_is_deleted_takes_its_keys_along(site: Site) -> None:
    """They would count for whatever has its id again; others stay."""
    site.pool(OTHER_POOL, "other")
    site.tsigkey(OTHER_POOL)
    site.tsigkey(DEFAULT_POOL)
    site.central.pools.delete(ADMIN, OTHER_POOL)
    left = site.central.tsigkeys.find(ADMIN, Query()).items
    assert [key.resource_id for key in left] == [DEFAULT_POOL]
