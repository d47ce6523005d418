# SPDX-License-Identifier: Apache-2.0
"""Changing and deleting zones (API.md 6.4, 6.6; decision 3a.16)."""

import pytest

from designate.errors import (
    BadRequest,
    Forbidden,
    InvalidTTL,
    ZoneHasSubZone,
    ZoneIsShared,
    ZoneNotFound,
)
from designate.model.context import Context
from designate.model.listing import Query
from designate.model.zones import ZoneChange
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, OTHER_POOL, Site, caller, without

DELETE_SHARES = caller("p1", delete_shares=True)


def test_a_change_that_dns_shows_is_a_version_with_a_new_serial(site: Site) -> None:
    """The e-mail stands in the SOA, so that the serial rises at once."""
    zone = site.zone()
    after = site.central.zones.update(caller(), zone.id, ZoneChange(email="new@example.org"))
    assert (after.generation, after.version, after.serial) == (2, 2, zone.serial + 1)
    assert (after.status, after.action) == ("PENDING", "UPDATE")
    assert after.updated_at is not None
    assert (
        site.apex(zone, "SOA").records[0].startswith(f"ns1.pool. new.example.org. {after.serial}")
    )


@pytest.mark.parametrize(
    "change",
    [
        ZoneChange(),
        ZoneChange(description="for the shop"),
        ZoneChange(attributes={"tier": "gold"}),
        ZoneChange(email="DNS@EXAMPLE.ORG"),
        ZoneChange(ttl=3600, email="dns@example.org", description=None, masters=[]),
    ],
    ids=["nothing", "description", "attributes", "case", "echo"],
)
def test_a_change_that_dns_does_not_show_keeps_the_serial(site: Site, change: ZoneChange) -> None:
    """It is a version all the same, confirmed at once as nothing is to be served."""
    zone = site.zone()
    site.confirm(zone)
    site.clock.advance(60)
    after = site.central.zones.update(caller(), zone.id, change)
    assert (after.serial, after.version) == (zone.serial, zone.version + 1)
    assert (after.status, after.action) == ("ACTIVE", "NONE")
    assert after.confirmed_generation == after.generation == 2
    assert site.fresh(zone) == after


def test_a_hidden_change_of_an_unconfirmed_zone_stays_pending(site: Site) -> None:
    """What was not served before is not served by a new description."""
    zone = site.zone()
    after = site.central.zones.update(caller(), zone.id, ZoneChange(description="x"))
    assert (after.status, after.action) == ("PENDING", "CREATE")
    assert after.confirmed_generation == 0


def test_fields_that_are_not_named_keep_their_values(site: Site) -> None:
    """A PATCH writes what it names, null included."""
    zone = site.zone(description="old", attributes={"a": "b"}, ttl=60)
    change = ZoneChange(description=None)
    after = site.central.zones.update(caller(), zone.id, change)
    changing = ("description", "generation", "version", "updated_at")
    assert without(after, *changing) == without(zone, *changing)
    assert after.description is None


def test_the_ttl_has_a_minimum_for_members(make_site: MakeSite) -> None:
    """An admin may go below it."""
    site = make_site(min_ttl=60)
    zone = site.zone()
    with pytest.raises(InvalidTTL):
        site.central.zones.update(caller(), zone.id, ZoneChange(ttl=59))
    assert site.central.zones.update(ADMIN, zone.id, ZoneChange(ttl=59)).ttl == 59


@pytest.mark.parametrize(
    "change", [ZoneChange(masters=["192.0.2.1"]), ZoneChange(email=f"{'x' * 64}@a.b")]
)
def test_what_a_primary_zone_cannot_hold_is_refused(site: Site, change: ZoneChange) -> None:
    """Masters belong to SECONDARY zones; an e-mail must fit the SOA."""
    zone = site.zone()
    with pytest.raises(BadRequest):
        site.central.zones.update(caller(), zone.id, change)
    assert site.fresh(zone) == zone


def test_a_zone_that_is_being_deleted_is_not_changed(site: Site) -> None:
    """The caller learns that it is too late, an outsider that there is nothing."""
    zone = site.zone()
    site.central.zones.delete(caller(), zone.id)
    with pytest.raises(BadRequest, match="deleted"):
        site.central.zones.update(caller(), zone.id, ZoneChange())
    with pytest.raises(Forbidden):
        site.central.zones.update(caller("p1", "reader"), zone.id, ZoneChange())
    with pytest.raises(ZoneNotFound):
        site.central.zones.update(caller("p3"), zone.id, ZoneChange())


# -- deleting ---------------------------------------------------------------------------------


