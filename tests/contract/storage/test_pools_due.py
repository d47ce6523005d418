# SPDX-License-Identifier: Apache-2.0
"""The zones of a pool whose servers changed become due, however many they are."""

import pytest
from sqlalchemy import insert, select, update

from designate.model.pools import Target
from designate.storage import pools
from designate.storage.tables import zone_work, zones
from designate.storage.transaction import Transaction
from tests.contract.storage.test_work import analyze
from tests.mass.examined import examiner
from tests.unit.central.site import DEFAULT_POOL, OTHER_POOL, Site

MANY = 40
CROWD = 20_000


def change(site: Site, host: str) -> None:
    """Give the default pool another target."""
    targets = [Target(type="fake", options={"host": host})]
    site.pool(DEFAULT_POOL, "default", targets=targets)


def rest(site: Site) -> None:
    """Nothing is to be done for any zone."""
    site.store.write(lambda tx: tx.write(update(zone_work).values(due_at=None)))


def due(site: Site) -> set[str]:
    """The names that are due."""
    with site.store.read() as connection:
        found = select(zone_work.c.name_key).where(zone_work.c.due_at.is_not(None))
        return set(connection.execute(found).scalars())


def test_a_few_are_due_at_once(site: Site) -> None:
    """With the change itself, and nothing is left to do."""
    zone = site.zone()
    rest(site)
    change(site, "192.0.2.7")
    assert due(site) == {zone.name_key}
    assert not site.pools.run_next()


def test_many_are_due_step_by_step(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step a transaction; whoever goes on begins where the one before has ended."""
    monkeypatch.setattr(pools, "AT_ONCE", 10)
    site.pool(OTHER_POOL, "other")
    site.limit("p1", zones=-1)
    mine = {site.zone(f"z{n}.example.").name_key for n in range(MANY)}
    site.foreign("foreign.example.", pool_id=OTHER_POOL)
    rest(site)
    change(site, "192.0.2.7")
    seen = due(site)
    assert 0 < len(seen) < MANY
    steps = 0
    while site.pools.run_next():
        steps += 1
        assert seen <= due(site)
        seen = due(site)
    assert seen == mine
    assert 3 <= steps <= MANY


def test_a_change_meanwhile_begins_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were due before have not been told of it."""
    monkeypatch.setattr(pools, "AT_ONCE", 10)
    site.limit("p1", zones=-1)
    mine = {site.zone(f"z{n}.example.").name_key for n in range(MANY)}
    change(site, "192.0.2.7")
    assert site.pools.run_next()
    rest(site)
    change(site, "192.0.2.8")
    while site.pools.run_next():
        pass
    assert due(site) == mine


def test_a_step_reads_about_as_many_as_it_makes_due(site: Site) -> None:
    """Of a pool that has few of the zones, or nearly all."""
    site.pool(OTHER_POOL, "other")
    template = site.foreign("foreign.example.", pool_id=OTHER_POOL)
    with site.store.read() as connection:
        row = connection.execute(select(zones).where(zones.c.id == template.id)).one()._mapping
    crowd = [
        {
            **row,
            "id": f"{n:032x}",
            "name": f"{n}.crowd.",
            "name_key": f"{n}.crowd.",
            "reverse_key": f"{n}.crowd."[::-1],
            "shard": n % 4096,
            "pool_id": OTHER_POOL if n % 1000 else DEFAULT_POOL,
        }
        for n in range(CROWD)
    ]

    def write(tx: Transaction) -> None:
        for first in range(0, CROWD, 1000):
            tx.write(insert(zones), crowd[first : first + 1000])

    site.store.write(write)

    def step(tx: Transaction, pool_id: str) -> int:
        analyze(tx.connection, "zones", "zone_work")
        with examiner(tx.connection).counting() as read:
            pools._make_due(tx, pool_id, 5)
        return read[0]

    for pool_id in (DEFAULT_POOL, OTHER_POOL):
        assert 0 < site.store.write(lambda tx, key=pool_id: step(tx, key)) < 8 * pools.AT_ONCE  # type: ignore[misc]
