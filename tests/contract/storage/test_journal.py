# SPDX-License-Identifier: Apache-2.0
"""The journal: what can be rebuilt from it, and what may be dropped (decisions 3a.13, 3a.14).

tests/wire/test_rebuild_property.py does the same with random histories.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from designate.conf.producer import TaskSettings
from designate.model.journal import Kept
from designate.model.recordsets import RecordSetChange
from designate.model.zones import Zone, ZoneChange
from designate.producer import journal_pruning
from designate.producer.journal_pruning import JournalPruning
from designate.rules import journal as rules
from designate.storage import journal, versions, zones
from designate.storage.tables import journal as table
from designate.storage.tables import zone_servers
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change, Entry
from tests.unit.central.site import START, Site, caller
from tests.unit.producer.running import run_once

DAY = 86400


def rebuilt(site: Site, zone: Zone, generation: int) -> tuple[int, dict[str, Any]] | None:
    """The zone's TTL and its unmanaged records by name at a version."""
    with site.store.snapshot() as connection:
        now = zones.get_any(connection, zone.id)
        assert now is not None
        found = journal.at(connection, now, generation)
        if found is None:
            return None
        images = [image for image in found.recordsets if image.type != "NS"]
        assert found.zone.generation == generation
        return found.zone.ttl, {image.name: (image.ttl, image.records) for image in images}


def prune(store: Store, zone: Zone, floor: int, limit: int = 100) -> int:
    """Drop entries."""
    return store.write(lambda tx: journal.prune(tx, zone.id, floor, limit))


def kept(site: Site, zone: Zone) -> Kept:
    """What is kept of a zone."""
    with site.store.read() as connection:
        return next(one for one in journal.kept(connection, "", "~", 100) if one.zone_id == zone.id)


def entries(store: Store, zone: Zone) -> int:
    """How many entries there are."""
    counting = select(func.count()).select_from(table).where(table.c.zone_id == zone.id)
    with store.read() as connection:
        return int(connection.execute(counting).scalar_one())


def generation_of(store: Store, zone: Zone, serial: int) -> int | None:
    """The version that had a serial."""
    with store.read() as connection:
        return versions.generation_of(connection, zone.id, serial)


@pytest.fixture
def zone(site: Site) -> Zone:
    """A zone at its sixth version: two recordsets, a change of TTL, a re-creation."""
    zone = site.zone()
    old = site.recordset(zone, "a", "A", "192.0.2.1")
    site.recordset(zone, "b", "A", "192.0.2.2", ttl=3600)
    site.central.zones.update(caller(), zone.id, ZoneChange(ttl=60))
    site.central.recordsets.delete(caller(), zone.id, old.id)
    site.recordset(zone, "A", "A", "192.0.2.3")
    return site.fresh(zone)


B = {"b.example.org.": (3600, ["192.0.2.2"])}
VERSIONS = {
    1: (3600, {}),
    2: (3600, {"a.example.org.": (None, ["192.0.2.1"])}),
    3: (3600, {"a.example.org.": (None, ["192.0.2.1"])} | B),
    4: (60, {"a.example.org.": (None, ["192.0.2.1"])} | B),
    5: (60, B),
    6: (60, {"A.example.org.": (None, ["192.0.2.3"])} | B),
}


def test_every_version_is_rebuilt(site: Site, zone: Zone) -> None:
    """Across a zone's TTL, which recordsets without their own follow, and a re-creation."""
    assert {number: rebuilt(site, zone, number) for number in VERSIONS} == VERSIONS
    assert rebuilt(site, zone, 0) is rebuilt(site, zone, 7) is None


@pytest.mark.parametrize("floor", VERSIONS)
def test_the_floor_is_the_oldest_that_is_rebuilt(site: Site, zone: Zone, floor: int) -> None:
    """It has its serial, and so can be led on from; the version below is not known any more."""
    serials = {number: zone.serial - 6 + number for number in VERSIONS}
    assert prune(site.store, zone, floor) == floor - 1
    with site.store.read() as connection:
        assert journal.floor(connection, zone.id) == floor
    for number, version in VERSIONS.items():
        assert rebuilt(site, zone, number) == (version if number >= floor else None)
        known = generation_of(site.store, zone, serials[number])
        assert known == (number if number >= floor else None)


