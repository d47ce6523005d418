# SPDX-License-Identifier: Apache-2.0
"""Writers on two Galera nodes exclude each other (decisions 3a.6, 3a.7), and no client hears of it.

A node does not see the locks of the other: rivals meet when they commit, and one of them is run
again. `sites` is a central on each node.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from designate.errors import (
    DuplicateRecordSet,
    DuplicateZone,
    IllegalChild,
    IllegalParent,
    InvalidOperation,
    NoValidPoolFound,
    OverQuota,
    ZoneHasSubZone,
)
from designate.model.zones import Zone
from designate.storage.tables import journal, recordsets, zones
from designate.storage.tables.zones import LIVE
from tests.servers.galera import Galera, catch_up, caught_up
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, Site, caller

pytestmark = pytest.mark.slow

WRITERS = 16
EACH = 30


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all at the same moment, each in a thread; return results, and errors as results."""
    together = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        together.wait(30)
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the tests look at it
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_no_write_of_a_hot_zone_is_lost(sites: list[Site], cluster: Galera) -> None:
    """Each has its generation and serial, the journal has no gap, and both nodes agree."""
    zone = sites[0].zone()
    with caught_up(sites[1].store.engine) as connection:
        assert connection.execute(select(zones.c.id)).scalars().all() == [zone.id]

    def write(site: Site, writer: int) -> list[int]:
        return [
            site.recordset(zone, f"w{writer}-{n}", "A", "192.0.2.1").generation for n in range(EACH)
        ]

    before = cluster.conflicts()
    made = at_once([partial(write, sites[n % 2], n) for n in range(WRITERS)])
    assert cluster.conflicts() > before  # else this would show nothing
    assert [item for item in made if isinstance(item, Exception)] == []
    total = WRITERS * EACH
    generations = list(range(1, total + 2))
    assert sorted(item for each in made for item in each) == generations[1:]
    for site in sites:
        with caught_up(site.store.engine) as connection:
            found = connection.execute(
                select(journal.c.generation, journal.c.serial).order_by(journal.c.generation)
            ).all()
            after = connection.execute(select(zones)).one()
            names = set(connection.execute(select(recordsets.c.name)).scalars())
        assert [row.generation for row in found] == generations
        assert [row.serial for row in found] == [zone.serial + n for n in range(total + 1)]
        assert (after.generation, after.recordset_count) == (total + 1, total + 2)
        assert len(names) == total + 1


def test_of_rivals_for_one_recordset_one_wins(sites: list[Site]) -> None:
    """Whichever node they ask."""
    zone = sites[0].zone()
    catch_up(sites[1].store.engine)
    for n in range(10):
        outcomes = at_once(
            [partial(site.recordset, zone, f"h{n}", "A", "192.0.2.1") for site in sites * 4]
        )
        refused = [item for item in outcomes if isinstance(item, Exception)]
        assert len(refused) == len(outcomes) - 1, outcomes
        assert {type(item) for item in refused} == {DuplicateRecordSet}


def test_creators_of_the_same_parent_and_child_names_agree_on_an_owner(sites: list[Site]) -> None:
    """No name exists twice, and nobody gets a zone below or above another project's."""
    for project in range(3):
        sites[0].limit(f"p{project}", zones=-1)
    catch_up(sites[1].store.engine)
    for n in range(10):
        family = [f"f{n}.example.", f"a.f{n}.example.", f"b.a.f{n}.example."]
        nodes = cycle(sites)
        rivals = [
            partial(next(nodes).zone, name, caller(f"p{project}"))
            for project in range(3)
            for name in family * 2
        ]
        outcomes = at_once(rivals)
        made = [item for item in outcomes if isinstance(item, Zone)]
        refused = {type(item) for item in outcomes if isinstance(item, Exception)}
        assert refused <= {DuplicateZone, IllegalChild, IllegalParent}, outcomes
        assert len({zone.project_id for zone in made}) == 1, outcomes
        assert len({zone.name for zone in made}) == len(made) >= 1, outcomes
    with caught_up(sites[0].store.engine) as connection:
        found = connection.execute(select(zones.c.name).where(zones.c.deleted == LIVE)).scalars()
        names = list(found)
    assert len(names) == len(set(names))


