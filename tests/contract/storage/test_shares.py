# SPDX-License-Identifier: Apache-2.0
"""Shares and those who use them: who would contradict each other runs one behind the other."""

from functools import partial

from designate.errors import (
    DuplicateSharedZone,
    SharedZoneHasRecordSets,
    SharedZoneHasSubZone,
    ZoneNotFound,
)
from designate.model.listing import Query
from designate.model.recordsets import RecordSet
from tests.contract.storage.test_transactions import at_once
from tests.unit.central.site import Site, caller

TIMES = 10


def test_a_zone_is_shared_once_with_a_project(site: Site) -> None:
    """Of rivals one makes the share."""
    zone = site.zone()
    outcomes = at_once([partial(site.central.shares.create, caller(), zone.id, "p2")] * 8)
    assert sum(isinstance(outcome, DuplicateSharedZone) for outcome in outcomes) == 7
    assert len(site.central.shares.find(caller(), zone.id, Query()).items) == 1


def test_a_share_is_taken_back_or_used(site: Site) -> None:
    """Nobody keeps a recordset in a zone that is not shared with him any more."""
    zone = site.zone()
    for number in range(TIMES):
        share = site.central.shares.create(caller(), zone.id, "p2")
        ended, made = at_once(
            [
                partial(site.central.shares.delete, caller(), zone.id, share.id),
                partial(site.recordset, zone, f"h{number}", "A", "192.0.2.1", ctx=caller("p2")),
            ]
        )
        if isinstance(made, RecordSet):
            assert isinstance(ended, SharedZoneHasRecordSets)
            site.central.recordsets.delete(caller("p2"), zone.id, made.id)
            site.central.shares.delete(caller(), zone.id, share.id)
        else:
            assert (type(made), ended) == (ZoneNotFound, None)


def test_a_share_stays_while_its_target_has_a_zone_below(site: Site) -> None:
    """Whichever way the zone got there, on every database."""
    zone = site.zone()
    share = site.central.shares.create(caller(), zone.id, "p2")
    site.foreign("a.b.example.org.", "p2")
    (outcome,) = at_once([partial(site.central.shares.delete, caller(), zone.id, share.id)])
    assert isinstance(outcome, SharedZoneHasSubZone)