def test_a_version_may_lose_its_entries_one_by_one(site: Site, zone: Zone) -> None:
    """They lead to the versions before it, which are gone already."""
    both = [
        Entry(
            recordset_id=name,
            name=f"{name}.example.org.",
            type="A",
            head=name.encode(),
            wire_after=b"\0\4\1\2\3\4",
            records_after=["1.2.3.4"],
        )
        for name in ("x", "y")
    ]

    def write(tx: Transaction) -> Zone:
        locked = zones.lock(tx, zone.id)
        assert locked is not None
        return versions.advance(tx, locked, Change(entries=both))

    seventh = site.store.write(write)
    site.recordset(zone, "c", "A", "192.0.2.9")
    for floor in (2, 3, 4, 5, 6, 7, 7, 8):
        assert rebuilt(site, zone, 7) == VERSIONS[6]
        assert generation_of(site.store, zone, seventh.serial) == 7
        assert prune(site.store, zone, 8, limit=1) == 1
        with site.store.read() as connection:
            assert journal.floor(connection, zone.id) == floor
    assert prune(site.store, zone, 8) == 0
    assert rebuilt(site, zone, 7) is None
    assert generation_of(site.store, zone, seventh.serial) is None


def test_two_versions_are_compared(site: Site, zone: Zone) -> None:
    """By name and type, whichever recordset had them; fields of the zone before and after."""
    with site.store.snapshot() as connection:
        found = journal.difference(connection, zone, 3, 6)
        assert found is not None
        assert journal.difference(connection, zone, 6, 3) is None
    (change,) = found.recordsets
    assert change.before is not None
    assert change.after is not None
    assert (change.before.name, change.before.records) == ("a.example.org.", ["192.0.2.1"])
    assert (change.after.name, change.after.records) == ("A.example.org.", ["192.0.2.3"])
    assert found.fields == {"ttl": (3600, 60)}


# -- what is needed ---------------------------------------------------------------------------


def behind(site: Site, zone: Zone, server: str, generation: int) -> None:
    """Let a name server be at a version."""
    row = insert(zone_servers).values(
        zone_id=zone.id,
        role="nameserver",
        server=server,
        pool_id=zone.pool_id,
        name_key=zone.name_key,
        state="server_behind",
        generation=generation,
        changed_at=site.clock.moment,
    )
    site.store.write(lambda tx: tx.write(row))


def test_what_a_server_may_ask_for_is_known(site: Site, zone: Zone) -> None:
    """From the confirmed version on, or from that of a server further behind that had the zone."""
    expected = Kept(zone_id=zone.id, generation=6, floor=1, oldest=START, needed=0)
    assert kept(site, zone) == expected
    site.confirm(zone)
    assert kept(site, zone).needed == 6
    behind(site, zone, "never", 0)
    assert kept(site, zone).needed == 6
    behind(site, zone, "away", 4)
    assert kept(site, zone).needed == 4
    prune(site.store, zone, 3)
    assert kept(site, zone).floor == 3


def test_zones_come_page_by_page(site: Site) -> None:
    """In the order of their ids, deleted ones too, until none is left."""
    made = [site.zone(f"z{number}.example.") for number in range(5)]
    site.remove(made[0])
    found, after = [], ""
    with site.store.read() as connection:
        while page := journal.kept(connection, after, "~", 2):
            found += [one.zone_id for one in page]
            after = page[-1].zone_id
    assert found == sorted(zone.id for zone in made)


def test_the_version_of_a_moment(site: Site) -> None:
    """The newest that had been made; a clock that was set back makes none older than it is."""
    zone = site.zone()
    for step in (10, 10, -15, 10):
        site.clock.advance(step)
        site.recordset(zone, f"w{entries(site.store, zone)}", "A", "192.0.2.1")

    def current(seconds: int) -> int | None:
        with site.store.read() as connection:
            return journal.current_at(connection, zone.id, START + timedelta(seconds=seconds))

    # Made at 0, 10, 20, 5 and 15.
    assert [current(second) for second in (-1, 0, 9, 10, 19, 20)] == [None, 1, 1, 2, 2, 5]


@pytest.mark.parametrize(
    ("then", "needed", "most", "floor"),
    [
        (None, 90, 100, 11),
        (50, 90, 100, 50),
        (50, 90, 60, 50),
        (50, 90, 51, 50),
        (50, 90, 50, 51),
        (95, 90, 100, 90),
        (95, 5, 100, 11),
        (95, 0, 10, 91),
        (100, 100, 100, 100),
        (3, 100, 1000, 11),
    ],
)
def test_the_floor_that_is_due(then: int | None, needed: int, most: int, floor: int) -> None:
    """By age, but never above what is needed; by number, whatever is needed; never down."""
    now = Kept(zone_id="z", generation=100, floor=11, oldest=START, needed=needed)
    assert rules.floor(now, then, 100, most) == floor


@pytest.mark.parametrize(("lately", "floor"), [(None, 11), (60, 60), (91, 91), (99, 91)])
def test_the_youngest_are_kept_however_many(lately: int | None, floor: int) -> None:
    """No more than a number of the others."""
    now = Kept(zone_id="z", generation=100, floor=11, oldest=START, needed=0)
    assert rules.floor(now, None, lately, 10) == floor


# -- the task ---------------------------------------------------------------------------------


