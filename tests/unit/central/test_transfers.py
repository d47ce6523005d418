# SPDX-License-Identifier: Apache-2.0
"""A zone changes hands: requests and accepts (API.md sections 14 and 15)."""

import re

import pytest

from designate.central.transfer_accepts import TransferAccepts
from designate.errors import (
    BadRequest,
    DuplicateZoneTransferRequest,
    Forbidden,
    InvalidKey,
    InvalidObject,
    InvalidZoneTransferRequest,
    MissingProject,
    OverQuota,
    ZoneNotFound,
    ZoneTransferAcceptNotFound,
    ZoneTransferRequestNotFound,
)
from designate.model.context import Context
from designate.model.listing import Query
from designate.model.transfer_accepts import NewTransferAccept, TransferAccept
from designate.model.transfer_requests import (
    NewTransferRequest,
    TransferRequest,
    TransferRequestChange,
)
from designate.model.zones import Zone
from designate.storage import rows, shares
from tests.unit.central.site import ADMIN, Site, caller, enforcer


def offer(site: Site, zone: Zone, ctx: Context | None = None, **fields: str) -> TransferRequest:
    """Offer a zone, to p2 unless another target is named."""
    new = NewTransferRequest(**{"target_project_id": "p2", **fields})
    return site.central.transfer_requests.create(ctx or caller(), zone.id, new)


def take(
    site: Site, request: TransferRequest, ctx: Context | None = None, key: str | None = None
) -> TransferAccept:
    """Accept a request, as p2 with the right key unless told otherwise."""
    new = NewTransferAccept(zone_transfer_request_id=request.id, key=key or request.key or "")
    return site.central.transfer_accepts.create(ctx or caller("p2"), new)


def accepts(site: Site) -> list[TransferAccept]:
    return site.central.transfer_accepts.find(ADMIN, Query()).items


def test_a_key_is_in_no_log(site: Site) -> None:
    """Nor in a message: what is printed hides it, at each step."""
    request = offer(site, site.zone())
    key = request.key or ""
    new = NewTransferAccept(zone_transfer_request_id=request.id, key=key)
    accept = site.central.transfer_accepts.create(caller("p2"), new)
    assert len(key) == 8 and accept.key == key
    assert key not in repr((request, new, accept))
    assert request.id in repr(request)


def test_a_key_is_forgotten_once_it_has_opened(site: Site) -> None:
    """It stays when the request is changed meanwhile."""
    request = offer(site, site.zone())
    change = TransferRequestChange(description="soon")
    assert site.central.transfer_requests.update(caller(), request.id, change).key == request.key
    take(site, request)
    left = site.central.transfer_requests.get(ADMIN, request.id)
    assert (left.status, left.key) == ("COMPLETE", None)


# -- requests ---------------------------------------------------------------------------------


def test_a_key_cannot_be_guessed(site: Site) -> None:
    """Eight letters and digits, by chance; an id that nobody can count up to."""
    zones = [site.zone(f"z{n}.example.") for n in range(5)]
    keys = {offer(site, zone).key for zone in zones}
    assert len(keys) == 5
    assert all(re.fullmatch("[A-Z0-9]{8}", key or "") for key in keys)


def test_the_first_reason_not_to_offer_is_told(site: Site) -> None:
    """Hidden, catalog, deleted, forbidden, offered: in this order."""
    zone = site.zone()
    site.share(zone, "p2")
    with pytest.raises(ZoneNotFound):
        offer(site, zone, caller("p3"))
    for ctx in (caller("p1", "reader"), caller("p2")):
        with pytest.raises(Forbidden):
            offer(site, zone, ctx)
    offer(site, zone)
    with pytest.raises(DuplicateZoneTransferRequest):
        offer(site, zone, ADMIN)
    site.change(zone, action="DELETE")
    with pytest.raises(BadRequest):
        offer(site, zone, caller("p2"))
    site.change(zone, type="CATALOG")
    with pytest.raises(Forbidden):
        offer(site, zone)


