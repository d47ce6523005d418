# SPDX-License-Identifier: Apache-2.0
"""The users of docs/database-users.md: the system runs with them, and each is refused the rest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from designate.backends import plugins
from designate.manage import pools as pool_file
from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.tables import metadata
from designate.storage.unit_of_work import Store
from tests.cluster import database_users
from tests.cluster.asking import call
from tests.cluster.cluster import DEFAULT_POOL
from tests.cluster.service import Options, Service
from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.database import DatabaseServer
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql
from tests.system.site import eventually

pytestmark = pytest.mark.slow

READ = {
    "central": set(metadata.tables),
    "worker": set(metadata.tables),
    "producer": set(metadata.tables),
    "mdns": {"journal", "pools", "recordsets", "service_statuses", "tsigkeys", "zones"},
}
NEVER_WRITTEN = {
    "central": set[str](),
    "worker": {"blacklists", "pools", "quotas", "recordsets", "tlds", "tsigkeys", "zone_tasks"},
    "producer": {"blacklists", "pools", "quotas", "tlds", "tsigkeys"},
    "mdns": set(metadata.tables) - {"service_statuses"},
}


@pytest.fixture(scope="module", params=[MariaDb, PostgreSql])
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """A database with the schema and the users."""
    with request.param() as started:
        engine = open_engine(started.create("designate"))
        schema.upgrade(engine)
        engine.dispose()
        database_users.make(started)
        yield started


def refused(server: DatabaseServer, kind: str, statement: str) -> bool:
    """Whether the user of a service may not do this, even where it would change nothing."""
    engine = database_users.opened(server.url("designate"), kind)
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        said = str(error.orig)
        assert "denied" in said, said
        return True
    return False


@pytest.mark.parametrize("kind", database_users.KINDS)
def test_each_user_is_refused_what_its_service_does_not_need(
    server: DatabaseServer, kind: str
) -> None:
    """Tables that are not its own to read or to write, and tables as such."""
    for table in metadata.tables.values():
        column = table.columns[0].name
        reads = not refused(server, kind, f"SELECT {column} FROM {table} WHERE 1 = 0")
        assert reads == (table.name in READ[kind]), table.name
        if table.name in NEVER_WRITTEN[kind]:
            for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                assert refused(server, kind, f"{change} WHERE 1 = 0"), (change, table.name)
    assert refused(server, kind, "CREATE TABLE mine (id INTEGER)")
    # PostgreSQL lets owners only, and says so in its own words.
    drops = database_users.opened(server.url("designate"), kind)
    with drops.connect() as connection, pytest.raises(DBAPIError, match=r"denied|must be owner"):
        connection.execute(text("DROP TABLE tlds"))


class Installation:
    """One of each service, as its user, and a BIND."""

    def __init__(self, server: DatabaseServer, folder: Path) -> None:
        self.bind = Bind9(folder / "bind")
        self.dns, at = (HOST, free_port()), free_port()
        self.api = f"http://{HOST}:{at}"
        self._apply_pool(server, folder)
        own: Options = {
            "service:api": {
                "auth_strategy": "noauth",
                "central": "local",
                "listen": f"{HOST}:{at}",
            },
            "service:mdns": {"listen": f"{HOST}:{self.dns[1]}"},
            "heartbeat_emitter": {"heartbeat_interval": 1},
            "producer_task:zone_purge": {"interval": 1, "time_threshold": 0, "batch_size": 10},
            "producer_task:worker_periodic_recovery": {"interval": 1},
            "producer_task:journal_pruning": {"interval": 1},
            "producer_task:drift_audit": {"interval": 1},
        }
        self.services = []
        for kind, user in (
            ("central", "central"),
            ("mdns", "mdns"),
            ("worker", "worker"),
            ("producer", "producer"),
            ("api", "central"),
        ):
            url = database_users.url(server.url("designate"), user)
            options = {
                "DEFAULT": {"network_api": "fake", "host": kind},
                "storage:sqlalchemy": {"connection": url},
                **own,
            }
            self.services.append(Service(folder / kind, kind, 1, options, []))

    def _apply_pool(self, server: DatabaseServer, folder: Path) -> None:
        target = {
            "type": "bind9",
            "masters": [{"host": self.dns[0], "port": self.dns[1]}],
            "options": self.bind.options(),
        }
        pool = {
            "name": "default",
            "ns_records": [{"hostname": "ns1.example.net.", "priority": 1}],
            "nameservers": [{"host": self.bind.host, "port": self.bind.port}],
            "targets": [target],
        }
        (folder / "pools.yaml").write_text(yaml.safe_dump([pool]), "utf-8")
        engine = open_engine(server.url("designate"))
        pools = pool_file.read(folder / "pools.yaml", plugins.installed(""))
        pool_file.apply(Store(engine), pools, DEFAULT_POOL)
        engine.dispose()


@pytest.fixture
def installation(server: DatabaseServer, tmp_path: Path) -> Iterator[Installation]:
    """It runs."""
    made = Installation(server, tmp_path)
    made.bind.start()
    try:
        for service in made.services:
            service.start()
        yield made
    finally:
        for service in made.services:
            service.close()
        made.bind.stop()


def test_the_system_runs_with_these_users(
    server: DatabaseServer, installation: Installation
) -> None:
    """A zone comes, changes, goes and is purged; nobody is denied anything."""
    ask = installation.api
    zone = call(ask, "POST", "/v2/zones", {"name": "least.example.", "email": "a@example.org"})
    path = f"/v2/zones/{zone['id']}"

    def active() -> bool:
        return bool(call(ask, "GET", path)["status"] == "ACTIVE")

    eventually(active)
    body = {"name": "www.least.example.", "type": "A", "records": ["192.0.2.1"]}
    call(ask, "POST", f"{path}/recordsets", body)
    eventually(active)
    assert installation.bind.serial("least.example.") == call(ask, "GET", path)["serial"]
    call(ask, "DELETE", path)
    engine = open_engine(server.url("designate"))

    def rows() -> int:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM zones")).scalar_one())

    eventually(rows, until=lambda number: number == 0)
    engine.dispose()
    for service in installation.services:
        assert "denied" not in service.log()
        assert service.stop() == 0
