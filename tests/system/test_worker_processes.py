# SPDX-License-Identifier: Apache-2.0
"""Several workers: one that was stopped for longer than its lease does no harm, and few races."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from designate.model.pools import Nameserver, Pool, Target
from designate.model.work import lane_of
from designate.storage import pools, schema
from designate.storage.engine import open_engine
from designate.storage.servers import PRESENT
from designate.storage.tables import zone_servers, zone_state, zone_work, zones
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import mark_due
from tests.servers.mariadb import MariaDb
from tests.system.test_fairness import Serials, zone_of
from tests.unit.storage.zone_rows import NAME, add_zone, work_row, zone_row
from tests.unit.worker.nameserver import HOST, NameServer

pytestmark = pytest.mark.slow
LEASE = 3.0
WAITING = 40.0
NAMES = 2_000
MOST_LOST = 0.1
"""Of all claims: as many races may be lost."""


class Site:
    """A database, a name server, and workers on them."""

    def __init__(self, folder: Path, database: str, server: NameServer) -> None:
        self.folder = folder
        self.server = server
        self.database = database
        self.engine = open_engine(database)
        schema.upgrade(self.engine)
        self.store = Store(self.engine)
        (folder / "served").mkdir()
        self.processes: list[subprocess.Popen[str]] = []

    def pool(self, kind: str) -> None:
        """The pool, with one target of this kind."""
        pool = Pool(
            id="pool",
            name="default",
            nameservers=[Nameserver(host=HOST, port=self.server.port)],
            targets=[Target(type=kind, options={"host": HOST, "port": str(self.server.port)})],
        )
        self.store.write(lambda tx: pools.put(tx, pool))

    def worker(self, name: str, *options: str) -> subprocess.Popen[str]:
        """Start a worker."""
        command = [sys.executable, "-m", "tests.system.worker_process"]
        command += ["--database", self.database, "--folder", str(self.folder), "--name", name]
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    def log(self) -> list[str]:
        """What the server was told, by whom."""
        path = self.folder / "log"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def served(self) -> set[str]:
        """The ids of the zones that the server has."""
        return {path.name for path in (self.folder / "served").iterdir()}

    def until(self, holds: Callable[[], Any], what: str) -> None:
        """Wait for something."""
        deadline = time.monotonic() + WAITING
        while not holds():
            assert time.monotonic() < deadline, (what, self.log(), work_row(self.store))
            time.sleep(0.02)

    def end(self) -> list[dict[str, float]]:
        """End all workers; the claims of each."""
        found = []
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            out, _ = process.communicate(timeout=WAITING)
            found.append(json.loads(out))
        self.processes.clear()
        return found


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDb]:
    """The database server of these tests."""
    with MariaDb() as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, mariadb: MariaDb, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A site of its own; its workers end with it."""
    name = f"d{abs(hash(request.node.name))}"
    with NameServer() as server:
        made = Site(tmp_path, mariadb.create(name), server)
        yield made
        for process in made.processes:
            process.kill()
            process.communicate()
        made.engine.dispose()


def stopped_in_a_call(site: Site) -> subprocess.Popen[str]:
    """A worker that was stopped in the middle of a call, for a zone that is due."""
    site.pool("fake")
    (site.folder / "hold-first").touch()
    site.server.serials[NAME] = 500
    add_zone(site.store)
    site.store.write(lambda tx: mark_due(tx, NAME, None))
    first = site.worker("first", "--lease", str(LEASE))
    site.until(lambda: "first begins example.org." in site.log(), "a call")
    os.kill(first.pid, signal.SIGSTOP)
    (site.folder / "hold-first").unlink()
    return first


def test_a_worker_that_stood_still_makes_others_look_again(site: Site) -> None:
    """Its name is taken over; what it does when it goes on is found, and made good."""
    first = stopped_in_a_call(site)
    site.worker("second", "--lease", str(LEASE))
    site.until(lambda: zone_row(site.store)["status"] == "ACTIVE", "taken over")

    def delete(tx: Transaction) -> None:
        tx.write(update(zones).values(action="DELETE", status="PENDING", generation=6))
        mark_due(tx, NAME, None)

    del site.server.serials[NAME]
    site.store.write(delete)
    site.until(lambda: zone_row(site.store)["status"] == "DELETED", "deleted")
    site.until(lambda: work_row(site.store)["due_at"] is None, "rest")
    assert site.served() == set()
    os.kill(first.pid, signal.SIGCONT)
    # The late call puts the deleted zone back on the server; somebody must find that.
    site.until(lambda: "first created example.org." in site.log(), "the late call")
    site.until(lambda: not site.served(), "made good")
    site.until(lambda: work_row(site.store)["due_at"] is None, "rest")
    with site.store.read() as connection:
        there = select(zone_servers.c.zone_id).where(zone_servers.c.state == PRESENT)
        assert connection.execute(there).all() == []
    site.end()


def test_a_worker_that_stood_still_begins_no_call_without_a_lease(site: Site) -> None:
    """What it holds in its hands is another's by now: it gives it up, and goes on as ever."""
    first = stopped_in_a_call(site)
    site.worker("second", "--lease", str(LEASE))
    site.until(lambda: zone_row(site.store)["status"] == "ACTIVE", "taken over")
    os.kill(first.pid, signal.SIGCONT)
    site.until(lambda: "first created example.org." in site.log(), "the late call")
    # The zone is verified: whoever does so tells the server of it once more.
    site.until(lambda: len(site.log()) >= 6, "verified")
    site.until(lambda: work_row(site.store)["due_at"] is None, "rest")
    assert zone_row(site.store)["status"] == "ACTIVE"
    assert site.served() == {"zone"}
    site.end()


def crowd(store: Store) -> None:
    """So many zones that are due."""
    made = [zone_of(number) for number in range(NAMES)]
    due: dict[str, Any] = {"shard": 0, "wanted": 1, "attempts": 0, "due_at": time.time()}

    def write(tx: Transaction) -> None:
        tx.write(insert(zones), made)
        state = [{"zone_id": zone["id"], "confirmed_generation": 4} for zone in made]
        tx.write(insert(zone_state), state)
        names = [
            {"name_key": zone["name_key"], "lane": lane_of(str(n % 50)), **due}
            for n, zone in enumerate(made)
        ]
        tx.write(insert(zone_work), names)

    store.write(write)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_seldom_meet(site: Site, workers: int) -> None:
    """Each claims its own first; a race that is lost is a claim that came back without a name."""
    site.pool("embedded")
    site.server.serials = Serials()
    for number in range(workers):
        site.worker(f"w{number}", "--part", f"{number}/{workers}")
    crowd(site.store)

    def left() -> int:
        with site.store.read() as connection:
            waits = select(func.count()).where(zone_work.c.due_at.is_not(None))
            return connection.execute(waits).scalar_one()

    began = time.monotonic()
    site.until(lambda: left() == 0, "all done")
    seconds = time.monotonic() - began
    claims = site.end()
    won, lost = sum(one["won"] for one in claims), sum(one["lost"] for one in claims)
    cpu = sum(one["cpu"] for one in claims) / NAMES * 1000
    print(f"{workers} workers: {NAMES / seconds:.0f} names/s, {cpu:.2f} ms of CPU each,", end=" ")
    print(f"{won:.0f} claims won, {lost:.0f} lost")
    assert won >= NAMES
    assert lost <= MOST_LOST * won
    assert min(one["won"] for one in claims) > 0