def test_who_sees_which_part_of_a_request(site: Site) -> None:
    """Its owner's readers all of it; the target a part; of an open one everybody that part."""
    get = site.central.transfer_requests.get
    request = offer(site, site.zone())
    assert get(caller(), request.id) == request
    assert get(ADMIN, request.id) == request
    assert get(caller("admins", "admin"), request.id) == request
    part = get(caller("p2", "none"), request.id)
    assert (part.reduced, part.key, part.project_id, part.target_project_id) == (
        True,
        None,
        None,
        None,
    )
    for ctx in (caller("p3"), caller("p1", "reader"), caller(None)):
        with pytest.raises(Forbidden):
            get(ctx, request.id)
    new = NewTransferRequest()
    public = site.central.transfer_requests.create(caller(), site.zone("b.example.").id, new)
    assert get(caller("p3", "none"), public.id).reduced
    assert get(caller("p1", "reader"), public.id) == public
    with pytest.raises(ZoneTransferRequestNotFound):
        get(caller(), rows.new_id())


def test_requests_are_listed_for_those_concerned(site: Site) -> None:
    """Owner and target, each once; nobody without a project; admins all when they ask for it."""
    own = offer(site, site.zone(), target_project_id="p1")
    site.clock.advance(1)
    other = offer(site, site.zone("b.example."))

    def listed(ctx: Context) -> list[tuple[str, bool]]:
        page = site.central.transfer_requests.find(ctx, Query())
        return [(request.id, request.reduced) for request in page.items]

    assert listed(caller()) == [(own.id, False), (other.id, False)]
    assert listed(caller("p2", "none")) == [(other.id, True)]
    assert listed(caller("p3")) == listed(caller(None)) == listed(caller("a", "admin")) == []
    assert listed(ADMIN) == [(own.id, False), (other.id, False)]
    system = caller(None, "reader", system_scope="all")
    assert listed(system) == []


def test_a_request_is_changed_by_its_owner(site: Site) -> None:
    """Its target while it has none."""
    requests, zone = site.central.transfer_requests, site.zone()
    request = requests.create(caller(), zone.id, NewTransferRequest())
    with pytest.raises(Forbidden):
        requests.update(caller("p2"), request.id, TransferRequestChange(description="mine"))
    changed = requests.update(caller(), request.id, TransferRequestChange(target_project_id="p2"))
    assert (changed.target_project_id, changed.key) == ("p2", request.key)
    assert requests.get(caller(), request.id) == changed
    for target in ("p3", None):
        with pytest.raises(InvalidObject):
            change = TransferRequestChange(target_project_id=target)
            requests.update(caller(), request.id, change)
    same = TransferRequestChange(target_project_id="p2", description="soon")
    assert requests.update(ADMIN, request.id, same).description == "soon"
    with pytest.raises(ZoneTransferRequestNotFound):
        requests.update(caller(), rows.new_id(), same)


def test_a_request_is_withdrawn_by_its_owner(site: Site) -> None:
    """The target may not, others do not find it; then the zone may be offered anew."""
    delete = site.central.transfer_requests.delete
    zone = site.zone()
    request = offer(site, zone)
    for ctx in (caller("p2"), caller("p1", "reader")):
        with pytest.raises(Forbidden):
            delete(ctx, request.id)
    for ctx in (caller("p3"), caller("admins", "admin"), caller(None)):
        with pytest.raises(ZoneTransferRequestNotFound):
            delete(ctx, request.id)
    delete(caller(), request.id)
    with pytest.raises(ZoneTransferRequestNotFound):
        take(site, request)
    delete(ADMIN, offer(site, zone).id)


def test_requests_go_with_their_zone(site: Site) -> None:
    """Of a deleted zone nothing is offered."""
    zone = site.zone()
    request = offer(site, zone)
    site.remove(zone)
    assert site.central.transfer_requests.find(caller(), Query()).items == []
    with pytest.raises(ZoneTransferRequestNotFound):
        site.central.transfer_requests.get(caller(), request.id)
    with pytest.raises(ZoneTransferRequestNotFound):
        take(site, request)


# -- accepts ----------------------------------------------------------------------------------