def run(site: Site, *, days: int = 30, most: int = 1000, per_page: int = 100) -> None:
    """One run of the task."""
    settings = TaskSettings(3600, per_page, time_threshold=days * DAY, max_versions=most)
    run_once(site.store, JournalPruning(site.store, settings))


def test_what_was_replaced_long_ago_is_dropped(site: Site, zone: Zone) -> None:
    """The version that was current then is kept, so that all of the time since can be rebuilt."""
    other = site.zone("other.example.")
    site.clock.advance(20 * DAY)
    site.recordset(zone, "c", "A", "192.0.2.9")
    site.confirm(zone)
    run(site, per_page=1)
    assert kept(site, zone).floor == 1
    site.clock.advance(10 * DAY)
    run(site, per_page=1)
    assert (kept(site, zone).floor, entries(site.store, zone)) == (6, 2)
    assert rebuilt(site, zone, 6) == VERSIONS[6]
    site.clock.advance(100 * DAY)
    run(site, per_page=1)
    assert (kept(site, zone).floor, entries(site.store, zone)) == (7, 1)
    assert (kept(site, other).floor, entries(site.store, other)) == (1, 1)


def test_what_is_unconfirmed_is_kept_however_old(site: Site, zone: Zone) -> None:
    """Until a server that is away has become one of too many versions behind."""
    site.confirm(zone)
    behind(site, zone, "away", 3)
    site.clock.advance(1000 * DAY)
    run(site)
    assert kept(site, zone).floor == 3
    run(site, most=2)
    assert kept(site, zone).floor == 5


def test_a_recent_version_is_kept_whatever_is_configured(site: Site, zone: Zone) -> None:
    """A writer that does not know whether its commit went through looks for it in the journal."""
    site.confirm(zone)
    site.clock.advance(journal_pruning.LEAST - 1)
    run(site, days=0)
    assert kept(site, zone).floor == 1
    site.clock.advance(1)
    run(site, days=0)
    assert kept(site, zone).floor == 6


def test_what_is_younger_than_a_minute_is_kept_however_much(site: Site, zone: Zone) -> None:
    """A writer whose commit was not answered looks for it, however many come after it."""
    site.confirm(zone)
    site.clock.advance(journal_pruning.LEAST_BY_SIZE - 1)
    site.recordset(zone, "c", "A", "192.0.2.9")
    run(site, most=1)
    assert kept(site, zone).floor == 1
    site.clock.advance(1)
    run(site, most=1)
    assert kept(site, zone).floor == 6


def test_much_is_dropped_in_small_transactions(site: Site, zone: Zone) -> None:
    """And a run that has to stop leaves the rest to the next one."""
    site.confirm(zone)
    site.clock.advance(60 * DAY)
    settings = TaskSettings(3600, 100, time_threshold=30 * DAY, max_versions=1000)
    turns = iter([False, False, True])
    pruning = JournalPruning(site.store, settings, at_once=2)
    assert not run_once(site.store, pruning, lambda: next(turns, True))
    assert kept(site, zone).floor == 3
    run(site)
    assert kept(site, zone).floor == 6


def rebuild_oldest(site: Site, zone: Zone) -> int:
    """How many recordsets the oldest kept version had."""
    with site.store.snapshot() as connection:
        now = zones.get_any(connection, zone.id)
        oldest = journal.floor(connection, zone.id)
        assert now is not None
        assert oldest is not None
        found = journal.at(connection, now, oldest)
        assert found is not None
        return len(list(found.recordsets))


def test_writers_and_readers_go_on_while_entries_are_dropped(site: Site, zone: Zone) -> None:
    """No write fails or waits for a rival in vain, and what is read is always whole."""
    items = [item for item in site.listed(zone) if not item.managed]
    prune(site.store, zone, 6)
    ended = threading.Event()

    def write(number: int) -> None:
        for turn in range(25):
            change = RecordSetChange(records=[f"192.0.2.{turn}"])
            site.central.recordsets.update(caller(), zone.id, items[number].id, change)

    def repeat(work: Callable[[], int]) -> list[int]:
        results = []
        while not ended.is_set():
            results.append(work())
        return results

    def drop() -> int:
        return prune(site.store, zone, site.fresh(zone).generation - 2, limit=3)

    with ThreadPoolExecutor() as threads:
        beside = (
            threads.submit(repeat, drop),
            threads.submit(repeat, lambda: rebuild_oldest(site, zone)),
        )
        try:
            assert len(list(threads.map(write, range(2)))) == 2
        finally:
            ended.set()
        dropped, rebuilt_ones = (one.result() for one in beside)
    assert set(rebuilt_ones) == {3}
    now = site.fresh(zone)
    assert now.generation == 6 + 50
    assert entries(site.store, zone) == now.generation - kept(site, zone).floor + 1
    assert entries(site.store, zone) == 1 + 50 - sum(dropped) < 51
