# SPDX-License-Identifier: Apache-2.0
"""PTR records of floating IPs (API.md section 16)."""

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import update

from designate.errors import (
    BadRequest,
    DuplicateZone,
    Forbidden,
    InvalidTTL,
    MissingProject,
    NotFound,
    ZoneNotFound,
)
from designate.model.floatingips import FloatingIP, NamedFloatingIP, Ptr, PtrChange
from designate.model.listing import Query
from designate.model.recordsets import RecordSet, RecordSetChange
from designate.model.transfer_accepts import NewTransferAccept
from designate.model.transfer_requests import NewTransferRequest
from designate.model.zones import Zone
from designate.storage import recordsets
from designate.storage.tables import record_values
from tests.unit.central.conftest import MakeSite
from tests.unit.central.site import ADMIN, Site, caller

MANAGED = "00000000-0000-0000-0000-000000000000"
REVERSE = "100.51.198.in-addr.arpa."
OWNER = caller(MANAGED)


def shown(site: Site, item: FloatingIP, project: str = "p1") -> Ptr | None:
    """The PTR record that a project is shown."""
    return site.central.floatingips.get(caller(project, "reader"), item.region, item.id).ptr


def reverse_zones(site: Site) -> list[Zone]:
    """All zones below arpa."""
    return site.central.zones.find(ADMIN, Query(filters={"name": "*.arpa."})).items


def ptrs(site: Site) -> list[RecordSet]:
    """All PTR recordsets."""
    return site.everywhere(type="PTR")


def test_without_a_record_a_floating_ip_is_shown_all_the_same(site: Site) -> None:
    """And looking makes nothing."""
    item = site.floatingip()
    site.floatingip(project="p2", address="198.51.100.8")
    assert site.central.floatingips.find(caller()) == [NamedFloatingIP(floatingip=item)]
    assert shown(site, item) is None
    assert reverse_zones(site) == []


def test_the_record_says_what_it_stands_for(site: Site) -> None:
    """As upstream's does: type, id, region, owner and address."""
    item = site.floatingip(region="north")
    site.ptr(item, "vm1.example.org.")
    with site.store.read() as connection:
        found = recordsets.stands_for(connection, ptrs(site)[0].id)
    assert found is not None
    assert (found.resource_type, found.resource_id) == ("ptr:floatingip", item.id)
    assert (found.resource_region, found.project_id, found.extra) == ("north", "p1", item.address)
    assert (found.plugin_type, found.plugin_name) == (None, None)


def test_the_owner_sees_the_recordset_and_not_the_zone(site: Site) -> None:
    """The zone is the service's; the record cannot be changed there."""
    site.ptr(site.floatingip(), "vm1.example.org.")
    (recordset,) = site.everywhere(caller(), type="PTR")
    assert site.central.zones.find(caller(), Query()).items == []
    with pytest.raises(ZoneNotFound):
        site.central.recordsets.get(caller(), recordset.zone_id, recordset.id)
    with pytest.raises(BadRequest, match="Managed"):
        site.central.recordsets.delete(OWNER, recordset.zone_id, recordset.id)


def test_to_set_is_to_replace_everything(site: Site) -> None:
    """What is not given is null; the recordset stays the same one."""
    item = site.floatingip()
    site.ptr(item, "one.example.org.", ttl=60, description="text")
    (before,) = ptrs(site)
    site.confirm(site.fresh_of(before))
    ptr = site.ptr(item, "two.example.org.")
    assert ptr == Ptr(
        name="two.example.org.", ttl=3600, description=None, status="PENDING", action="UPDATE"
    )
    (after,) = ptrs(site)
    assert (after.id, after.version, after.created_at) == (before.id, 2, before.created_at)
    assert (after.ttl, after.description) == (None, None)


def test_status_follows_the_name_servers(site: Site) -> None:
    """Of the reverse zone; what DNS does not show is not waited for."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    (zone,) = reverse_zones(site)
    site.confirm(zone)
    settled = Ptr(
        name="vm.example.org.", ttl=3600, description=None, status="ACTIVE", action="NONE"
    )
    assert shown(site, item) == settled
    ptr = site.ptr(item, "vm.example.org.", description="text")
    assert ptr is not None
    assert (ptr.status, ptr.action) == ("ACTIVE", "NONE")
    assert site.fresh(zone).serial == zone.serial


def test_what_dns_does_not_show_waits_for_nobody_elses_change(site: Site) -> None:
    """A description is there at once, whatever else of the zone is on its way."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    site.confirm(reverse_zones(site)[0])
    site.ptr(site.floatingip("198.51.100.8"), "other.example.org.")
    ptr = site.ptr(item, "vm.example.org.", description="text")
    assert ptr is not None
    assert (ptr.status, ptr.action) == ("ACTIVE", "NONE")
    assert shown(site, item) == ptr


