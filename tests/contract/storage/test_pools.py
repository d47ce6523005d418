# SPDX-License-Identifier: Apache-2.0
"""Pools: rivals for a name, pools that are deleted while zones come in, and lists."""

import threading
from functools import partial
from itertools import product
from typing import Any

import pytest

from designate.errors import (
    DuplicatePool,
    InvalidOperation,
    InvalidTsigKey,
    MarkerNotFound,
    NoValidPoolFound,
    PoolNotFound,
)
from designate.model.listing import Query
from designate.model.pools import NewPool, NsRecord, Pool, PoolChange
from designate.model.tsigkeys import POOL, NewTsigKey, TsigKey
from designate.model.zones import Zone
from designate.storage import pools, rows, zones
from designate.storage.transaction import Transaction
from tests.contract.storage.listing import has_text, in_order, walk
from tests.contract.storage.test_transactions import THREADS, at_once
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, START, Site, caller

PATIENCE = 30.0
A_WHILE = 1.0


@pytest.fixture
def forced(site: Site) -> Site:
    """A site where a zone may name its pool, and another pool that takes zones."""
    made = Site(site.store.engine, scheduler=["pool_id_attribute"])
    made.pool(OTHER_POOL, "other")
    made.tsigkey(OTHER_POOL)
    return made


def put_zone(tx: Transaction, pool: Pool, name: str) -> None:
    """What every creation of a zone does."""
    pools.enter(tx, pool, name)
    zone = Zone(
        id=rows.new_id(),
        pool_id=pool.id,
        project_id="p1",
        name=name,
        email="a@example.org",
        ttl=1,
        serial=1,
        refresh=1,
        retry=1,
        expire=1,
        minimum=1,
        mname="ns1.pool.",
        created_at=START,
    )
    zones.add(tx, zone, ns_version=1)


def test_who_deletes_a_pool_waits_for_a_zone_that_comes_in(forced: Site) -> None:
    """And finds it."""
    deleted, outcomes = threading.Event(), list[Exception]()

    def delete() -> None:
        try:
            forced.central.pools.delete(ADMIN, OTHER_POOL)
        except Exception as error:  # noqa: BLE001 - looked at below
            outcomes.append(error)
        deleted.set()

    deleter = threading.Thread(target=delete)

    def write(tx: Transaction) -> None:
        put_zone(tx, Pool(id=OTHER_POOL, name="other"), "shop.example.")
        tx.close()
        deleter.start()
        assert not deleted.wait(A_WHILE)

    forced.store.write(write)
    deleter.join(PATIENCE)
    assert [type(outcome) for outcome in outcomes] == [InvalidOperation]
    assert forced.central.pools.get(ADMIN, OTHER_POOL).name == "other"


def test_no_zone_is_put_into_a_pool_that_was_just_deleted(forced: Site) -> None:
    """Whoever chose it before is told that there is none."""
    chosen = forced.central.pools.get(ADMIN, OTHER_POOL)
    forced.central.pools.delete(ADMIN, OTHER_POOL)
    if forced.store.engine.dialect.name != "sqlite":
        with pytest.raises(NoValidPoolFound):
            forced.store.write(lambda tx: put_zone(tx, chosen, "shop.example."))
    with pytest.raises(NoValidPoolFound):
        forced.zone(attributes={"pool_id": OTHER_POOL}, ctx=ADMIN)


def test_who_makes_a_key_waits_for_a_pool_that_goes(forced: Site) -> None:
    """And is told that there is none."""
    made, outcomes = threading.Event(), list[Any]()

    def make() -> None:
        outcomes.extend(at_once([partial(make_key, forced, 1)]))
        made.set()

    maker = threading.Thread(target=make)

    def write(tx: Transaction) -> None:
        assert pools.remove(tx, OTHER_POOL)
        maker.start()
        assert not made.wait(A_WHILE)

    forced.store.write(write)
    maker.join(PATIENCE)
    assert [type(outcome) for outcome in outcomes] == [InvalidTsigKey]
    assert forced.central.tsigkeys.find(ADMIN, Query()).items == []


def test_a_key_goes_with_its_pool_whoever_comes_first(forced: Site) -> None:
    """None is left of a pool that is gone."""
    for n in range(5):
        forced.pool(OTHER_POOL, "other")
        makers = [partial(make_key, forced, n * THREADS + m) for m in range(THREADS - 1)]
        removed, *made = at_once([partial(forced.central.pools.delete, ADMIN, OTHER_POOL), *makers])
        assert removed is None
        assert {type(item) for item in made} <= {TsigKey, InvalidTsigKey}
        assert forced.central.tsigkeys.find(ADMIN, Query()).items == []


