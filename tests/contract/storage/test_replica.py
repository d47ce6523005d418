# SPDX-License-Identifier: Apache-2.0
"""A replica of the database answers when it has all that was committed, and else the writer."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import dns.message
import pytest
from sqlalchemy import Engine, select

from designate.conf.storage import Settings
from designate.errors import ConfigurationError
from designate.model.listing import Query
from designate.storage import replica as replicas
from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.reading import Reading
from designate.storage.replica import AWAY, REST, Replica
from designate.storage.tables import metadata, zones
from designate.storage.unit_of_work import Store
from tests.servers import mariadb, postgresql
from tests.servers.bind9 import free_port
from tests.servers.mariadb import MariaDb, MariaDbReplica
from tests.servers.postgresql import PostgreSql, PostgreSqlReplica
from tests.statements import statements
from tests.unit.central.site import Site, caller
from tests.unit.mdns.serving import LOOPBACK, ask, dispatcher

SOON = 8.0
"""Seconds: a try of the connection, then a new one."""
Pair = tuple[MariaDb, MariaDbReplica] | tuple[PostgreSql, PostgreSqlReplica]


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A server with the schema, and its replica."""
    if request.param == "mariadb":
        with MariaDb(options=mariadb.WITH_REPLICAS) as first, MariaDbReplica(first) as second:
            yield first, second
    else:
        # As in production: what is committed but not on disk does not reach the standby.
        primary = PostgreSql(durable=True, options=postgresql.WITH_REPLICAS)
        with primary, PostgreSqlReplica(primary) as standby:
            yield primary, standby


@pytest.fixture(scope="module")
def writer(pair: Pair) -> Iterator[Engine]:
    """The database on the first server."""
    engine = open_engine(pair[0].create("designate"))
    schema.upgrade(engine)
    yield engine
    engine.dispose()


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """At zero."""
    return Clock()


@pytest.fixture
def replica(writer: Engine, pair: Pair, clock: Clock) -> Iterator[Replica]:
    """The database on the second server."""
    made = Replica(writer, open_engine(pair[1].url("designate")), clock)
    while not made.has_caught_up():
        clock.now += REST
    yield made
    made.engine.dispose()


@pytest.fixture
def site(writer: Engine, replica: Replica) -> Iterator[Site]:
    """Central that lists from the replica."""
    made = Site(writer)
    made.store.replica = replica
    yield made
    with writer.begin() as connection:
        for table in metadata.tables.values():
            connection.execute(table.delete())


@contextmanager
def lagging(server: MariaDbReplica | PostgreSqlReplica) -> Iterator[None]:
    """Commits do not reach it meanwhile."""
    server.stop_applying()
    try:
        yield
    finally:
        server.go_on()


def hanging(writer: Engine, pair: Pair, clock: Clock) -> Replica:
    """The replica as it is configured, connected to, before it hangs."""
    settings = Settings.default(writer.url.render_as_string(hide_password=False))
    url = pair[1].url("designate")
    configured = replicas.configured(writer, replace(settings, slave_connection=url))
    assert configured is not None
    replica = Replica(writer, configured.engine, clock)
    while not replica.has_caught_up():
        clock.now += REST
    return replica


def listed(site: Site) -> set[str]:
    """The names of all zones of a project."""
    return {zone.name for zone in site.central.zones.find(caller(), Query()).items}


def test_a_list_shows_what_was_just_written_and_is_read_from_the_replica(
    site: Site, replica: Replica
) -> None:
    """The writer only tells how far it is."""
    for n in range(8):
        site.zone(f"z{n}.example.")
        with statements(site.store.engine) as asked, statements(replica.engine) as read:
            page = site.central.zones.find(caller(), Query(sort_dir="desc", limit=1))
        assert page.total == n + 1
        assert len(asked) == 1
        assert any("FROM zones" in statement for statement, _ in read)


def test_a_replica_that_lags_lists_nothing(
    site: Site, replica: Replica, pair: Pair, clock: Clock
) -> None:
    """The writer does, at once, until it is time to look again."""
    with lagging(pair[1]):
        site.zone("new.example.")
        assert listed(site) == {"new.example."}
        with statements(replica.engine) as read:
            assert listed(site) == {"new.example."}
        assert read == []
    clock.now += REST
    site.zone("newer.example.")
    with statements(replica.engine) as read:
        assert listed(site) == {"new.example.", "newer.example."}
    assert read != []


def test_a_replica_that_is_away_is_done_without(site: Site, replica: Replica) -> None:
    """Clients hear nothing of it; nor where it goes away in the middle of a list."""
    site.zone("new.example.")
    nowhere = open_engine(
        replica.engine.url.set(port=free_port()).render_as_string(hide_password=False)
    )
    site.store.replica = Replica(site.store.engine, nowhere, lambda: 0.0)
    assert listed(site) == {"new.example."}
    with Reading(nowhere, site.store.engine) as connection:
        assert connection.execute(select(zones.c.name)).scalars().all() == ["new.example."]