def test_a_record_is_unset_without_the_network(site: Site) -> None:
    """Its owner may do so when the address is gone already; a second time there is none."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    site.release(item)
    assert site.ptr(item, None) is None
    assert ptrs(site) == []
    assert reverse_zones(site)[0].recordset_count == 2
    with pytest.raises(NotFound):
        site.ptr(item, None)


def test_only_the_owner_unsets(site: Site) -> None:
    """The id alone opens nothing, nor does the id in another region."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    elsewhere = FloatingIP(region="south", id=item.id, address=item.address)
    for stolen, ctx in ((item, caller("p2")), (item, ADMIN), (elsewhere, caller())):
        with pytest.raises(NotFound):
            site.ptr(stolen, None, ctx)
    assert len(ptrs(site)) == 1


def test_what_others_left_behind_is_replaced(site: Site) -> None:
    """An address that has changed hands answers for its new owner only."""
    old = site.floatingip()
    site.ptr(old, "old.example.org.")
    site.release(old)
    new = site.floatingip(old.address, "p2")
    assert shown(site, new, "p2") is None
    before = ptrs(site)
    assert shown(site, new, "p2") is None
    assert ptrs(site) == before
    ptr = site.ptr(new, "new.example.org.", caller("p2"))
    assert ptr is not None
    assert (ptr.status, ptr.action) == ("PENDING", "CREATE")
    (recordset,) = ptrs(site)
    assert (recordset.project_id, recordset.records) == ("p2", ["new.example.org."])
    assert recordset.id != before[0].id
    assert site.fresh_of(recordset).recordset_count == 3
    with pytest.raises(NotFound):
        site.ptr(old, None)


def test_an_address_allocated_again_keeps_one_record(site: Site) -> None:
    """It has another id then; the record follows it."""
    old = site.floatingip()
    site.ptr(old, "vm.example.org.")
    site.release(old)
    new = site.floatingip(old.address)
    site.ptr(new, "vm.example.org.")
    assert shown(site, new) is not None
    with pytest.raises(NotFound):
        site.ptr(old, None)
    site.ptr(new, None)
    assert ptrs(site) == []


def test_a_record_that_somebody_made_by_hand_is_replaced(site: Site) -> None:
    """The address is the caller's; it does not count as a record of the zone's owner any more."""
    zone = site.zone(REVERSE, OWNER)
    site.recordset(zone, "7", "PTR", "a.example.org.", "b.example.org.", ctx=OWNER)
    site.ptr(site.floatingip(), "vm.example.org.")
    (recordset,) = ptrs(site)
    assert (recordset.records, recordset.project_id) == (["vm.example.org."], "p1")
    fresh = site.fresh(zone)
    assert (fresh.recordset_count, fresh.record_count) == (3, 0)


def test_a_record_made_by_hand_becomes_a_managed_one(site: Site) -> None:
    """Also where the floating IP is of the project that made it."""
    zone = site.zone(REVERSE, OWNER)
    by_hand = site.recordset(zone, "7", "PTR", "a.example.org.", ctx=OWNER)
    item = site.floatingip(project=MANAGED)
    site.ptr(item, "vm.example.org.", OWNER)
    (recordset,) = ptrs(site)
    assert recordset.managed
    assert recordset.id != by_hand.id
    assert shown(site, item, MANAGED) is not None


def give_away(site: Site, zone: Zone, project: str) -> None:
    """Let a project take over a zone, asked for and done in other processes."""
    requests = site.elsewhere(site.central.transfer_requests)
    offered = requests.create(OWNER, zone.id, NewTransferRequest())
    taken = NewTransferAccept(zone_transfer_request_id=offered.id, key=offered.key or "")
    site.elsewhere(site.central.transfer_accepts).create(caller(project), taken)


