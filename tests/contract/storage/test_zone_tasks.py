# SPDX-License-Identifier: Apache-2.0
"""Periodic tasks that go through zones: which they find, and what they do once."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from designate.conf.producer import TaskSettings
from designate.errors import MessagingUnavailable
from designate.events.notifier import Event
from designate.model.service_statuses import STOPPED, UP
from designate.model.zones import SECONDARY, NewZone, Zone
from designate.producer.periodic_cleanup_stopped_service_status import (
    PeriodicCleanupStoppedServiceStatus,
)
from designate.producer.periodic_exists import PeriodicExists
from designate.producer.periodic_secondary_refresh import PeriodicSecondaryRefresh
from designate.producer.periods import Period
from designate.runtime.partitions import SHARDS
from designate.storage import periods, rows, service_statuses
from designate.storage.tables import service_statuses as statuses
from designate.storage.tables import zone_work
from designate.storage.tables import zones as table
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from tests.unit.central.site import START, Site, caller
from tests.unit.producer.running import ME, run_once

HOUR = 3600
NOON = int(rows.unix_time(START))


class Broker:
    """Takes events until it is told not to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.away_after: int | None = None

    def send(self, event: Event) -> None:
        """Take one."""
        if self.away_after is not None and len(self.events) >= self.away_after:
            raise MessagingUnavailable
        self.events.append(event)

    def zones(self) -> list[str]:
        """The zones that were told of, in order."""
        return [str(event.payload["id"]) for event in self.events]


def period(store: Store, name: str, begin: int, end: int) -> Period:
    """A period of a task over all shards, begun or left by others at its position."""
    store.write(lambda tx: periods.add(tx, name, [0], begin))
    with store.read() as connection:
        row = periods.of(connection, name)[0]
    goal = row.goal or end
    assert store.write(lambda tx: periods.claim(tx, name, row, ME, goal, row.done))
    taken = periods.Progress(0, row.done, goal, row.position, ME, row.beat + 1)
    return Period(store, name, range(SHARDS), ME, taken)


def never() -> bool:
    """The process goes on."""
    return False


def exists(site: Site, broker: Broker, per_page: int = 2) -> PeriodicExists:
    """The task over a site."""
    return PeriodicExists(site.store, TaskSettings(HOUR, per_page, max_missed=24), broker.send)


def test_each_zone_of_the_period_is_told_of_once(site: Site) -> None:
    """Those that existed at its end: neither younger ones nor those that were deleted by then."""
    there = [site.zone(f"z{number}.example.") for number in range(5)]
    gone = site.zone("gone.example.")
    site.remove(gone)
    end = NOON + HOUR
    site.clock.advance(HOUR)
    site.zone("younger.example.")
    site.clock.advance(1)
    site.remove(there[0])
    broker = Broker()
    assert exists(site, broker).run(period(site.store, "periodic_exists", NOON, end), never)
    expected = sorted(zone.id for zone in there)
    assert broker.zones() == [zone for zone in expected for _ in range(2)]
    assert {event.type for event in broker.events} == {"dns.domain.exists", "dns.zone.exists"}
    ended = {event.payload["audit_period_ending"] for event in broker.events}
    assert ended == {(START + timedelta(hours=1)).isoformat()}
    deleted = {event.payload["id"] for event in broker.events if event.payload["deleted_at"]}
    assert deleted == {there[0].id}


def test_a_period_is_told_of_when_its_zones_are_committed(site: Site) -> None:
    """A zone has the time at which its transaction began: half a minute is left for that."""
    settings = TaskSettings(HOUR, per_page=2, max_missed=24)
    assert PeriodicExists(site.store, settings, Broker().send).settling == 30.0
    assert PeriodicExists(site.store, replace(settings, interval=4), Broker().send).settling == 2.0


