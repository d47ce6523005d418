# SPDX-License-Identifier: Apache-2.0
"""Hosts whose clocks are minutes apart share a database, and with it a clock."""

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from designate.storage import clock as clocks
from designate.storage import rows
from designate.storage.clock import DatabaseClock
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from designate.storage.versions import mark_due
from designate.worker.ledger import Ledger
from tests.databases import KINDS, Databases
from tests.servers.bind9 import free_port
from tests.statements import statements
from tests.unit.storage.zone_rows import NAME, add_work

SKEW = 300.0
CLOSE = 5.0
"""Seconds: how late a busy machine may be."""


@pytest.fixture(scope="module", params=sorted(KINDS.keys() - {"sqlite"}))
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Databases that processes on several hosts have in common."""
    with KINDS[request.param](tmp_path_factory.mktemp("clock")) as made:
        yield made


class Host:
    """The clock of a host, wrong by so many seconds."""

    def __init__(self, ahead: float) -> None:
        self.ahead = ahead
        self.shown = 0.0

    def __call__(self) -> float:
        self.shown = time.time() + self.ahead
        return self.shown


@pytest.fixture
def clock(engine: Engine) -> Iterator[Callable[[Host], DatabaseClock]]:
    """Makes clocks of hosts, which run."""
    made: list[DatabaseClock] = []

    def start(host: Host) -> DatabaseClock:
        made.append(DatabaseClock(engine, host))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def server_away(engine: Engine) -> Iterator[Engine]:
    """A database where nobody listens."""
    url = engine.url.set(port=free_port())
    opened = open_engine(url.render_as_string(hide_password=False))
    yield opened
    opened.dispose()


def error_of(clock: DatabaseClock) -> float:
    """By how many seconds it is wrong: the machine's clock is right."""
    return abs(rows.unix_time(clock()) - time.time())


@pytest.mark.parametrize("ahead", [0.0, SKEW, -SKEW])
def test_a_wrong_clock_does_not_keep_changes_from_workers(
    engine: Engine, clock: Callable[[Host], DatabaseClock], ahead: float
) -> None:
    """Whether the writer's or the worker's is ahead, and with nobody to wake the worker."""
    writer, worker = Store(engine, clock(Host(ahead))), Store(engine, clock(Host(-ahead)))
    add_work(writer)
    writer.write(lambda tx: mark_due(tx, NAME, 7))
    ledger = Ledger(worker)
    assert ledger.until_due() <= CLOSE
    deadline = time.monotonic() + CLOSE
    while not (found := ledger.look(-1, 64).found) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [waiting.name_key for names in found.values() for waiting in names] == [NAME]
    assert abs(ledger.now() - ledger.read([NAME]).at) <= CLOSE


def test_a_clock_that_is_set_is_compared_again(
    clock: Callable[[Host], DatabaseClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself."""
    monkeypatch.setattr(clocks, "AGAIN", 0.05)
    host = Host(0.0)
    followed = clock(host)
    host.ahead = SKEW
    deadline = time.monotonic() + 20 * CLOSE
    while error_of(followed) > CLOSE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_wrong_clock_is_told_of_once(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Not at each comparison."""
    followed = DatabaseClock(engine, Host(SKEW))
    for _ in range(3):
        followed.compare()
    assert caplog.text.count("s ahead of the database's") == 1
    assert error_of(followed) <= CLOSE


def test_telling_the_time_asks_nobody(engine: Engine) -> None:
    """Only the comparison does, with one statement; and it never fails."""
    compared = DatabaseClock(engine, Host(SKEW))
    with engine.connect():
        pass
    with statements(engine) as asked:
        compared.compare()
        assert len(asked) == 1
        times = [compared() for _ in range(100)]
    assert len(asked) == 1
    assert times == sorted(times)


def test_a_clock_that_is_well_kept_is_left_as_it_is(engine: Engine) -> None:
    """So that times of one host do not go to and fro."""
    host = Host(0.0)
    kept = DatabaseClock(engine, host)
    kept.compare()
    told = kept()
    assert rows.unix_time(told) == pytest.approx(host.shown, abs=1e-5)


def test_a_database_that_is_away_leaves_the_clock_as_it_is(server_away: Engine) -> None:
    """Nothing waits for it."""
    host = Host(SKEW)
    alone = DatabaseClock(server_away, host)
    alone.start()
    told = alone()
    alone.stop()
    assert rows.unix_time(told) == pytest.approx(host.shown, abs=1e-5)
