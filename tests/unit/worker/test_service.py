# SPDX-License-Identifier: Apache-2.0
"""The worker as a whole, over a database and a name server of a few lines."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import update

from designate import conf
from designate.backends.base import ZoneRef
from designate.backends.bind9 import Bind9
from designate.backends.embedded import Embedded
from designate.backends.fake import Fake
from designate.model.pools import Nameserver, Pool, Target
from designate.storage import pools, zone_pools
from designate.storage import zones as zone_queries
from designate.storage.engine import open_engine
from designate.storage.tables import zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change, advance, mark_due
from designate.worker import dispatcher
from designate.worker.service import WorkerService
from tests.unit.storage.zone_rows import NAME, NOON, add_zone, create_tables, work_row, zone_row
from tests.unit.worker.nameserver import HOST, NameServer


class Slow(Fake):
    """A backend whose calls last until they are let go."""

    def __init__(self) -> None:
        self.called = threading.Semaphore(0)
        self.go = threading.Event()

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """Say that it was called, and wait."""
        self.called.release()
        assert self.go.wait(5)


class World:
    """A store, a server, and a worker between them; the zone is at serial 500."""

    def __init__(self, folder: Path, server: NameServer) -> None:
        self.engine = open_engine(f"sqlite:///{folder / 'db'}")
        self.store = Store(self.engine)
        self.server = server
        self.registry = CollectorRegistry()
        self.slow = Slow()
        create_tables(self.store)
        self.put_pool("embedded")
        self.limits = conf.settings(conf.load([], search=False)).worker
        self.worker = WorkerService(
            self.store,
            self.limits,
            backends={
                "embedded": Embedded(),
                "fake": Fake(),
                "slow": self.slow,
                "bind9": Bind9(),
            },
            registry=self.registry,
        )

    def put_pool(self, kind: str, *, nameservers: bool = True) -> None:
        """The pool with this kind of target."""
        address = {"host": HOST, "port": str(self.server.port)}
        pool = Pool(
            id="pool",
            name="default",
            nameservers=[Nameserver(host=HOST, port=self.server.port)] if nameservers else [],
            targets=[Target(type=kind, options=address)],
        )
        self.store.write(lambda tx: pools.put(tx, pool))

    def zone(self, **more: Any) -> None:
        """Have a zone that is due."""
        add_zone(self.store, **more)
        self.store.write(lambda tx: mark_due(tx, NAME, None))

    def becomes(self, **fields: Any) -> dict[str, Any]:
        """Wait until the zone's row has these values."""
        return self.wait(
            lambda: zone_row(self.store), lambda row: fields.items() <= row.items(), fields
        )

    def rests(self) -> None:
        """Wait until nothing is queued."""
        self.wait(lambda: work_row(self.store), lambda row: row["due_at"] is None, {})

    def wait(
        self,
        probe: Callable[[], dict[str, Any]],
        until: Callable[[dict[str, Any]], bool],
        goal: Any,
    ) -> dict[str, Any]:
        """Look until it is so."""
        deadline = time.monotonic() + 8
        while not until(found := probe()):
            assert time.monotonic() < deadline, (goal, found)
            time.sleep(0.002)
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world whose worker has not begun."""
    with NameServer() as server:
        made = World(tmp_path, server)
        yield made
        made.worker.stop()
        made.engine.dispose()


def test_what_was_due_before_the_start_is_done(world: World) -> None:
    """Nobody needs to wake the worker: the queue is the database."""
    world.server.serials[NAME] = 500
    world.zone()
    world.worker.start()
    world.becomes(status="ACTIVE", action="NONE", confirmed_generation=5)
    world.rests()


def test_a_wake_up_is_heard_at_once(world: World) -> None:
    """Without waiting for the next look at the queue."""
    world.worker.start()
    world.server.serials[NAME] = 500
    world.zone()
    began = time.monotonic()
    world.worker.wake(frozenset({NAME}))
    world.becomes(status="ACTIVE")
    assert time.monotonic() - began < 0.5


def test_a_zone_is_pending_until_the_server_serves_it(world: World) -> None:
    """A transfer that has ended is a reason to look at once."""
    world.put_pool("fake")
    world.server.serials[NAME] = 499
    world.zone()
    world.worker.start()
    world.wait(lambda: {"notified": world.server.notified}, lambda f: bool(f["notified"]), NAME)
    assert zone_row(world.store)["status"] == "PENDING"
    world.server.serials[NAME] = 500
    world.worker.seen(NAME, HOST)
    world.becomes(status="ACTIVE")


def test_a_newer_version_is_followed_while_the_older_is_watched(world: World) -> None:
    """The newest version is the goal; it is enough to see that one."""
    world.server.serials[NAME] = 499
    world.zone()
    world.worker.start()
    world.wait(lambda: {"asked": world.server.asked}, lambda found: bool(found["asked"]), NAME)

    def write(tx: Any) -> None:
        tx.write(update(zones).values(generation=6, serial=501))
        mark_due(tx, NAME, None)

    world.store.write(write)
    world.server.serials[NAME] = 501
    world.worker.wake(frozenset({NAME}))
    world.becomes(status="ACTIVE", confirmed_generation=6)
    world.rests()


def test_a_secondary_zone_that_has_moved_is_seen_at_the_serial_that_it_had(world: World) -> None:
    """On the servers of its new pool: the serial is its master's, and does not rise."""
    settled = {"generation": 4, "status": "ACTIVE", "action": "NONE"}
    world.zone(type="SECONDARY", transferred_at=NOON, pool_id="old", **settled)

    def move(tx: Transaction) -> None:
        zone, pool = zone_queries.lock(tx, "zone"), pools.get(tx.connection, "pool")
        assert zone
        assert pool
        zone_pools.move(tx, zone, pool)
        advance(tx, zone, Change(fields={"pool_id": "pool"}, barrier=True))

    world.store.write(move)
    world.worker.start()
    world.wait(lambda: {"asked": world.server.asked}, lambda found: bool(found["asked"]), NAME)
    assert zone_row(world.store)["status"] == "PENDING"
    world.server.serials[NAME] = 500
    world.becomes(status="ACTIVE", serial=500, confirmed_generation=5)
    world.rests()


