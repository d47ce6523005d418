# SPDX-License-Identifier: Apache-2.0
"""What projects share and hand over, asked for on two Galera nodes at once (decision 3a.6)."""

from functools import partial

import pytest

from designate.errors import (
    DuplicateSharedZone,
    InvalidZoneTransferRequest,
    SharedZoneHasRecordSets,
    SharedZoneHasSubZone,
    ZoneNotFound,
)
from designate.model.listing import Query
from designate.model.recordsets import RecordSet
from designate.model.shares import Share
from designate.model.transfer_accepts import NewTransferAccept, TransferAccept
from designate.model.transfer_requests import NewTransferRequest
from designate.model.zones import Zone
from tests.contract.galera.test_both_nodes import at_once
from tests.servers.galera import catch_up
from tests.unit.central.site import ADMIN, Site, caller

pytestmark = pytest.mark.slow

TIMES = 5


def offered(site: Site, zone: Zone) -> NewTransferAccept:
    """Offer a zone; what it is accepted with."""
    request = site.central.transfer_requests.create(caller(), zone.id, NewTransferRequest())
    return NewTransferAccept(zone_transfer_request_id=request.id, key=request.key or "")


def test_a_share_is_made_once(sites: list[Site]) -> None:
    """Whichever node is asked."""
    zone = sites[0].zone()
    catch_up(sites[1].store.engine)
    outcomes = at_once(
        [partial(site.central.shares.create, caller(), zone.id, "p2") for site in sites * 3]
    )
    assert sum(isinstance(item, Share) for item in outcomes) == 1, outcomes
    assert {type(item) for item in outcomes} == {Share, DuplicateSharedZone}


def test_a_share_is_taken_back_or_used(sites: list[Site]) -> None:
    """A recordset of another project is in no zone that is not shared with it."""
    zone = sites[0].zone()
    for number in range(TIMES):
        share = sites[0].central.shares.create(caller(), zone.id, "p2")
        catch_up(sites[1].store.engine)
        ended, made = at_once(
            [
                partial(sites[0].central.shares.delete, caller(), zone.id, share.id),
                partial(sites[1].recordset, zone, f"h{number}", "A", "192.0.2.1", ctx=caller("p2")),
            ]
        )
        catch_up(sites[0].store.engine)
        if isinstance(made, RecordSet):
            assert isinstance(ended, SharedZoneHasRecordSets), ended
            sites[0].central.recordsets.delete(ADMIN, zone.id, made.id)
            sites[0].central.shares.delete(caller(), zone.id, share.id)
        else:
            assert (type(made), ended) == (ZoneNotFound, None)


def test_of_two_who_accept_one_wins(sites: list[Site]) -> None:
    """And has all of the zone."""
    for number in range(TIMES):
        zone = sites[0].zone(f"z{number}.example.")
        new = offered(sites[0], zone)
        catch_up(sites[1].store.engine)
        outcomes = at_once(
            [
                partial(site.central.transfer_accepts.create, caller(f"p{n}"), new)
                for n, site in enumerate(sites, 2)
            ]
        )
        (winner,) = [item for item in outcomes if isinstance(item, TransferAccept)]
        assert sum(isinstance(item, InvalidZoneTransferRequest) for item in outcomes) == 1, outcomes
        catch_up(sites[0].store.engine)
        assert sites[0].fresh(zone).project_id == winner.project_id
        assert {item.project_id for item in sites[0].listed(zone)} == {winner.project_id}


def test_a_share_stays_where_its_target_gets_a_zone_below(sites: list[Site]) -> None:
    """Or is gone before."""
    parent = sites[0].zone()
    for number in range(TIMES):
        share = sites[0].central.shares.create(caller(), parent.id, "p2")
        child = sites[0].zone(f"c{number}.example.org.")
        new = offered(sites[0], child)
        catch_up(sites[1].store.engine)
        ended, moved = at_once(
            [
                partial(sites[0].central.shares.delete, caller(), parent.id, share.id),
                partial(sites[1].central.transfer_accepts.create, caller("p2"), new),
            ]
        )
        assert isinstance(moved, TransferAccept), moved
        assert ended is None or isinstance(ended, SharedZoneHasSubZone), ended
        catch_up(sites[0].store.engine)
        sites[0].remove(child)
        for left in sites[0].central.shares.find(ADMIN, parent.id, Query()).items:
            sites[0].central.shares.delete(caller(), parent.id, left.id)