def test_rivals_in_two_pools_agree_on_an_owner(sites: list[Site]) -> None:
    """A name is its project's in every pool, also when each node makes it in another one."""
    tiers = {"tin": DEFAULT_POOL, "gold": OTHER_POOL}
    choosing = [Site(site.store.engine, scheduler=["attribute"]) for site in sites]
    for tier, pool_id in tiers.items():
        choosing[0].pool(pool_id, tier, attributes={"tier": tier})
    choosing[0].tsigkey(OTHER_POOL)
    for project in range(3):
        choosing[0].limit(f"p{project}", zones=-1)
    catch_up(sites[1].store.engine)
    for n in range(10):
        nodes = cycle(choosing)
        rivals = [
            partial(next(nodes).zone, name, caller(f"p{project}"), attributes={"tier": tier})
            for project, tier in enumerate(("tin", "gold", "tin"))
            for name in [f"f{n}.example.", f"a.f{n}.example."] * 2
        ]
        outcomes = at_once(rivals)
        made = [item for item in outcomes if isinstance(item, Zone)]
        refused = {type(item) for item in outcomes if isinstance(item, Exception)}
        assert refused <= {DuplicateZone, IllegalChild, IllegalParent}, outcomes
        assert len({zone.project_id for zone in made}) == 1, outcomes
        assert len({zone.name for zone in made}) == len(made) >= 1, outcomes


def test_a_quota_holds_over_both_nodes(sites: list[Site]) -> None:
    """Of a project that never had a zone, and of one that had."""
    for project, before in (("new", 0), ("old", 1)):
        sites[0].limit(project, zones=before + 3)
        for n in range(before):
            sites[0].zone(f"before{n}.{project}.", caller(project))
        catch_up(sites[1].store.engine)
        outcomes = at_once(
            [
                partial(sites[n % 2].zone, f"z{n}.{project}.", caller(project))
                for n in range(WRITERS)
            ]
        )
        refused = [item for item in outcomes if isinstance(item, Exception)]
        assert {type(item) for item in refused} == {OverQuota}
        assert len(refused) == WRITERS - 3


def test_a_zone_is_deleted_or_gets_a_child(sites: list[Site]) -> None:
    """Not both: the child's creator and the deleter write a common row."""
    sites[0].limit("p1", zones=-1)
    for n in range(10):
        parent = sites[0].zone(f"p{n}.example.")
        catch_up(sites[1].store.engine)
        delete = partial(sites[0].central.zones.delete, ADMIN, parent.id)
        create = partial(sites[1].zone, f"child.p{n}.example.")
        deleted, child = at_once([delete, create])
        if isinstance(deleted, Exception):
            assert isinstance(deleted, ZoneHasSubZone)
            assert isinstance(child, Zone)
        else:
            # The parent was DELETE already when the child came, or the child came after it.
            assert isinstance(child, Zone | IllegalChild), child
            with caught_up(sites[0].store.engine) as connection:
                order = dict(
                    connection.execute(
                        select(journal.c.zone_id, journal.c.id).where(
                            journal.c.zone_id.in_([parent.id, getattr(child, "id", "")])
                        )
                    ).all()
                )
            if isinstance(child, Zone):
                assert order[child.id] > order[parent.id]


def test_a_zone_that_is_deleted_gets_no_record_any_more(sites: list[Site]) -> None:
    """The last version in its journal is the deletion."""
    for n in range(10):
        zone = sites[0].zone(f"d{n}.example.")
        catch_up(sites[1].store.engine)
        delete = partial(sites[0].central.zones.delete, ADMIN, zone.id)
        writes = [
            partial(sites[1].recordset, zone, f"h{label}", "A", "192.0.2.1") for label in range(4)
        ]
        deleted, *_ = at_once([delete, *writes])
        with caught_up(sites[0].store.engine) as connection:
            last = connection.execute(
                select(journal.c.generation, journal.c.name)
                .where(journal.c.zone_id == zone.id)
                .order_by(journal.c.generation.desc())
            ).first()
        assert last is not None
        assert (last.generation, last.name) == (deleted.generation, None)


def test_a_pool_is_not_deleted_under_a_new_zone(sites: list[Site]) -> None:
    """On one node a zone is made in it, on the other it is deleted: one of both is refused."""
    wanted: dict[str, Any] = {"attributes": {"pool_id": OTHER_POOL}, "ctx": ADMIN}
    forced = [Site(site.store.engine, scheduler=["pool_id_attribute"]) for site in sites]
    removed: object = None
    for n in range(10):
        forced[0].pool(OTHER_POOL, "other")
        if removed is None:
            forced[0].tsigkey(OTHER_POOL)  # the last one went with the pool
        catch_up(sites[1].store.engine)
        makers = [
            partial(forced[0].zone, f"z{m}.p{n}.example.", email="a@example.org", **wanted)
            for m in range(4)
        ]
        remover = partial(forced[1].central.pools.delete, ADMIN, OTHER_POOL)
        *made, removed = at_once([*makers, remover])
        zones_made = [zone for zone in made if isinstance(zone, Zone)]
        refused = {type(item) for item in made if isinstance(item, Exception)}
        assert refused <= {NoValidPoolFound}, made
        if removed is None:
            assert zones_made == []
        else:
            assert isinstance(removed, InvalidOperation), removed
            assert zones_made
        for zone in zones_made:
            forced[0].remove(zone)
        catch_up(sites[1].store.engine)