def test_a_zone_goes_with_all_that_is_in_it(site: Site) -> None:
    """Recordsets of whomever, their values, shares, and its place in the quotas."""
    zone = site.zone()
    for target in ("p2", "p3"):
        site.share(zone, target)
    site.recordset(zone, "www", "A", "192.0.2.1")
    site.recordset(zone, "theirs", "A", "192.0.2.2", ctx=caller("p3"))
    site.recordset(zone, "empty", "A")
    site.confirm(zone)
    before = site.fresh(zone)
    accept = take(site, offer(site, zone))
    after = site.fresh(zone)
    assert (accept.status, accept.project_id, accept.zone_id) == ("COMPLETE", "p2", zone.id)
    assert (after.project_id, after.serial, after.status) == ("p2", before.serial, "ACTIVE")
    assert (after.generation, after.confirmed_generation) == (before.generation + 1,) * 2
    assert {item.project_id for item in site.listed(zone)} == {"p2"}
    assert len(site.everywhere(caller("p2"))) == 5
    assert len(site.everywhere(caller("p2"), data="192.0.2.*")) == 2
    assert site.everywhere(caller()) == site.everywhere(caller("p3")) == []
    page = site.central.shares.find(caller("p2"), zone.id, Query())
    assert [(share.project_id, share.target_project_id) for share in page.items] == [("p2", "p3")]
    with site.store.read() as connection:
        # Which a list of the former owner's, which began before, does not show.
        assert shares.find(connection, zone.id, Query(), owner="p1").items == []
    with pytest.raises(ZoneNotFound):
        site.central.zones.get(caller(), zone.id)


def test_quotas_follow(site: Site) -> None:
    """The new owner must have room; the old one has more."""
    site.limit("p1", zones=1)
    site.limit("p2", zones=1)
    zone = site.zone()
    take(site, offer(site, zone))
    other = site.zone("b.example.")
    with pytest.raises(OverQuota):
        take(site, offer(site, other))
    with pytest.raises(OverQuota):
        site.zone("c.example.", caller("p2"))
    site.remove(zone)
    site.zone("c.example.", caller("p2"))


def test_the_owner_may_take_its_own_zone_back(site: Site) -> None:
    """Nothing changes but that the request is done, whatever its quota is."""
    site.limit("p1", zones=1)
    zone = site.zone()
    request = site.central.transfer_requests.create(caller(), zone.id, NewTransferRequest())
    take(site, request, caller())
    assert site.fresh(zone).project_id == "p1"
    assert site.central.transfer_requests.get(caller(), request.id).status == "COMPLETE"
    with pytest.raises(OverQuota):
        site.zone("b.example.")


def test_the_first_reason_not_to_accept_is_told(site: Site) -> None:
    """Unknown, not to be seen, done, wrong key, no member, no project: in this order."""
    request = offer(site, site.zone())
    with pytest.raises(ZoneTransferRequestNotFound):
        site.central.transfer_accepts.create(caller("p2"), NewTransferAccept(key="x"))
    with pytest.raises(Forbidden) as refused:
        take(site, request, caller("p3"), "WRONGKEY")
    assert type(refused.value) is Forbidden
    for wrong in ("WRONGKEY", "", "\u00e9", (request.key or "").lower() + " "):
        with pytest.raises(InvalidKey):
            take(site, request, caller("p2", "none"), wrong or "-")
    with pytest.raises(Forbidden):
        take(site, request, caller("p2", "reader"))
    with pytest.raises(MissingProject):
        take(site, request, caller(None, "admin"))
    assert accepts(site) == []
    take(site, request)
    with pytest.raises(InvalidZoneTransferRequest):
        take(site, request, key="WRONGKEY")


def test_what_fails_with_the_right_key_leaves_a_trace(site: Site) -> None:
    """An accept in ERROR (I17); zone and request are as they were."""
    site.limit("p2", zones=0)
    zone = site.zone()
    request = offer(site, zone)
    with pytest.raises(OverQuota):
        take(site, request)
    site.change(zone, action="DELETE")
    with pytest.raises(BadRequest):
        take(site, request)
    assert [(accept.status, accept.project_id) for accept in accepts(site)] == [("ERROR", "p2")] * 2
    assert site.fresh(zone).project_id == "p1"
    assert site.central.transfer_requests.get(caller(), request.id).status == "ACTIVE"


def test_an_accept_is_its_projects(site: Site) -> None:
    """Readers of it find it, others do not; lists are for admins, and count what they show."""
    accept = take(site, offer(site, site.zone()))
    transfers = site.central.transfer_accepts
    assert transfers.get(caller("p2", "reader"), accept.id).key is None
    assert transfers.get(ADMIN, accept.id).id == accept.id
    for ctx in (caller(), caller("admins", "admin"), caller(None)):
        with pytest.raises(ZoneTransferAcceptNotFound):
            transfers.get(ctx, accept.id)
    with pytest.raises(Forbidden):
        transfers.get(caller("p2", "none"), accept.id)
    with pytest.raises(Forbidden):
        transfers.find(caller("p2"), Query())
    assert transfers.find(caller("admins", "admin"), Query()).total == 0
    assert transfers.find(caller("p2", "admin"), Query()).total == 1
    assert transfers.find(ADMIN, Query()).total == 1