def test_a_replica_that_hangs_holds_up_one_at_a_time(
    writer: Engine, pair: Pair, clock: Clock
) -> None:
    """Who asks meanwhile goes to the writer at once; and it is given up soon."""
    replica = hanging(writer, pair, clock)
    with pair[1].frozen(), ThreadPoolExecutor(1) as pool:
        for ask in (replica.is_fresh, replica.has_caught_up):
            clock.now += AWAY
            with statements(writer) as asked:
                began, found = time.monotonic(), pool.submit(ask)
                while not asked and not found.done():
                    time.sleep(0.001)
            while not found.done() and replica.is_fresh():
                time.sleep(0.001)
            for _ in range(10):
                assert not replica.has_caught_up()
                assert not replica.is_fresh()
            assert not found.done()
            assert not found.result()
            assert time.monotonic() - began < SOON
    replica.engine.dispose()


def test_lists_do_not_wait_long_for_a_replica_that_begins_to_hang(
    writer: Engine, pair: Pair, clock: Clock
) -> None:
    """Those that were about to use it."""
    replica = hanging(writer, pair, clock)
    with pair[1].frozen(), ThreadPoolExecutor(4) as pool:
        began = time.monotonic()
        found = [pool.submit(replica.has_caught_up) for _ in range(4)]
        assert not any(each.result() for each in found)
        assert time.monotonic() - began < SOON
        assert not replica.has_caught_up()
    replica.engine.dispose()


class Crowded(Replica):
    """A replica that another thread finds to be fresh right after each look."""

    def _note(self, *, is_fresh: bool, rest: float = REST) -> None:
        super()._note(is_fresh=is_fresh, rest=rest)
        self._is_fresh = True


def test_what_others_find_does_not_count_for_a_list(
    site: Site, replica: Replica, pair: Pair, clock: Clock
) -> None:
    """Their position is not the one that the list has to wait for."""
    crowded = Crowded(site.store.engine, replica.engine, clock)
    clock.now += REST
    with lagging(pair[1]):
        site.zone("new.example.")
        assert not crowded.has_caught_up()


def test_ordinary_questions_see_a_commit_within_the_time_of_a_look(
    site: Site, replica: Replica, pair: Pair, clock: Clock
) -> None:
    """Servers of pools, and holders of keys, see it at once."""
    server = "192.0.2.53"
    zone = site.zone("asked.example.")
    clock.now += REST
    answering = dispatcher(Store(site.store.engine, replica=replica), servers=[server])
    query = dns.message.make_query("asked.example.", "SOA")

    def serial(host: str) -> int:
        answering.packets.drop(["asked.example."])
        return int(ask(answering, query, host).answer[0][0].serial)

    assert serial(LOOPBACK) == serial(server) == zone.serial
    with lagging(pair[1]):
        site.recordset(zone, "www", "A", "192.0.2.1")
        assert serial(server) == zone.serial + 1
        assert serial(LOOPBACK) == zone.serial
        clock.now += REST
        assert serial(LOOPBACK) == zone.serial + 1


def test_without_a_writer_a_replica_is_as_fresh_as_can_be(replica: Replica, clock: Clock) -> None:
    """DNS goes on; lists do not, since a list must not miss what was written before."""
    nowhere = open_engine(
        replica.engine.url.set(port=free_port()).render_as_string(hide_password=False)
    )
    alone = Replica(nowhere, replica.engine, clock)
    assert alone.is_fresh()
    assert not alone.has_caught_up()


def test_a_writer_that_became_a_replica_answers_itself(
    replica: Replica, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """It can be read, and says nothing of how far it is: that is told once, and no error."""
    demoted = Replica(replica.engine, replica.engine, clock)
    for _ in range(3):
        clock.now += REST
        assert not demoted.has_caught_up()
        clock.now += REST
        assert not demoted.is_fresh()
    # MariaDB tells an empty one.
    refuses = replica.engine.dialect.name == "postgresql"
    assert caplog.text.count("has no position") == refuses


def test_urls_may_name_mariadb(pair: Pair, clock: Clock) -> None:
    """It is the same database as that of mysql."""
    first, second = (each.url("designate").replace("mysql+", "mariadb+") for each in pair)
    named = open_engine(first)
    made = replicas.configured(named, replace(Settings.default(first), slave_connection=second))
    assert made is not None
    both = Replica(named, made.engine, clock)
    while not both.has_caught_up():
        clock.now += REST
    for engine in (named, made.engine):
        engine.dispose()


def test_only_databases_with_positions_have_replicas(writer: Engine) -> None:
    """And of the same kind."""
    settings = Settings.default("sqlite:///unused")
    assert replicas.configured(writer, settings) is None
    with pytest.raises(ConfigurationError, match="slave_connection"):
        replicas.configured(writer, replace(settings, slave_connection="sqlite:///unused"))
