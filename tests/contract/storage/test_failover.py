# SPDX-License-Identifier: Apache-2.0
"""The writer moves to another server: writers and readers follow it and hear nothing of it.

`Moving` is a database server with a replica that takes its place, and how clients reach them.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

import pytest
from sqlalchemy import Engine, text

from designate.errors import DatabaseUnavailable
from designate.storage import failures, schema
from designate.storage.engine import open_engine
from designate.storage.replica import Replica
from tests.servers import mariadb, postgresql
from tests.servers.link import Link
from tests.servers.mariadb import MariaDb, MariaDbReplica
from tests.servers.postgresql import PostgreSql, PostgreSqlReplica
from tests.system.site import eventually
from tests.unit.central.site import Site, caller

WRITERS = 4
BEFORE = 20
"""Writes between two events."""


@dataclass(frozen=True, slots=True)
class Moving:
    """`url` leads to the server that takes writes; `freeze` and `take_over` change that."""

    first: MariaDb | PostgreSql
    second: MariaDb | PostgreSql
    url: str
    freeze: Callable[[], None]
    """Let the first refuse to write."""
    take_over: Callable[[], None]
    """Let the second be the writer, with what it has."""


@contextmanager
def mariadb_behind_an_address() -> Iterator[Moving]:
    """An address that the operator, or what watches the servers, leads to the new writer.

    Connections to the old one stay open, which only says that it is read only.
    """
    first = MariaDb(options=mariadb.WITH_REPLICAS)
    with first, MariaDbReplica(first) as second, Link((first.host, first.port)) as link:
        url = first.create("designate")

        def freeze() -> None:
            first.execute("SET GLOBAL read_only = ON")

        def take_over() -> None:
            second.execute("STOP SLAVE", "SET GLOBAL read_only = OFF")
            link.target = (second.host, second.port)

        yield Moving(
            first, second, url.replace(f":{first.port}/", f":{link.port}/"), freeze, take_over
        )


@contextmanager
def postgresql_with_two_hosts() -> Iterator[Moving]:
    """A URL with both servers, of which libpq chooses the one that takes writes."""
    primary = PostgreSql(durable=True, options=postgresql.WITH_REPLICAS)
    with primary as first, PostgreSqlReplica(first) as second:
        url = first.create("designate")
        who, database = url.rpartition("@")[0], "designate"
        hosts = "&".join(f"host={server.host}:{server.port}" for server in (first, second))

        def freeze() -> None:
            first.execute(
                "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"
            )
            # Other sessions are signalled later; one that begins after that finds it done.
            assert eventually(lambda: _is_read_only(first))

        def take_over() -> None:
            second.promote()

        multiple = f"{who}@/{database}?{hosts}&target_session_attrs=read-write"
        yield Moving(first, second, multiple, freeze, take_over)


def _is_read_only(server: PostgreSql) -> bool:
    """What a new session is told."""
    engine = open_engine(server.url("designate"))
    with engine.connect() as connection:
        told = connection.execute(text("SHOW default_transaction_read_only")).scalar_one()
    engine.dispose()
    return bool(told == "on")


def wait_for(second: MariaDb | PostgreSql, first: MariaDb | PostgreSql) -> None:
    """Until a replica has all that its primary has."""
    engines = [open_engine(server.url("designate")) for server in (first, second)]
    replica = Replica(engines[0], engines[1], iter(range(1 << 30)).__next__)
    assert eventually(replica.has_caught_up)
    for engine in engines:
        engine.dispose()


KINDS = {"mariadb": mariadb_behind_an_address, "postgresql": postgresql_with_two_hosts}


@pytest.fixture(params=KINDS)
def moving(request: pytest.FixtureRequest) -> Iterator[Moving]:
    """A writer and who takes its place, with the schema."""
    with KINDS[request.param]() as made:
        engine = open_engine(made.url)
        schema.upgrade(engine)
        engine.dispose()
        yield made


@pytest.fixture
def site(moving: Moving) -> Iterator[Site]:
    """Central over the database."""
    engine = open_engine(moving.url)
    yield Site(engine)
    engine.dispose()


def port(engine: Engine) -> int:
    """Of the server that a connection leads to."""
    ask = "inet_server_port()" if engine.dialect.name == "postgresql" else "@@port"
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT {ask}")).scalar_one())


def test_writes_go_on_when_the_writer_becomes_read_only(moving: Moving, site: Site) -> None:
    """None is refused or lost; no connection stays with the old server, not even a reader's."""
    zone = site.zone()
    assert port(site.store.engine) == moving.first.port
    stopping = Event()

    def write(writer: int) -> int:
        count = 0
        while not stopping.is_set():
            site.recordset(zone, f"w{writer}-{count}", "A", "192.0.2.1")
            count += 1
        return count

    def generation() -> int:
        with site.store.read() as connection:
            return int(connection.execute(text("SELECT generation FROM zones")).scalar_one())

    def more() -> None:
        goal = generation() + BEFORE
        eventually(generation, until=lambda now: now >= goal)

    with ThreadPoolExecutor(WRITERS) as threads:
        try:
            writers = [threads.submit(write, n) for n in range(WRITERS)]
            more()
            moving.freeze()
            wait_for(moving.second, moving.first)
            moving.take_over()
            more()
        finally:
            stopping.set()
        written = sum(writer.result() for writer in writers)
    assert generation() == 1 + written
    with ThreadPoolExecutor(WRITERS) as threads:
        ports = set(threads.map(lambda _: port(site.store.engine), range(4 * WRITERS)))
    assert ports == {moving.second.port}


def test_writes_and_reads_go_on_when_the_writer_dies(moving: Moving, site: Site) -> None:
    """What takes its place is found within the time that writers have."""
    zone = site.zone()
    wait_for(moving.second, moving.first)
    with ThreadPoolExecutor(2) as threads:
        moving.first.kill()
        written = threads.submit(site.recordset, zone, "www", "A", "192.0.2.1")
        read = threads.submit(site.central.zones.get, caller(), zone.id)
        moving.take_over()
        assert read.result().id == zone.id
        assert written.result().generation == 2
    assert port(site.store.engine) == moving.second.port


def test_a_writer_that_stays_read_only_is_said_to_be_away(moving: Moving, site: Site) -> None:
    """With the error that says so, when the time of the write is up."""
    zone = site.zone()
    site.store._patience = 0.5  # noqa: SLF001 - as an option would
    moving.freeze()
    with pytest.raises(DatabaseUnavailable):
        site.recordset(zone, "www", "A", "192.0.2.1")


def test_read_only_is_told_from_a_fault_of_ours(moving: Moving, site: Site) -> None:
    """Also where the driver is asked directly."""
    moving.freeze()
    with site.store.engine.connect() as connection, pytest.raises(Exception) as caught:
        connection.execute(text("UPDATE zones SET ttl = 1"))
    assert failures.is_transient(caught.value)
    assert failures.is_refused_here(caught.value.orig)  # type: ignore[attr-defined]
    assert caught.value.connection_invalidated  # type: ignore[attr-defined]
