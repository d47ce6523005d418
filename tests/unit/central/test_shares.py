# SPDX-License-Identifier: Apache-2.0
"""Shares: who makes them, sees them and takes them back (API.md section 9)."""

import pytest

from designate.central.shares import Shares
from designate.errors import (
    BadRequest,
    DuplicateSharedZone,
    Forbidden,
    InvalidProject,
    MissingProject,
    SharedZoneHasRecordSets,
    SharedZoneHasSubZone,
    SharedZoneNotFound,
    ZoneNotFound,
)
from designate.model.context import Context
from designate.model.listing import Query
from designate.model.zones import Zone
from designate.storage import rows
from tests.unit.central.site import ADMIN, Site, caller, enforcer


class OneProject:
    """A Keystone that knows one project."""

    def check(self, ctx: Context, project_id: str) -> None:
        """See `contracts.projects.Projects`."""
        if project_id != "p2":
            raise InvalidProject(f"There is no project {project_id}")


def targets(site: Site, zone: Zone, ctx: Context, **filters: str) -> list[str]:
    """With whom the caller sees a zone shared."""
    page = site.central.shares.find(ctx, zone.id, Query(filters=filters))
    return [share.target_project_id for share in page.items]


def test_a_share_belongs_to_the_owner_of_the_zone(site: Site) -> None:
    """Whoever makes it: so the owner sees it, and takes it back (I34)."""
    zone = site.zone()
    share = site.central.shares.create(ADMIN, zone.id, "p2")
    assert share.project_id == "p1"
    assert site.central.shares.get(caller(), zone.id, share.id) == share
    site.central.shares.delete(caller(), zone.id, share.id)
    assert not site.fresh(zone).shared


def test_the_owner_finds_the_share_with_a_project(site: Site) -> None:
    """Its readers as well (I15); others find their own, if they are members."""
    zone = site.zone()
    for target in ("p2", "p3"):
        site.share(zone, target)
    for ctx in (caller(), caller("p1", "reader"), ADMIN):
        assert targets(site, zone, ctx) == ["p2", "p3"]
        assert targets(site, zone, ctx, target_project_id="p3") == ["p3"]
    assert targets(site, zone, caller("p2")) == ["p2"]
    assert targets(site, zone, caller("p2"), target_project_id="p3") == []
    assert targets(site, zone, caller("p4")) == []
    assert targets(site, zone, caller("admins", "admin")) == []
    assert targets(site, zone, caller(None, "member")) == []
    for reader in (caller("p2", "reader"), caller("p4", "reader"), caller("p1", "none")):
        with pytest.raises(Forbidden):
            targets(site, zone, reader)


def test_keystone_is_asked_before_anything_else(site: Site) -> None:
    """A project that does not exist gets nothing, whatever the zone is."""
    shares = Shares(site.store, enforcer(), OneProject())
    with pytest.raises(InvalidProject):
        shares.create(caller("p9", "none"), rows.new_id(), "p3")
    with pytest.raises(ZoneNotFound):
        shares.create(caller("p9", "none"), rows.new_id(), "p2")


def test_the_first_reason_to_refuse_is_told(site: Site) -> None:
    """Hidden, forbidden, catalog or deleted, no project, own, twice: in this order."""
    zone = site.zone()
    share = site.central.shares.create
    site.share(zone, "p2")
    with pytest.raises(ZoneNotFound):
        share(caller("p3", "none"), zone.id, "p1")
    with pytest.raises(Forbidden):
        share(caller("p2"), zone.id, "p1")
    nobody = caller(None, "admin", all_projects=True)
    with pytest.raises(MissingProject):
        share(nobody, zone.id, "p1")
    with pytest.raises(BadRequest, match="owns it"):
        share(caller(), zone.id, "p1")
    with pytest.raises(DuplicateSharedZone):
        share(caller(), zone.id, "p2")
    site.change(zone, action="DELETE")
    with pytest.raises(BadRequest, match="deleted"):
        share(nobody, zone.id, "p1")
    site.change(zone, type="CATALOG")
    with pytest.raises(Forbidden):
        share(caller(), zone.id, "p1")


def test_a_share_that_is_used_stays(site: Site) -> None:
    """Zones below come first, then recordsets; those of others do not count."""
    zone = site.zone()
    site.share(zone, "p2")
    site.share(zone, "p3")
    (kept, free) = site.central.shares.find(caller(), zone.id, Query()).items
    www = site.recordset(zone, "www", "A", "192.0.2.1", ctx=caller("p2"))
    site.foreign("a.example.org.", "p2")
    with pytest.raises(SharedZoneHasSubZone):
        site.central.shares.delete(caller(), zone.id, kept.id)
    site.central.shares.delete(caller(), zone.id, free.id)
    site.remove(site.central.zones.find(caller("p2"), Query(filters={"name": "a.*"})).items[0])
    with pytest.raises(SharedZoneHasRecordSets):
        site.central.shares.delete(caller(), zone.id, kept.id)
    site.central.recordsets.delete(caller("p2"), zone.id, www.id)
    site.central.shares.delete(caller(), zone.id, kept.id)
    with pytest.raises(ZoneNotFound):
        site.central.zones.get(caller("p2"), zone.id)


def test_a_recordset_that_was_made_long_ago_counts(site: Site) -> None:
    """However old it is."""
    zone = site.zone()
    share = site.central.shares.create(caller(), zone.id, "p2")
    site.recordset(zone, "www", "A", "192.0.2.1", ctx=caller("p2"))
    site.clock.advance(100_000)
    with pytest.raises(SharedZoneHasRecordSets):
        site.central.shares.delete(caller(), zone.id, share.id)


def test_a_share_is_of_its_zone(site: Site) -> None:
    """Under another zone's id it is not found, nor taken back."""
    zone, other = site.zone(), site.zone("other.example.")
    share = site.central.shares.create(caller(), zone.id, "p2")
    with pytest.raises(SharedZoneNotFound):
        site.central.shares.get(caller(), other.id, share.id)
    with pytest.raises(SharedZoneNotFound):
        site.central.shares.delete(caller(), other.id, share.id)


def test_a_share_changes_nothing_that_dns_shows(site: Site) -> None:
    """The zone has no new version, and nothing is to be published."""
    zone = site.zone()
    site.confirm(zone)
    before = site.fresh(zone)
    share = site.central.shares.create(caller(), zone.id, "p2")
    site.central.shares.delete(caller(), zone.id, share.id)
    assert site.fresh(zone) == before
