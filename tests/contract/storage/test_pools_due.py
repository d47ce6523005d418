# SPDX-License-Identifier: Apache-2.0
"""The zones of a pool whose servers changed are told of it and due, however many they are."""

from functools import partial

import pytest
from sqlalchemy import insert, select, update

from designate.model.pools import Nameserver, Target
from designate.storage import pools, servers
from designate.storage.servers import JOINING, NAMESERVER, ServerRow
from designate.storage.tables import zone_servers, zone_work, zones
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


def serve(site: Site, *hosts: str) -> None:
    """Let the default pool have these name servers."""
    nameservers = [Nameserver(host=host) for host in hosts]
    site.pool(DEFAULT_POOL, "default", nameservers=nameservers)


def known(site: Site, names: set[str]) -> dict[str, set[tuple[str, str, bool]]]:
    """Server, state and whether it counts of each row that the worker reads of these names."""
    with site.store.read() as connection:
        found = {pool.id: pool for pool in pools.find_all(connection)}
        facts = servers.load(connection, names, found)
    return {name: {(r.server, r.state, r.joined) for r in facts[name].rows} for name in names}


def written(site: Site) -> int:
    """How many rows the database has of zones on servers."""
    with site.store.read() as connection:
        return len(connection.execute(select(zone_servers.c.zone_id)).all())


def finish(site: Site) -> None:
    """Go on until all zones have been told."""
    while site.pools.run_next():
        pass


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
    finish(site)
    assert due(site) == mine


def test_a_new_name_server_has_joined_no_zone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the change on, though the zones' rows are written step by step."""
    monkeypatch.setattr(pools, "AT_ONCE", 10)
    site.limit("p1", zones=-1)
    serve(site, "192.0.2.1")
    mine = {site.zone(f"z{n}.example.").name_key for n in range(MANY)}
    serve(site, "192.0.2.1", "192.0.2.2")
    joining = dict.fromkeys(mine, {("192.0.2.2#53", JOINING, False)})
    assert 0 < written(site) < MANY
    assert known(site, mine) == joining
    assert site.pools.run_next()
    assert known(site, mine) == joining
    finish(site)
    assert written(site) == MANY
    assert known(site, mine) == joining


def test_a_name_server_that_was_seen_meanwhile_is_looked_at_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of another server, half way: what the first has not joined is not forgotten."""
    monkeypatch.setattr(pools, "AT_ONCE", 10)
    site.limit("p1", zones=-1)
    serve(site, "192.0.2.1")
    mine = {site.zone(f"z{n}.example.").name_key for n in range(MANY)}
    serve(site, "192.0.2.1", "192.0.2.2")
    assert site.pools.run_next()
    serve(site, "192.0.2.1", "192.0.2.2", "192.0.2.3")
    both = {("192.0.2.2#53", JOINING, False), ("192.0.2.3#53", JOINING, False)}
    assert known(site, mine) == dict.fromkeys(mine, both)
    finish(site)
    assert known(site, mine) == dict.fromkeys(mine, both)
    rest(site)
    serve(site, "192.0.2.1", "192.0.2.3")
    finish(site)
    assert known(site, mine) == dict.fromkeys(mine, {("192.0.2.3#53", JOINING, False)})
    assert due(site) == mine


def test_of_a_name_server_that_is_gone_nothing_is_remembered(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor of what it held when it comes back; rows of others and of targets stay."""
    monkeypatch.setattr(pools, "AT_ONCE", 10)
    site.limit("p1", zones=-1)
    serve(site, "192.0.2.1", "192.0.2.2")
    made = [site.zone(f"z{n}.example.") for n in range(MANY)]
    kept = [
        ServerRow(
            zone_id=zone.id,
            name_key=zone.name_key,
            pool_id=DEFAULT_POOL,
            role=role,
            server=server,
            state="behind",
            generation=1,
        )
        for zone in made
        for role, server in (
            (NAMESERVER, "192.0.2.1#53"),
            (NAMESERVER, "192.0.2.2#53"),
            ("target", "fake/192.0.2.2#53"),
        )
    ]
    site.store.write(lambda tx: servers.put(tx, kept))
    serve(site, "192.0.2.1")
    serve(site, "192.0.2.1", "192.0.2.2")
    names = {zone.name_key for zone in made}
    for _ in range(2):
        for rows in known(site, names).values():
            assert rows == {
                ("192.0.2.1#53", "behind", True),
                ("192.0.2.2#53", JOINING, False),
                ("fake/192.0.2.2#53", "behind", True),
            }
        finish(site)


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
        analyze(tx.connection, "zones", "zone_work", "zone_servers")
        pool = pools.get(tx.connection, pool_id)
        assert pool is not None
        with examiner(tx.connection).counting() as read:
            pools._make_due(tx, pool, 5)
        return read[0]

    for pool_id in (DEFAULT_POOL, OTHER_POOL):
        # One of them for each zone: it is looked for rows of name servers, which is here since
        # they are not all written with the change.
        assert 0 < site.store.write(partial(step, pool_id=pool_id)) < 9 * pools.AT_ONCE
