# SPDX-License-Identifier: Apache-2.0
"""Zones that are looked at again, and work that a clock has put off."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Row, insert, select, update

from designate.conf.producer import TaskSettings
from designate.model.zones import Zone
from designate.producer.drift_audit import DriftAudit
from designate.producer.worker_periodic_recovery import LONGEST_PAUSE, WorkerPeriodicRecovery
from designate.storage import audit, rows
from designate.storage.tables import zone_servers, zone_work
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.worker import jobs
from designate.worker.ledger import LEASE
from tests.statements import statements
from tests.unit.central.site import START, Site
from tests.unit.producer.running import run_once

NOW = rows.unix_time(START)


def rest(site: Site, zone: Zone, state: str = "present") -> None:
    """Let a zone be ACTIVE, with nothing to do, and known to be in this state on a target."""
    site.confirm(zone)
    row = insert(zone_servers).values(
        zone_id=zone.id,
        role="target",
        server="bind9/192.0.2.1#53",
        pool_id=zone.pool_id,
        name_key=zone.name_key,
        state=state,
        changed_at=START,
    )
    mine = update(zone_work).where(zone_work.c.name_key == zone.name_key)
    site.store.write(lambda tx: tx.write(row))
    site.store.write(lambda tx: tx.write(mine.values(due_at=None, since=None)))


def place(store: Store, zone: Zone) -> Row[Any]:
    """The place of a zone's name in the queue."""
    mine = select(zone_work).where(zone_work.c.name_key == zone.name_key)
    with store.read() as connection:
        return connection.execute(mine).one()


@pytest.fixture
def zones(site: Site) -> list[Zone]:
    """Five zones that rest, in the order of their ids."""
    made = [site.zone(f"z{number}.example.") for number in range(5)]
    for zone in made:
        rest(site, zone)
    return sorted(made, key=lambda zone: zone.id)


def doubted(site: Site, zones: list[Zone]) -> int:
    """How many are to be verified; each of them is due."""
    found = [zone for zone in zones if place(site.store, zone).verify]
    for zone in zones:
        assert (place(site.store, zone).due_at is not None) == (zone in found)
    return len(found)


def test_each_run_verifies_some_zones_and_all_have_their_turn(
    site: Site, zones: list[Zone]
) -> None:
    """So many in each run, wherever it begins."""
    audit = DriftAudit(site.store, TaskSettings(600, per_page=1, batch_size=2))
    numbers = []
    for _ in range(4):
        run_once(site.store, audit)
        numbers.append(doubted(site, zones))
    assert numbers[0] in (1, 2)
    assert numbers == sorted(numbers)
    assert numbers[-1] == 5


def test_few_zones_are_verified_in_one_run(site: Site, zones: list[Zone]) -> None:
    """And a run that has to stop does nothing more."""
    audit = DriftAudit(site.store, TaskSettings(600, per_page=100, batch_size=1000))
    assert not run_once(site.store, audit, lambda: True)
    assert doubted(site, zones) == 0
    run_once(site.store, audit)
    assert doubted(site, zones) == 5


def test_only_zones_that_shall_be_there_are_verified(site: Site, zones: list[Zone]) -> None:
    """Neither deleted ones, nor those in work for a change, nor those that no target was told."""
    site.remove(zones[0])
    site.recordset(zones[1], "www", "A", "192.0.2.1")
    untold = site.zone("untold.example.")
    rest(site, untold, state="absent")
    run_once(site.store, DriftAudit(site.store, TaskSettings(600, per_page=100, batch_size=1000)))
    assert [place(site.store, zone).verify for zone in zones] == [None] * 2 + [1] * 3
    assert place(site.store, untold).due_at is None


def test_an_audit_leaves_what_is_known_as_it_is(site: Site, zones: list[Zone]) -> None:
    """It queues names: a cloud that is as it should be has no row of a server rewritten."""
    with statements(site.store.engine) as seen:
        site.store.write(lambda tx: audit.doubt(tx, [zone.name_key for zone in zones]))
    changed = [text.split()[1] for text, _ in seen if not text.startswith("SELECT")]
    assert changed == ["zone_work"]


def test_work_that_waits_too_long_is_freed(site: Site, zones: list[Zone]) -> None:
    """Whoever holds it; pauses as workers make them stay as they are."""
    longest = jobs.LAST_RETRY * jobs.PARKED * 1.25
    assert longest + LEASE < LONGEST_PAUSE
    for zone, pause in zip(zones, (longest, LONGEST_PAUSE, 3600, 7200), strict=False):
        mine = update(zone_work).where(zone_work.c.name_key == zone.name_key)
        held = mine.values(due_at=NOW + pause, lease_token="held" if pause == 7200 else None)
        site.store.write(partial(Transaction.write, statement=held))
    run_once(site.store, WorkerPeriodicRecovery(site.store, TaskSettings(120, per_page=1)))
    assert [place(site.store, zone).due_at for zone in zones] == [
        NOW + longest,
        NOW + LONGEST_PAUSE,
        NOW,
        NOW,
        None,
    ]
    assert place(site.store, zones[3]).lease_token == "held"