def test_a_deleted_zone_ends_when_its_server_denies_it(world: World) -> None:
    """Then its name is free."""
    world.server.serials[NAME] = 500
    world.zone(action="DELETE")
    world.worker.start()
    world.wait(lambda: {"asked": world.server.asked}, lambda found: bool(found["asked"]), NAME)
    assert zone_row(world.store)["deleted"] == "0"
    del world.server.serials[NAME]
    world.becomes(status="DELETED", deleted="zone")
    world.rests()


def test_a_pool_without_name_servers_fails_with_that_reason(world: World) -> None:
    """Nobody could say that the zone is served."""
    world.put_pool("embedded", nameservers=False)
    world.zone()
    world.worker.start()
    world.becomes(status="ERROR", failure_code="no_servers")
    world.rests()


def test_the_time_to_active_is_measured(world: World) -> None:
    """From the commit of the change, and the queue is empty after it."""
    world.server.serials[NAME] = 500
    world.zone()
    world.worker.start()
    world.becomes(status="ACTIVE")
    world.rests()
    assert world.registry.get_sample_value("designate_propagation_seconds_count") == 1
    assert world.registry.get_sample_value("designate_work_names") == 0


def test_the_worker_begins_anew_after_an_error_of_the_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had in hand is in the database."""
    monkeypatch.setattr(dispatcher, "AFTER_ERROR", 0.05)
    world.server.serials[NAME] = 500
    world.zone()
    with world.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE zone_servers RENAME TO hidden")
        world.worker.start()
        world.wait(lambda: work_row(world.store), lambda row: row["lease_token"], "claimed")
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO zone_servers")
    world.becomes(status="ACTIVE")


def test_a_call_that_ends_while_the_database_is_away_frees_its_server(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What came of it is lost, and the same server is told of the zone again."""
    monkeypatch.setattr(dispatcher, "AFTER_ERROR", 0.05)
    world.put_pool("slow")
    world.zone()
    world.worker.start()
    assert world.slow.called.acquire(timeout=5)
    with world.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE zone_work RENAME TO hidden")
        world.worker.wake(frozenset({NAME}))
        world.slow.go.set()
        world.wait(
            lambda: {"errors": caplog.text.count("begun anew")}, lambda f: f["errors"] > 3, "errors"
        )
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO zone_work")
    assert world.slow.called.acquire(timeout=5)


def test_a_change_meanwhile_does_not_hurry_the_polls_of_a_new_zone(world: World) -> None:
    """A server that is still being told of it would refuse, and be told of it a second time."""
    world.put_pool("slow")
    world.zone()
    world.worker.start()
    assert world.slow.called.acquire(timeout=5)
    world.store.write(lambda tx: mark_due(tx, NAME, None))
    world.worker.wake(frozenset({NAME}))
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        assert world.server.asked == []
        time.sleep(0.01)
    world.server.serials[NAME] = 500
    world.slow.go.set()
    world.becomes(status="ACTIVE")
    world.rests()
    assert not world.slow.called.acquire(blocking=False)


def test_stopping_gives_names_back_although_calls_wait(world: World) -> None:
    """Calls under way are waited for; those that wait for their server are not begun."""
    world.put_pool("slow")
    names = [f"z{number}.example." for number in range(world.limits.max_calls_per_target + 1)]
    for name in names:
        add_zone(world.store, zone_id=name, name=name)
    world.worker.start()
    for _ in range(world.limits.max_calls_per_target):
        assert world.slow.called.acquire(timeout=5)
    threading.Timer(0.1, world.slow.go.set).start()
    world.worker.stop()
    assert [work_row(world.store, name)["lease_token"] for name in names] == [None] * len(names)


def test_stopping_gives_names_back(world: World) -> None:
    """Another worker takes them up at once."""
    world.server.serials[NAME] = 499
    world.zone()
    world.worker.start()
    world.wait(lambda: {"asked": world.server.asked}, lambda found: bool(found["asked"]), NAME)
    began = time.monotonic()
    world.worker.stop()
    assert time.monotonic() - began < 1
    after = work_row(world.store)
    assert after["lease_token"] is None
    assert after["due_at"] <= time.time()