def make_key(site: Site, number: int) -> TsigKey:
    """Make a key for the other pool."""
    secret = {"algorithm": "hmac-sha256", "secret": "c2VjcmV0"}
    new = NewTsigKey(name=f"key{number}", scope=POOL, resource_id=OTHER_POOL, **secret)
    return site.central.tsigkeys.create(ADMIN, new)


def test_a_pool_goes_or_has_zones(forced: Site) -> None:
    """Never both, whoever comes first."""
    for n in range(5):
        forced.pool(OTHER_POOL, "other")
        if not forced.central.pools.get(ADMIN, OTHER_POOL).owns_tsigkey:
            forced.tsigkey(OTHER_POOL)
        wanted: dict[str, Any] = {"attributes": {"pool_id": OTHER_POOL}, "ctx": ADMIN}
        makers = [partial(forced.zone, f"z{m}.p{n}.", **wanted) for m in range(THREADS - 1)]
        remover = partial(forced.central.pools.delete, ADMIN, OTHER_POOL)
        removed, *made = at_once([remover, *makers])
        there = [zone for zone in made if isinstance(zone, Zone)]
        assert {type(item) for item in made if isinstance(item, Exception)} <= {NoValidPoolFound}
        assert (removed is None) == (there == []), (removed, made)
        assert removed is None or isinstance(removed, InvalidOperation)
        for zone in there:
            forced.remove(zone)


def test_of_rivals_for_one_name_one_wins(site: Site) -> None:
    """Who makes it, and who renames to it."""
    make = partial(site.central.pools.create, ADMIN, NewPool(name="same"))
    outcomes = at_once([make] * THREADS)
    assert sum(isinstance(outcome, Pool) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DuplicatePool) for outcome in outcomes) == THREADS - 1
    made = [site.central.pools.create(ADMIN, NewPool(name=f"p{n}")) for n in range(THREADS)]
    change = PoolChange(name="another")
    outcomes = at_once([partial(site.central.pools.update, ADMIN, p.id, change) for p in made])
    assert sum(isinstance(outcome, Pool) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DuplicatePool) for outcome in outcomes) == THREADS - 1


def test_changes_of_different_fields_all_stay(site: Site) -> None:
    """Though a pool is one document; each change of NS records is a version."""
    made = site.central.pools.create(ADMIN, NewPool(name="p", ns_records=[NsRecord(hostname="a.")]))
    changes = [PoolChange(attributes={"a": "b"}), PoolChange(description="text")]
    changes += [PoolChange(ns_records=[NsRecord(hostname=f"n{n}.")]) for n in range(THREADS - 2)]
    at_once([partial(site.central.pools.update, ADMIN, made.id, change) for change in changes])
    after = site.central.pools.get(ADMIN, made.id)
    assert (after.attributes, after.description) == ({"a": "b"}, "text")
    assert (after.ns_version, after.version) == (made.ns_version + THREADS - 2, THREADS + 1)


@pytest.mark.parametrize("filters", [{}, {"name": "p*"}, {"name": "*_x"}, {"name": "!P"}], ids=str)
def test_pages_are_those_of_a_sorted_list(site: Site, filters: dict[str, str]) -> None:
    """Of what the project sees: pools of nobody and its own."""
    names = ["p", "P", "p_x", "pax", "zz", "P2"]
    for number, name in enumerate(names):
        owner = caller(["p1", "p2", None][number % 3], "admin")
        site.central.pools.create(owner, NewPool(name=name))
        site.clock.advance(number % 2)
    for ctx in (caller("p1", "admin"), caller("p2", "admin"), ADMIN):
        every = site.central.pools.find(ADMIN, Query(limit=100)).items
        seen = [p for p in every if ctx.all_projects or p.project_id in (None, ctx.project_id)]
        wanted = [p for p in seen if all(has_text(p.name, v) for v in filters.values())]
        for key, direction, limit in product(
            ["created_at", "updated_at", "id", "name"], ["asc", "desc"], [1, 2, 100]
        ):
            query = Query(filters=filters, sort_key=key, sort_dir=direction, limit=limit)
            found = walk(partial(site.central.pools.find, ctx), query)
            assert found == in_order(wanted, key, direction)


def test_a_foreign_pool_is_none(site: Site) -> None:
    """Neither to show nor to change, and as a marker no sign that there is one."""
    made = site.central.pools.create(caller("p1", "admin"), NewPool(name="mine"))
    other = caller("p2", "admin")
    for pool_id in (made.id, rows.new_id()):
        with pytest.raises(PoolNotFound):
            site.central.pools.get(other, pool_id)
        with pytest.raises(PoolNotFound):
            site.central.pools.update(other, pool_id, PoolChange(name="default"))
        with pytest.raises(PoolNotFound):
            site.central.pools.delete(other, pool_id)
        with pytest.raises(MarkerNotFound):
            site.central.pools.find(other, Query(marker=pool_id))
    known = site.central.pools.get(other, DEFAULT_POOL)
    assert known.name == "default"
