# SPDX-License-Identifier: Apache-2.0
"""Zones that change hands while others write: on every database."""

from functools import partial

from designate.central.transfer_accepts import TransferAccepts
from designate.errors import (
    DuplicateZoneTransferRequest,
    InvalidZoneTransferRequest,
    OverQuota,
    SharedZoneHasSubZone,
    ZoneTransferRequestNotFound,
)
from designate.model.listing import Query
from designate.model.transfer_accepts import NewTransferAccept, TransferAccept
from designate.model.transfer_requests import NewTransferRequest, TransferRequest
from designate.model.zones import Zone
from tests.contract.storage.test_transactions import at_once
from tests.unit.central.site import ADMIN, Site, caller, enforcer

TIMES = 5


def offer(site: Site, zone: Zone) -> TransferRequest:
    return site.central.transfer_requests.create(
        caller(zone.project_id), zone.id, NewTransferRequest()
    )


def accept(request: TransferRequest) -> NewTransferAccept:
    return NewTransferAccept(zone_transfer_request_id=request.id, key=request.key or "")


def test_of_two_who_accept_one_wins(site: Site) -> None:
    """All of the zone is the winner's, and it is counted once."""
    for number in range(TIMES):
        zone = site.zone(f"z{number}.example.")
        site.recordset(zone, "www", "A", "192.0.2.1")
        new = accept(offer(site, zone))
        outcomes = at_once(
            [partial(site.central.transfer_accepts.create, caller(f"p{n}"), new) for n in (2, 3)]
        )
        (winner,) = [item for item in outcomes if isinstance(item, TransferAccept)]
        (loser,) = [item for item in outcomes if item is not winner]
        assert isinstance(loser, InvalidZoneTransferRequest)
        assert {item.project_id for item in site.listed(zone)} == {winner.project_id}
        assert site.fresh(zone).project_id == winner.project_id
    counts = [len(site.central.zones.find(caller(f"p{n}"), Query()).items) for n in (1, 2, 3)]
    assert (counts[0], sum(counts)) == (0, TIMES)


def test_a_zone_is_offered_once(site: Site) -> None:
    """Of rivals one makes the request."""
    zone = site.zone()
    outcomes = at_once([partial(offer, site, zone)] * 8)
    assert sum(isinstance(item, DuplicateZoneTransferRequest) for item in outcomes) == 7


def test_a_request_is_withdrawn_or_accepted(site: Site) -> None:
    """Not both."""
    for number in range(TIMES):
        zone = site.zone(f"z{number}.example.")
        request = offer(site, zone)
        withdrawn, accepted = at_once(
            [
                partial(site.central.transfer_requests.delete, caller(), request.id),
                partial(site.central.transfer_accepts.create, caller("p2"), accept(request)),
            ]
        )
        if isinstance(accepted, TransferAccept):
            # The request is withdrawn when it is done already: that is its old owner's right.
            assert withdrawn is None
            assert site.fresh(zone).project_id == "p2"
        else:
            assert isinstance(accepted, ZoneTransferRequestNotFound)
            assert (withdrawn, site.fresh(zone).project_id) == (None, "p1")


def test_the_quota_of_the_new_owner_holds(site: Site) -> None:
    """Of zones that are accepted at once as of those that are created meanwhile."""
    site.limit("p2", zones=3)
    offers = [accept(offer(site, site.zone(f"z{n}.example."))) for n in range(4)]
    takes = [partial(site.central.transfer_accepts.create, caller("p2"), new) for new in offers]
    makes = [partial(site.zone, f"m{n}.example.", caller("p2")) for n in range(4)]
    outcomes = at_once([*takes, *makes])
    assert sum(isinstance(item, OverQuota) for item in outcomes) == 5
    assert len(site.central.zones.find(caller("p2"), Query()).items) == 3


def test_a_share_is_taken_back_or_its_target_gets_a_zone_below(site: Site) -> None:
    """Nobody who has a zone below loses the share of the one above."""
    parent = site.zone()
    for number in range(TIMES):
        share = site.central.shares.create(caller(), parent.id, "p2")
        child = site.zone(f"c{number}.example.org.")
        request = offer(site, child)
        ended, moved = at_once(
            [
                partial(site.central.shares.delete, caller(), parent.id, share.id),
                partial(site.central.transfer_accepts.create, caller("p2"), accept(request)),
            ]
        )
        assert isinstance(moved, TransferAccept)
        if ended is not None:
            assert isinstance(ended, SharedZoneHasSubZone)
        site.remove(child)
        for left in site.central.shares.find(ADMIN, parent.id, Query()).items:
            site.central.shares.delete(caller(), parent.id, left.id)


def test_recordsets_follow_while_others_write(site: Site) -> None:
    """No write fails, and in the end all that was there is the new owner's."""
    transfers = TransferAccepts(site.store, enforcer(), {"zones": -1}, at_once=0)
    site.limit("p1", zone_recordsets=-1)
    site.limit("p2", zone_recordsets=-1)
    zone = site.zone()
    for number in range(210):
        site.recordset(zone, f"h{number}", "A", "192.0.2.1")
    transfers.create(caller("p2"), accept(offer(site, zone)))
    assert site.everywhere(caller()) == []
    zone = site.fresh(zone)
    writes = [partial(site.recordset, zone, f"n{n}", "A", "192.0.2.1") for n in range(7)]
    done, *made = at_once([transfers.run_next, *writes])
    assert done is True
    assert [item for item in made if isinstance(item, Exception)] == []
    assert {item.project_id for item in site.listed(zone)} == {"p2"}
    assert len(site.everywhere(caller("p2"))) == 219
    assert len(site.everywhere(caller("p2"), data="192.0.2.1")) == 217