# -- large zones ------------------------------------------------------------------------------


def large(site: Site) -> TransferAccepts:
    """Accepts to which every zone is a large one."""
    return TransferAccepts(site.store, enforcer(), {"zones": -1}, at_once=0)


def test_a_large_zone_moves_at_once_and_its_recordsets_follow(site: Site) -> None:
    """Meanwhile its old owner sees none of them, and what is new stays its maker's."""
    transfers, zone = large(site), site.zone()
    site.limit("p1", zone_recordsets=-1, zone_records=-1)
    site.limit("p2", zone_recordsets=-1, zone_records=-1)
    for number in range(250):
        site.recordset(zone, f"h{number}", "A", f"192.0.2.{number}")
    request = offer(site, zone)
    wanted = NewTransferAccept(zone_transfer_request_id=request.id, key=request.key or "")
    transfers.create(caller("p2"), wanted)
    assert site.fresh(zone).project_id == "p2"
    assert site.everywhere(caller()) == []
    site.share(zone, "p3")
    site.clock.advance(1)
    for target in ("p2", "p3"):
        site.recordset(zone, f"new-{target}", "A", "192.0.2.1", ctx=caller(target))
    site.recordset(zone, "new-empty", "A", ctx=caller("p3"))
    assert transfers.run_next()
    assert not transfers.run_next()
    owners = {item.name.partition(".")[0]: item.project_id for item in site.listed(zone)}
    theirs = {name for name, owner in owners.items() if owner == "p3"}
    assert theirs == {"new-p3", "new-empty"}
    assert set(owners.values()) == {"p2", "p3"}
    assert len(site.everywhere(caller("p2"))) == 253
    assert len(site.everywhere(caller("p2"), data="192.0.2.7")) == 1


def test_the_former_owner_gets_no_share_before_the_recordsets_have_followed(site: Site) -> None:
    """With one it could write them as its own. Others do, and so does it afterwards."""
    transfers, zone, manage = large(site), site.zone(), site.central.shares
    recordset = site.recordset(zone, "www", "A", "192.0.2.1")
    for old, new in (("p1", "p2"), ("p2", "p3")):
        request = offer(site, zone, caller(old), target_project_id=new)
        wanted = NewTransferAccept(zone_transfer_request_id=request.id, key=request.key or "")
        transfers.create(caller(new), wanted)
    for former in ("p1", "p2"):
        with pytest.raises(BadRequest, match="once the recordsets have followed"):
            manage.create(caller("p3"), zone.id, former)
    manage.create(caller("p3"), zone.id, "p4")
    while transfers.run_next():
        continue
    share = manage.create(caller("p3"), zone.id, "p1")
    with pytest.raises(Forbidden):
        site.central.recordsets.delete(caller(), zone.id, recordset.id)
    manage.delete(caller("p3"), zone.id, share.id)


def test_recordsets_follow_after_a_restart(site: Site) -> None:
    """Whoever looks next goes on, and those that have followed stay where they are."""
    transfers, zone = large(site), site.zone()
    for number in range(3):
        site.recordset(zone, f"h{number}", "A", "192.0.2.1")
    request = offer(site, zone)
    wanted = NewTransferAccept(zone_transfer_request_id=request.id, key=request.key or "")
    transfers.create(caller("p2"), wanted)
    again = offer(site, zone, caller("p2"), target_project_id="p3")
    wanted = NewTransferAccept(zone_transfer_request_id=again.id, key=again.key or "")
    transfers.create(caller("p3"), wanted)
    while transfers.run_next():
        continue
    assert {item.project_id for item in site.listed(zone)} == {"p3"}


def test_nothing_follows_a_zone_that_is_gone(site: Site) -> None:
    """The task ends."""
    transfers, zone = large(site), site.zone()
    request = offer(site, zone)
    wanted = NewTransferAccept(zone_transfer_request_id=request.id, key=request.key or "")
    transfers.create(caller("p2"), wanted)
    site.remove(zone)
    assert transfers.run_next()
    assert not transfers.run_next()