def test_a_broker_that_is_away_loses_no_zone(site: Site) -> None:
    """What goes on sends a page again, with the same ids."""
    zones = [site.zone(f"z{number}.example.") for number in range(5)]
    site.clock.advance(HOUR)
    broker = Broker()
    broker.away_after = 7
    begun = period(site.store, "periodic_exists", NOON, NOON + HOUR)
    with pytest.raises(MessagingUnavailable):
        exists(site, broker).run(begun, never)
    begun.release()
    broker.away_after = None
    again = period(site.store, "periodic_exists", NOON, NOON + HOUR)
    assert exists(site, broker).run(again, never)
    assert set(broker.zones()) == {zone.id for zone in zones}
    ids = [event.id for event in broker.events]
    assert (len(set(ids)), len(ids)) == (10, 13)


def test_a_run_that_stops_goes_on_at_its_page(site: Site) -> None:
    """Nothing that was sent before is sent again, but of the page under way."""
    for number in range(6):
        site.zone(f"z{number}.example.")
    site.clock.advance(HOUR)
    broker = Broker()
    asked = iter([False] * 4 + [True])
    begun = period(site.store, "periodic_exists", NOON, NOON + HOUR)
    assert not exists(site, broker).run(begun, lambda: next(asked))
    begun.release()
    again = period(site.store, "periodic_exists", NOON, NOON + HOUR)
    assert exists(site, broker).run(again, never)
    assert broker.zones() == sorted(broker.zones())
    assert len(broker.events) == 12


def secondary(site: Site, name: str, transferred: timedelta | None, refresh: int = HOUR) -> Zone:
    """A secondary zone that was transferred so long ago, and does nothing now."""
    new = NewZone(name=name, email="dns@x.example", type=SECONDARY, masters=["192.0.2.1"])
    zone = site.central.zones.create(caller(), new)
    site.confirm(zone)
    moment = None if transferred is None else site.clock() - transferred
    mine = update(table).where(table.c.id == zone.id)
    site.store.write(lambda tx: tx.write(mine.values(transferred_at=moment, refresh=refresh)))
    rest = update(zone_work).where(zone_work.c.name_key == name).values(due_at=None)
    site.store.write(partial(Transaction.write, statement=rest))
    return zone


def due(site: Site) -> set[str]:
    """The names that the worker is to see to."""
    with site.store.read() as connection:
        waiting = select(zone_work.c.name_key).where(zone_work.c.due_at.is_not(None))
        return set(connection.execute(waiting).scalars())


def test_secondary_zones_are_refreshed_when_their_soa_asks_for_it(site: Site) -> None:
    """Each by its own time; those that were never transferred wait for something else."""
    secondary(site, "old.example.", timedelta(hours=2))
    secondary(site, "often.example.", timedelta(minutes=10), refresh=300)
    secondary(site, "young.example.", timedelta(minutes=10))
    secondary(site, "never.example.", None)
    leaving = secondary(site, "leaving.example.", timedelta(hours=2))
    site.central.zones.delete(caller(), leaving.id)
    site.zone("primary.example.")
    rest = update(zone_work).values(due_at=None)
    site.store.write(partial(Transaction.write, statement=rest))
    task = PeriodicSecondaryRefresh(site.store, TaskSettings(HOUR, per_page=2))
    assert not run_once(site.store, task, lambda: True)
    assert due(site) == set()
    assert run_once(site.store, task)
    assert due(site) == {"old.example.", "often.example."}


def test_services_that_are_gone_are_forgotten(site: Site) -> None:
    """The stopped at once, the silent after the threshold; without one they stay."""

    def report(host: str, status: str) -> None:
        site.store.write(lambda tx: service_statuses.report(tx, host, ["worker"], status))

    def hosts() -> set[str]:
        with site.store.read() as connection:
            return set(connection.execute(select(statuses.c.hostname)).scalars())

    def clean(threshold: int) -> None:
        settings = TaskSettings(HOUR, per_page=1, time_threshold=threshold)
        run_once(site.store, PeriodicCleanupStoppedServiceStatus(site.store, settings, 1800))

    for host in ("silent", "silent too"):
        report(host, UP)
    site.clock.advance(7200)
    for host, status in (("stopped", STOPPED), ("stopped too", STOPPED), ("alive", UP)):
        report(host, status)
    clean(0)
    assert hosts() == {"silent", "silent too", "alive"}
    clean(10_000)
    assert hosts() == {"silent", "silent too", "alive"}
    clean(3600)
    assert hosts() == {"alive"}