def test_what_is_in_a_zone_given_away_is_its_new_owners(site: Site) -> None:
    """Who has set the record sees and removes it no more: the zone is none of the service's."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    give_away(site, reverse_zones(site)[0], "p9")
    before = ptrs(site)
    assert [recordset.project_id for recordset in before] == ["p9"]
    assert shown(site, item) is None
    with pytest.raises(NotFound):
        site.ptr(item, None)
    with pytest.raises(DuplicateZone):
        site.ptr(item, "other.example.org.")
    assert ptrs(site) == before


@pytest.mark.parametrize("rival", ["owner", "floatingip", "project"])
def test_what_becomes_anothers_meanwhile_is_not_removed(site: Site, rival: str) -> None:
    """With the zone, or as the record of another floating IP; it was one when it was looked for."""
    site.zone("51.198.in-addr.arpa.", OWNER)
    item = site.floatingip()
    site.ptr(item, "far.example.org.")
    near = site.zone(REVERSE, OWNER)
    site.clock.advance(1)
    site.ptr(item, "near.example.org.")
    site.release(item)
    new = site.floatingip(item.address, "p2" if rival == "project" else "p1")
    happened = list[str]()

    def interfere(names: Collection[str]) -> None:
        if happened:
            return
        happened.extend(names)
        if rival == "owner":
            give_away(site, near, "p9")
        else:
            ctx = caller("p2" if rival == "project" else "p1")
            change = PtrChange(name="new.example.org.")
            site.elsewhere(site.central.floatingips).update(ctx, new.region, new.id, change)

    site.store.subscribe(interfere)
    site.ptr(item, None)
    assert happened == ["51.198.in-addr.arpa."]
    (left,) = ptrs(site)
    assert left.zone_id == near.id
    assert left.records == ["near.example.org." if rival == "owner" else "new.example.org."]
    assert site.fresh(near).recordset_count == site.rows_of(near) == 3


def test_what_stands_for_something_else_is_not_the_floating_ips(site: Site) -> None:
    """Handlers of notifications write records under the same id, of another type."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    other = update(record_values).values(managed_resource_type="floatingip")
    site.store.write(lambda tx: tx.write(other))
    assert shown(site, item) is None
    with pytest.raises(NotFound):
        site.ptr(item, None)


def test_who_edits_managed_records_keeps_what_they_stand_for(site: Site) -> None:
    """The record of a floating IP stays its record."""
    item = site.floatingip()
    site.ptr(item, "vm.example.org.")
    (recordset,) = ptrs(site)
    ctx = caller(MANAGED, "admin", edit_managed=True, all_projects=True)
    change = RecordSetChange(records=["other.example.org."])
    site.central.recordsets.update(ctx, recordset.zone_id, recordset.id, change)
    ptr = shown(site, item)
    assert ptr is not None
    assert ptr.name == "other.example.org."


def test_roles_decide(site: Site) -> None:
    """Readers look, members set and unset; upstream asks for no role at all (API.md 30, I2)."""
    item = site.floatingip()
    api = site.central.floatingips
    reader, nobody = caller("p1", "reader"), caller("p1", "some")
    for change in (PtrChange(), PtrChange(name=None), PtrChange(name="vm.example.org.")):
        with pytest.raises(Forbidden):
            api.update(reader, item.region, item.id, change)
    with pytest.raises(Forbidden):
        api.find(nobody)
    with pytest.raises(Forbidden):
        api.get(nobody, item.region, item.id)
    assert api.find(reader) == [NamedFloatingIP(floatingip=item)]


def test_nothing_to_set_changes_nothing(site: Site) -> None:
    """Not even for what does not exist."""
    item = FloatingIP(region="nowhere", id="x", address="192.0.2.1")
    assert site.central.floatingips.update(caller(), item.region, item.id, PtrChange()) is None
    assert reverse_zones(site) == []


def test_foreign_and_unknown_floating_ips_are_absent(site: Site) -> None:
    """For every operation alike."""
    foreign = site.floatingip(project="p2")
    for item in (foreign, FloatingIP(region="nowhere", id=foreign.id, address="192.0.2.1")):
        with pytest.raises(NotFound):
            shown(site, item)
        for name in ("vm.example.org.", None):
            with pytest.raises(NotFound):
                site.ptr(item, name)
    assert reverse_zones(site) == []


def test_who_has_no_project_has_no_floating_ips(site: Site) -> None:
    """An administrator of a domain sees none, and cannot set one."""
    site.floatingip()
    admin = caller(None, "admin")
    assert site.central.floatingips.find(admin) == []
    with pytest.raises(MissingProject):
        site.central.floatingips.update(admin, "RegionOne", "x", PtrChange(name="a.example.org."))


@pytest.mark.parametrize(
    ("ctx", "error"),
    [(caller(), InvalidTTL), (caller("p1", "admin"), None)],
    ids=["member", "admin"],
)
def test_a_low_ttl_needs_permission(make_site: MakeSite, ctx: Any, error: type | None) -> None:
    """As for every recordset."""
    site = make_site(min_ttl=300)
    item = site.floatingip()
    if error:
        with pytest.raises(error):
            site.ptr(item, "vm.example.org.", ctx, ttl=60)
    else:
        assert site.ptr(item, "vm.example.org.", ctx, ttl=60) is not None