def test_a_deleted_zone_waits_for_the_name_servers(site: Site) -> None:
    """It is listed as DELETE until they do not have it, and may be deleted again meanwhile."""
    zone = site.zone()
    gone = site.central.zones.delete(caller(), zone.id)
    assert (gone.status, gone.action, gone.serial) == ("PENDING", "DELETE", zone.serial)
    assert site.central.zones.delete(caller(), zone.id) == site.fresh(zone) == gone
    site.remove(zone)
    with pytest.raises(ZoneNotFound):
        site.central.zones.get(caller(), zone.id)
    assert site.central.zones.find(caller(), Query()).items == []


def test_a_confirmed_zone_waits_too(site: Site) -> None:
    """That nothing in DNS changed yet does not make a deletion done."""
    zone = site.zone()
    site.confirm(zone)
    gone = site.central.zones.delete(caller(), zone.id)
    assert (gone.status, gone.action) == ("PENDING", "DELETE")
    assert gone.generation > gone.confirmed_generation


def test_a_shared_zone_is_not_deleted_by_chance(site: Site) -> None:
    """The switch removes the shares with it."""
    zone = site.zone()
    site.share(zone, "p2")
    with pytest.raises(ZoneIsShared):
        site.central.zones.delete(caller(), zone.id)
    assert site.central.zones.delete(DELETE_SHARES, zone.id).action == "DELETE"
    assert not site.fresh(zone).shared
    with pytest.raises(ZoneNotFound):
        site.central.zones.get(caller("p2"), zone.id)


@pytest.mark.parametrize("pool_id", [None, OTHER_POOL])
def test_a_zone_with_zones_below_it_is_not_deleted(site: Site, pool_id: str | None) -> None:
    """Whoever owns them, in whatever pool, even while they are being deleted."""
    zone = site.zone("example.org.")
    near = {"pool_id": pool_id} if pool_id else {}
    child = site.foreign("a.b.EXAMPLE.org.", **near)
    site.foreign("otherexample.org.")
    site.central.zones.delete(ADMIN, child.id)
    with pytest.raises(ZoneHasSubZone):
        site.central.zones.delete(caller(), zone.id)
    site.remove(child)
    assert site.central.zones.delete(caller(), zone.id).action == "DELETE"


def test_of_two_reasons_against_a_deletion_the_earlier_is_told(site: Site) -> None:
    """The order is that of API.md 6.6: catalog, policy, shares, zones below."""
    zone = site.zone("example.org.")
    site.foreign("a.example.org.")
    site.share(zone, "p2")
    reasons: list[tuple[Context, type[Exception]]] = [
        (caller("p1", "reader"), Forbidden),
        (caller(), ZoneIsShared),
        (DELETE_SHARES, ZoneHasSubZone),
    ]
    for ctx, error in reasons:
        with pytest.raises(error):
            site.central.zones.delete(ctx, zone.id)
    site.change(zone, type="CATALOG")
    with pytest.raises(Forbidden, match="Catalog"):
        site.central.zones.delete(caller("p1", "reader"), zone.id)


def test_a_deleted_zone_frees_its_place_in_the_quota(site: Site) -> None:
    """A zone counts until name servers have forgotten it."""
    site.limit("p1", zones=1)
    zone = site.zone("one.example.")
    site.central.zones.delete(caller(), zone.id)
    with pytest.raises(Exception, match="zones"):
        site.zone("two.example.")
    site.remove(zone)
    site.zone("two.example.")


def test_hard_delete_is_remembered(site: Site) -> None:
    """The worker reads from the zone that files are to go as well."""
    zone = site.zone()
    assert site.central.zones.delete(caller(hard_delete=True), zone.id).hard_delete


# -- lists ------------------------------------------------------------------------------------


def test_lists_show_own_and_shared_zones(site: Site) -> None:
    """The total counts both; all-projects shows every zone."""
    mine = site.zone("a.example.")
    site.clock.advance(1)
    shared = site.zone("b.example.", caller("p2"))
    site.zone("c.example.", caller("p2"))
    site.share(shared, "p1")
    page = site.central.zones.find(caller(), Query())
    assert ([zone.id for zone in page.items], page.total) == ([mine.id, shared.id], 2)
    assert [zone.shared for zone in page.items] == [False, True]
    assert site.central.zones.find(ADMIN, Query()).total == 3


def test_catalog_zones_show_to_admins_only(site: Site) -> None:
    """The filter by type works for everybody and never uncovers them."""
    zone = site.zone()
    site.change(zone, type="CATALOG")
    query = Query(filters={"type": "CATALOG"})
    assert site.central.zones.find(caller(), query).total == 0
    assert site.central.zones.find(ADMIN, query).total == 1
    assert site.central.zones.find(ADMIN, Query(filters={"type": "PRIMARY"})).total == 0
