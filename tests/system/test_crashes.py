# SPDX-License-Identifier: Apache-2.0
"""SIGKILL under write load: what was acknowledged is there, once, and nothing is half there."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from designate.storage import engine as engines
from designate.storage.tables import zones
from designate.storage.tables.zones import LIVE
from tests import consistency
from tests.servers.database import DatabaseServer
from tests.servers.designate import Designate
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql
from tests.system.deeds import Client, Owned, Tally, ended
from tests.system.site import eventually
from tests.system.truth import changes, held, noted, soa_serial, transferred

CLIENTS = 6
SEED = "CRASH_SEED"
"""A run is repeated, but for its timing, with the seed that it printed."""
MOST_BETWEEN = 150
"""Changes that are acknowledged between two crashes, at the most."""
SETTLING = 60.0
SOON = 0.2


class SerialWatch:
    """Asks mdns for the serials of zones, which rise, until the end."""

    def __init__(self, site: Designate, names: Callable[[], list[str]]) -> None:
        self._site = site
        self._names = names
        self._last: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.answers = 0
        self.wrong: list[str] = []

    def __enter__(self) -> "SerialWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(0.005):
            name = random.choice(self._names())
            serial = soa_serial(self._site.dns, name, within=SOON)
            if serial is None:
                continue
            self.answers += 1
            if serial < self._last.get(name, 0):
                self.wrong.append(f"{name}: serial {serial} after {self._last[name]}")
            self._last[name] = serial


@dataclass(slots=True)
class Crash:
    """What is to be killed how often, and how it comes back."""

    site: Designate
    engine: Engine
    kill: Callable[[], None]
    start: Callable[[], None]
    times: int
    is_heard: bool = False
    """Whether it may stay away until clients hear of it."""

    def run(self) -> Tally:
        """Let clients write, kill, and look at all that must hold; what came of their requests."""
        seed = int(os.environ.get(SEED, random.SystemRandom().randrange(1 << 32)))
        print(f"{SEED}={seed}")
        choice, began = random.Random(seed), time.monotonic()
        zone = self.site.create("/v2/zones", {"name": "hot.example.", "email": "a@example.org"})
        clients = [
            Client(self.site.api, number, seed, Owned(zone["id"], zone["name"]))
            for number in range(CLIENTS)
        ]
        names = ["hot.example."]
        with SerialWatch(self.site, lambda: names) as watch:
            for client in clients:
                client.start()
            for _ in range(self.times):
                written_by(clients, choice.randint(1, MOST_BETWEEN))
                self.engine.dispose()
                self.kill()
                if self.is_heard and choice.random() < 0.5:
                    heard_of(clients)
                self.start()
                assert self.faults() == []
                names[:] = [owned.name for client in clients for owned in list(client.zones)]
            written_by(clients, MOST_BETWEEN)
            tally = ended(clients)
            eventually(self.unsettled, until=lambda found: not found, within=SETTLING)
        self.verify(clients, tally, watch)
        print(
            f"{self.times} kills, {tally.acknowledged} changes acknowledged,"
            f" {len(tally.unanswered)} not answered and {tally.away} answered with 503, of which"
            f" {tally.made_unanswered} were made; {watch.answers} SOA answers;"
            f" {time.monotonic() - began:.0f} s"
        )
        return tally

    def faults(self) -> list[str]:
        """What is half there."""
        with engines.snapshot(self.engine) as connection:
            return consistency.faults(connection)

    def unsettled(self) -> list[str]:
        """What is not ACTIVE yet."""
        with engines.snapshot(self.engine) as connection:
            return consistency.unsettled(connection)

    def verify(self, clients: list[Client], tally: Tally, watch: SerialWatch) -> None:
        """All that the clients know is so: in the journal, in the API and in DNS."""
        assert tally.wrong == []
        assert watch.wrong == []
        assert watch.answers > 0
        assert self.faults() == []
        assert changes(self.engine) == noted(clients)
        for client in clients:
            for zone_id in client.deleted:
                self.site.wait_gone(f"/v2/zones/{zone_id}")
        with self.engine.connect() as connection:
            live = select(zones.c.name, zones.c.serial).where(zones.c.deleted == LIVE)
            serials = dict(connection.execute(live).all())
        content = held(clients)
        assert content.keys() == serials.keys()
        for name, serial in serials.items():
            assert (soa_serial(self.site.dns, name), transferred(self.site.dns, name)) == (
                serial,
                (serial, content[name]),
            )


def written_by(clients: list[Client], number: int) -> None:
    """Wait until so many more changes are acknowledged."""

    def acknowledged() -> int:
        return sum(client.tally.acknowledged for client in clients)

    goal = acknowledged() + number
    eventually(acknowledged, until=lambda count: count >= goal)


def heard_of(clients: list[Client]) -> None:
    """Wait until somebody is told that the database is away."""

    def told() -> int:
        return sum(client.tally.away for client in clients)

    before = told()
    eventually(told, until=lambda count: count > before)


# -- designate is killed -----------------------------------------------------------------------


@contextmanager
def on_sqlite(folder: Path) -> Iterator[tuple[Designate, Engine]]:
    """An installation whose database is a file."""
    site = Designate(folder)
    site.start()
    engine = engines.open_engine(f"sqlite:///{folder / 'state' / 'designate.sqlite'}")
    try:
        yield site, engine
    finally:
        engine.dispose()
        site.stop()


def test_two_crashes_lose_and_double_nothing(tmp_path: Path) -> None:
    """Killed among writes and started again, twice."""
    with on_sqlite(tmp_path / "designate") as (site, engine):
        Crash(site, engine, site.kill, site.start, 2).run()


@pytest.mark.slow
def test_twenty_crashes_lose_and_double_nothing(tmp_path: Path) -> None:
    """Killed among writes and started again, twenty times."""
    with on_sqlite(tmp_path / "designate") as (site, engine):
        Crash(site, engine, site.kill, site.start, 20).run()


# -- the database is killed --------------------------------------------------------------------


@contextmanager
def on_server(
    kind: type[DatabaseServer], folder: Path
) -> Iterator[tuple[Designate, Engine, DatabaseServer]]:
    """An installation on a database server that keeps what it has committed."""
    with kind(durable=True) as server:
        url = server.create("designate")
        folder.mkdir()
        conf = folder / "designate.conf"
        conf.write_text(f"[storage:sqlalchemy]\nconnection = {url}\n", "utf-8")
        site = Designate(folder, "--config-file", str(conf))
        site.start()
        engine = engines.open_engine(url)
        try:
            yield site, engine, server
        finally:
            engine.dispose()
            site.stop()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [MariaDb, PostgreSql])
def test_crashes_of_the_database_lose_and_double_nothing(
    tmp_path: Path, kind: type[DatabaseServer]
) -> None:
    """Killed among writes and started again, five times; designate goes on by itself."""
    with on_server(kind, tmp_path / "designate") as (site, engine, server):
        before = site.pid
        Crash(site, engine, server.kill, server.start, 5, is_heard=True).run()
        assert site.pid == before
        assert "The database is not available: " in site.log()
        assert "Traceback" not in site.log()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [MariaDb, PostgreSql])
def test_crashes_above_a_database_server_lose_and_double_nothing(
    tmp_path: Path, kind: type[DatabaseServer]
) -> None:
    """Killed among writes and started again, twice; the zones it held are taken over."""
    with on_server(kind, tmp_path / "designate") as (site, engine, _):
        Crash(site, engine, site.kill, site.start, 2).run()
