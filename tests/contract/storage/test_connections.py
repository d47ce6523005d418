# SPDX-License-Identifier: Apache-2.0
"""Connections to servers that go away, come back, or hang; and what a session is told."""

import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from designate.conf.storage import Settings
from designate.storage import drivers, failures
from designate.storage.drivers import Limits
from designate.storage.engine import configured, open_engine, snapshot
from tests.servers.database import DatabaseServer
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql

ONE = text("SELECT 1")


@pytest.fixture(scope="module", params=[MariaDb, PostgreSql])
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """A server that tests may stop."""
    with request.param() as started:
        started.create("designate")
        yield started


@pytest.fixture
def engine(server: DatabaseServer) -> Iterator[Engine]:
    """Its database."""
    opened = open_engine(server.url("designate"))
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def mariadb() -> Iterator[Engine]:
    """A MariaDB through PyMySQL."""
    with MariaDb() as started:
        started.create("designate")
        opened = open_engine(started.url("designate"))
        assert opened.dialect.driver == "pymysql"
        yield opened
        opened.dispose()


def test_after_a_restart_nobody_meets_an_old_connection(
    server: DatabaseServer, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was not used for a while is tried, and replaced with all others when it is dead."""
    monkeypatch.setattr(drivers, "IDLE", 0.0)
    with engine.connect() as one, engine.connect() as other:
        assert one.execute(ONE).scalar() == other.execute(ONE).scalar() == 1
    server.stop()
    server.start()
    for _ in range(2):
        with engine.connect() as connection:
            assert connection.execute(ONE).scalar() == 1


def test_a_snapshot_learns_which_connections_are_dead(
    server: DatabaseServer, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that died right after it was used is met once, and lent no more."""
    monkeypatch.setattr(drivers, "IDLE", 3600.0)
    with snapshot(engine) as connection:
        connection.execute(ONE)
    server.stop()
    server.start()
    with pytest.raises(DBAPIError) as met, snapshot(engine):
        pass
    assert failures.is_transient(met.value)
    with snapshot(engine) as connection:
        assert connection.execute(ONE).scalar() == 1


def test_a_snapshot_stands_still_and_is_no_place_to_write(engine: Engine) -> None:
    """What others commit meanwhile is not in it; the next user of its connection sees it."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER)"))
    with snapshot(engine) as before:
        assert before.execute(text("SELECT count(*) FROM things")).scalar() == 0
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO things VALUES (1)"))
        assert before.execute(text("SELECT count(*) FROM things")).scalar() == 0
        with pytest.raises(DBAPIError):
            before.execute(text("INSERT INTO things VALUES (2)"))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM things")).scalar() == 1
        connection.execute(text("DROP TABLE things"))


def test_a_connection_in_use_is_not_tried_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ping for each transaction would cost a round trip."""
    monkeypatch.setattr(drivers, "IDLE", 3600.0)  # however slow the machine is
    pings: list[object] = []
    ping = engine.dialect.do_ping
    engine.dialect.do_ping = lambda connection: pings.append(connection) or ping(connection)  # type: ignore[assignment,func-returns-value,method-assign]
    for _ in range(3):
        with engine.connect() as connection:
            connection.execute(ONE)
    assert len(pings) <= 1


def test_what_was_committed_is_not_rolled_back(mariadb: Engine) -> None:
    """That would cost a round trip; what was left open is."""

    def statements() -> int:
        found = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Com_rollback'").one()
        return int(found[1])

    with mariadb.connect() as connection:
        before = statements()
        connection.commit()
    with mariadb.connect() as connection:
        assert statements() == before
    with mariadb.connect() as connection:
        assert statements() == before + 1


def test_a_commit_that_fails_leaves_no_transaction_open(mariadb: Engine) -> None:
    """SQLAlchemy takes its own transaction for ended then, whatever the server says."""
    with mariadb.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS things (id INT)")
        connection.exec_driver_sql("INSERT INTO things VALUES (1)")
        driven: Any = connection.connection.dbapi_connection
        commit, driven.commit = driven.commit, _fail
        with pytest.raises(RuntimeError):
            connection.commit()
        driven.commit = commit
        assert driven.server_status & drivers.IN_TRANSACTION
    with mariadb.connect() as connection:
        assert not driven.server_status & drivers.IN_TRANSACTION
        assert connection.connection.dbapi_connection is driven


def _fail() -> None:
    raise RuntimeError


def test_connections_without_options_of_tls_share_a_context(mariadb: Engine) -> None:
    """Each would read all authorities of the system: 20 ms of work, and nothing is made of them."""
    with mariadb.connect() as one, mariadb.connect() as other:
        first, second = (vars(each.connection.dbapi_connection)["ctx"] for each in (one, other))
        assert first is second
        assert first.verify_mode == ssl.CERT_NONE


def test_a_server_that_hangs_is_given_up(server: DatabaseServer) -> None:
    """After the timeout, as a lost connection: the transaction may be run anew elsewhere."""
    limits = Limits(statement=1, grace=0)
    engine = configured(Settings.default(server.url("designate")), limits)
    with engine.connect() as connection:
        connection.execute(ONE)
        with server.frozen(), pytest.raises(OperationalError) as caught:
            connection.execute(ONE)
        assert failures.is_transient(caught.value)
        assert caught.value.connection_invalidated
    engine.dispose()


def test_a_statement_that_takes_too_long_is_ended(server: DatabaseServer) -> None:
    """Within its time, and for good."""
    engine = configured(Settings.default(server.url("designate")), Limits(statement=1))
    slow = "SELECT pg_sleep(30)" if engine.dialect.name == "postgresql" else "SELECT SLEEP(30)"
    began = time.monotonic()
    with engine.connect() as connection, pytest.raises(OperationalError) as caught:
        connection.exec_driver_sql(slow)
    assert time.monotonic() - began < 20
    assert failures.is_transient(caught.value)
    engine.dispose()


def test_a_lock_that_another_keeps_is_waited_for_no_longer_than_that(
    server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited may try again."""
    monkeypatch.setattr(drivers, "LOCK", 1)
    engine = configured(Settings.default(server.url("designate")))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE locked (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO locked VALUES (1)")
    lock = "SELECT id FROM locked FOR UPDATE"
    with engine.begin() as holder, engine.connect() as waiter:
        holder.exec_driver_sql(lock)
        with pytest.raises(OperationalError) as caught:
            waiter.exec_driver_sql(lock)
    assert failures.is_transient(caught.value)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE locked")
    engine.dispose()


def test_a_session_is_told_how_long_to_wait_for_locks_and_how_strict_to_be(
    server: DatabaseServer,
) -> None:
    """As the options say, and READ COMMITTED."""
    settings = replace(Settings.default(server.url("designate")), mysql_wsrep_sync_wait=1)
    engine = configured(settings)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            shown = {
                name: connection.exec_driver_sql(f"SHOW {name}").scalar()
                for name in ("lock_timeout", "statement_timeout", "transaction_isolation")
            }
            wanted = {
                "lock_timeout": "10s",
                "statement_timeout": "1min",
                "transaction_isolation": "read committed",
            }
        else:
            shown = dict(
                connection.exec_driver_sql(
                    "SHOW VARIABLES WHERE Variable_name IN ('innodb_lock_wait_timeout',"
                    " 'wsrep_sync_wait', 'tx_isolation', 'character_set_connection')"
                ).all()
            )
            assert "TRADITIONAL" in str(connection.exec_driver_sql("SELECT @@sql_mode").scalar())
            wanted = {
                "innodb_lock_wait_timeout": "10",
                "wsrep_sync_wait": "1",
                "tx_isolation": "READ-COMMITTED",
                "character_set_connection": "utf8mb4",
            }
    assert shown == wanted
    engine.dispose()
