# SPDX-License-Identifier: Apache-2.0
"""Nobody gets a name below, above or beside another project's, in whatever pool: on every database.

Names in one zone neither: an alias stands alone.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine

from designate.errors import (
    DuplicateRecordSet,
    DuplicateZone,
    IllegalChild,
    IllegalParent,
    InvalidRecordSetLocation,
    OverQuota,
)
from designate.model.listing import Query
from designate.model.recordsets import RecordSet
from designate.model.zones import Zone
from tests.contract.storage.test_transactions import at_once
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, Site, caller

TIMES = 5


@pytest.fixture
def two_pools(engine: Engine) -> Site:
    """A site whose callers choose a pool by an attribute."""
    site = Site(engine, scheduler=["attribute"])
    site.pool(DEFAULT_POOL, "default", attributes={"tier": "tin"})
    site.pool(OTHER_POOL, "other", attributes={"tier": "gold"})
    site.tsigkey(OTHER_POOL)
    for project in ("p1", "p2", "p3"):
        site.limit(project, zones=-1)
    return site


def make(site: Site, name: str, project: str, tier: str) -> Callable[[], Any]:
    """Create a zone in the pool of a tier."""
    return partial(site.zone, name, caller(project), attributes={"tier": tier})


def owners(site: Site) -> set[str | None]:
    """The projects that have zones."""
    return {zone.project_id for zone in site.central.zones.find(ADMIN, Query(limit=1000)).items}


@pytest.mark.parametrize(
    ("mine", "theirs", "error"),
    [
        ("a.example.", "A.Example.", DuplicateZone),
        ("a.example.", "b.a.example.", IllegalChild),
        ("b.a.example.", "a.example.", IllegalParent),
        ("a.example.", "c.b.a.example.", IllegalChild),
        ("c.b.a.example.", "a.example.", IllegalParent),
    ],
)
def test_a_name_is_its_projects_in_every_pool(
    two_pools: Site, mine: str, theirs: str, error: type[Exception]
) -> None:
    """The same name, one below and one above: whatever pool is asked for."""
    make(two_pools, mine, "p1", "tin")()
    for tier in ("tin", "gold"):
        with pytest.raises(error):
            make(two_pools, theirs, "p2", tier)()
    two_pools.share(two_pools.central.zones.find(caller(), Query()).items[0], "p2")
    with pytest.raises(error):
        make(two_pools, theirs, "p2", "gold")()


def test_a_project_has_a_name_in_both_pools(two_pools: Site) -> None:
    """Once in each, also when it asks for all at the same time."""
    works = [make(two_pools, "a.example.", "p1", tier) for tier in ("tin", "gold")] * 3
    outcomes = at_once(works)
    made = [item for item in outcomes if isinstance(item, Zone)]
    assert {zone.pool_id for zone in made} == {DEFAULT_POOL, OTHER_POOL}
    assert len(made) == 2
    assert {type(item) for item in outcomes} == {Zone, DuplicateZone}


def test_rivals_in_two_pools_agree_on_an_owner(two_pools: Site) -> None:
    """Of the same name, a parent and a child, asked for at once."""
    for number in range(TIMES):
        family = [f"f{number}.example.", f"a.f{number}.example.", f"b.a.f{number}.example."]
        works = [
            make(two_pools, name, project, tier)
            for name in family
            for project, tier in (("p1", "tin"), ("p2", "gold"), ("p3", "tin"))
        ]
        outcomes = at_once(works)
        made = [item for item in outcomes if isinstance(item, Zone)]
        refused = {type(item) for item in outcomes if not isinstance(item, Zone)}
        assert refused <= {DuplicateZone, IllegalChild, IllegalParent}, outcomes
        assert len({zone.project_id for zone in made}) == 1, outcomes
        for zone in sorted(made, key=lambda zone: -len(zone.name)):
            two_pools.remove(zone)
    assert owners(two_pools) == set()


def test_an_alias_and_an_address_never_share_a_name(site: Site) -> None:
    """Of two who ask at once one is refused (API.md 30, I31)."""
    zone = site.zone()
    for number in range(TIMES):
        outcomes = at_once(
            [
                partial(site.recordset, zone, f"h{number}", "CNAME", "a.example.net."),
                partial(site.recordset, zone, f"h{number}", "A", "192.0.2.1"),
            ]
            * 2
        )
        made = [item for item in outcomes if isinstance(item, RecordSet)]
        assert len(made) == 1, outcomes
        refused = {type(item) for item in outcomes if not isinstance(item, RecordSet)}
        assert refused <= {InvalidRecordSetLocation, DuplicateRecordSet}


def test_the_quota_of_recordsets_holds_at_once(site: Site) -> None:
    """Of more than there is room for, exactly so many are made."""
    site.limit("p1", zone_recordsets=5)
    zone = site.zone()
    outcomes = at_once(
        [partial(site.recordset, zone, f"h{number}", "A", "192.0.2.1") for number in range(8)]
    )
    assert sum(isinstance(item, OverQuota) for item in outcomes) == 5
    assert site.fresh(zone).recordset_count == 5


def test_a_child_comes_or_a_name_in_its_place(site: Site) -> None:
    """A record that the new zone would hide is there before it, or is refused."""
    zone = site.zone()
    for number in range(TIMES):
        name = f"c{number}.example.org."
        child, record = at_once(
            [
                partial(site.zone, name),
                partial(site.recordset, zone, f"www.c{number}", "A", "192.0.2.1"),
            ]
        )
        assert isinstance(child, Zone)
        assert isinstance(record, RecordSet | InvalidRecordSetLocation)
