# SPDX-License-Identifier: Apache-2.0
"""Services apart: each program started from one designate.conf, over a broker and a database."""

import contextlib
import http.client
import itertools
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import dns.message
import dns.query
import pytest

from designate.manage import pools as pool_file
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from tests.servers.bind9 import HOST, Bind9
from tests.servers.mariadb import MariaDb
from tests.servers.rabbitmq import RabbitMq
from tests.servers.services import ALL, POOL, Services
from tests.system.site import eventually

pytestmark = pytest.mark.slow
WORKERS = {"central": 2, "worker": 2, "mdns": 2, "api": 2, "producer": 1}
IMPORTED = b"""\
$ORIGIN imported.example.
$TTL 60
@ IN SOA ns1.example.net. dns.example.org. 1 3600 600 86400 60
w IN A 192.0.2.7
"""

NewServices = Callable[..., Services]


@pytest.fixture(scope="module")
def broker() -> Iterator[RabbitMq]:
    """A broker that tests may stop, if they start it again."""
    with RabbitMq() as server:
        yield server


@pytest.fixture(scope="module")
def database() -> Iterator[MariaDb]:
    """A database server that tests may stop, if they start it again."""
    with MariaDb() as server:
        yield server


@pytest.fixture
def new(tmp_path: Path, broker: RabbitMq, database: MariaDb) -> Iterator[NewServices]:
    """Makes an installation with so many BINDs, of which the first `pooled` are in the pool."""
    with contextlib.ExitStack() as stack:
        url = database.create("apart")
        stack.callback(database.drop, "apart")

        def make(binds: int = 1, **more: Any) -> Services:
            servers = [Bind9(tmp_path / f"bind{number}") for number in range(binds)]
            for server in servers:
                stack.callback(server.stop)
                server.start()
            services = Services(
                tmp_path / "site", database=url, broker=broker.url, servers=servers, **more
            )
            stack.callback(services.kill)
            services.prepare()
            return services

        yield make


def new_zone(services: Services, name: str) -> str:
    """Create a zone and return its path once it is ACTIVE."""
    zone = services.create("/v2/zones", {"name": name, "email": "dns@example.org"})
    path = f"/v2/zones/{zone['id']}"
    services.wait(path, status="ACTIVE")
    return path


def addresses(server: Bind9, name: str) -> list[str]:
    """What a server answers for A."""
    query = dns.message.make_query(name, "A")
    reply = dns.query.udp(query, server.host, 5, server.port)
    return sorted(str(item) for rrset in reply.answer for item in rrset)


def connected(pid: int, port: int) -> bool:
    """Whether a process has a connection to a port, as deployers' health checks look."""
    sockets = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if found := re.fullmatch(r"socket:\[(\d+)\]", str(file.readlink())):
                sockets.add(found[1])
    lines = Path(f"/proc/{pid}/net/tcp").read_text("ascii").splitlines()[1:]
    remote = f":{port:04X}"
    established = (line.split() for line in lines)
    return any(
        fields[2].endswith(remote) and fields[3] == "01" and fields[9] in sockets
        for fields in established
    )


def test_a_zone_goes_through_all_programs(new: NewServices, broker: RabbitMq) -> None:
    """The API has no database; each program is named, connected, ready, and says so of itself."""
    services = new(workers=WORKERS)
    nowhere = services.directory / "api.conf"
    nowhere.write_text(
        f"[storage:sqlalchemy]\nconnection = mysql+pymysql://nobody:x@{HOST}:1/none\n", "ascii"
    )
    services.start(arguments={"api": ["--config-file", str(nowhere)]})
    path = new_zone(services, "apart.example.")
    body = {"name": "www.apart.example.", "type": "A", "records": ["192.0.2.1"]}
    made = services.create(f"{path}/recordsets", body)
    services.wait(f"{path}/recordsets/{made['id']}", status="ACTIVE")
    assert addresses(services.servers[0], "www.apart.example.") == ["192.0.2.1"]
    task = services.import_zone(IMPORTED)
    assert task["status"] == "COMPLETE", task
    eventually(
        lambda: addresses(services.servers[0], "w.imported.example."),
        until=lambda found: found == ["192.0.2.7"],
    )

    def listed() -> dict[str, str]:
        answer = services.call("GET", "/v2/service_statuses")
        return {each["service_name"]: each["status"] for each in answer.json["service_statuses"]}

    eventually(listed, until=lambda found: found == dict.fromkeys(ALL, "UP"))
    for name in ALL:
        status, said = services.health(name, "live")
        assert status == 200 and len(said["processes"]) == WORKERS[name]
        for pid in services.processes(name):
            assert Path(f"/proc/{pid}/comm").read_text("ascii").strip() in f"designate-{name}"
            eventually(lambda pid=pid: connected(pid, broker.port))  # type: ignore[misc]
    assert re.search(
        r'designate_propagation_seconds_count\{process="2"\}', services.metrics("worker")
    )
    for name in ALL:
        warned = [line for line in services.log(name).splitlines() if "is ignored" in line]
        assert len(warned) == 2, warned
    services.stop("api", "worker", "mdns", "producer")
    services.stop("central")
    assert "Traceback" not in services.log()


class Load:
    """Clients that create recordsets in a zone, one after another, from `with` to its end."""

    def __init__(self, services: Services, path: str) -> None:
        self.acknowledged = set[str]()
        self.refused = set[int]()
        self._services, self._path = services, path
        self._end = threading.Event()
        self._clients = [threading.Thread(target=self._run, args=(n,)) for n in range(4)]

    def __enter__(self) -> Self:
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for client in self._clients:
            client.join()

    def goes_on(self) -> None:
        """Wait until some more were acknowledged."""
        enough = len(self.acknowledged) + 10
        eventually(lambda: len(self.acknowledged), until=lambda number: number > enough)

    def _run(self, client: int) -> None:
        for number in itertools.count():
            if self._end.is_set():
                return
            name = f"w{client}-{number}.busy.example."
            body = {"name": name, "type": "A", "records": ["192.0.2.1"]}
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = self._services.call("POST", f"{self._path}/recordsets", body).status
                if status in {201, 202}:
                    self.acknowledged.add(name)
                else:
                    self.refused.add(status)


def test_a_stop_under_load_loses_nothing(new: NewServices) -> None:
    """Every program is restarted in turn; what was acknowledged is there and served."""
    services = new(workers={"central": 2, "worker": 2})
    services.start()
    path = new_zone(services, "busy.example.")
    with Load(services, path) as load:
        for name in ("worker", "mdns", "producer", "central", "api"):
            services.stop(name)
            services.start(name)
            load.goes_on()
    # Only while there was nobody to ask.
    assert load.refused <= {503, 504}
    services.wait(path, status="ACTIVE")
    assert len(load.acknowledged) > 50
    bind = services.servers[0]
    assert [name for name in load.acknowledged if not addresses(bind, name)] == []


def test_a_reload_reaches_every_process(new: NewServices) -> None:
    """Levels of the log follow the file at SIGHUP; a pool that changed needs no signal."""
    services = new(2, workers={"worker": 2})
    first, second = services.servers
    services.servers = [first]
    services.prepare()
    services.start()
    path = new_zone(services, "one.example.")
    text = services.file.read_text("utf-8")
    services.file.write_text(text.replace("debug = False", "debug = True"), "utf-8")
    services.signal("worker", signal.SIGHUP)
    changed = "Option DEFAULT.debug changed from [False] to [True]"
    eventually(lambda: services.log("worker").count(changed), until=lambda times: times == 3)
    assert changed not in services.log("mdns")
    services.servers = [first, second]
    engine = open_engine(services.database)
    pool_file.apply(Store(engine), [services.pool()], POOL)
    engine.dispose()
    body = {"name": "www.one.example.", "type": "A", "records": ["192.0.2.1"]}
    services.create(f"{path}/recordsets", body)
    services.wait(path, status="ACTIVE")
    eventually(
        lambda: addresses(second, "www.one.example."), until=lambda found: found == ["192.0.2.1"]
    )


def test_a_report_tells_what_each_process_does(new: NewServices, broker: RabbitMq) -> None:
    """Stacks and options, without a secret; the process goes on."""
    services = new(workers={"worker": 2})
    services.start("worker", "mdns")
    folder = services.directory / "reports"
    services.signal("worker", signal.SIGUSR2)
    services.signal("mdns", signal.SIGUSR2)

    def written(name: str) -> list[Path]:
        return [each for each in folder.glob(f"designate-{name}-*") if each.stat().st_size]

    eventually(lambda: len(written("worker")), until=lambda number: number == 3)
    (of_mdns,) = eventually(lambda: written("mdns"))
    text = eventually(lambda: of_mdns.read_text("utf-8"), until=lambda found: "listen =" in found)
    assert "mdns-udp" in text or "_receive" in text
    assert broker.password not in text and "connection = ***" in text
    assert services.health("mdns", "live")[0] == 200


def test_a_program_waits_for_its_database(new: NewServices, database: MariaDb) -> None:
    """It is live and not ready, and works as soon as the database is there."""
    services = new()
    database.stop()
    try:
        for name in ("central", "worker", "mdns", "producer"):
            services.begin(name)
            said = services.wait_ready(name, 503)
            (process,) = said["processes"]
            assert process["checks"]["process"] == "starting"
            assert services.health(name, "live")[0] == 200
    finally:
        database.start()
    services.start("api")
    for name in ALL:
        services.wait_ready(name)
    new_zone(services, "late.example.")
    database.stop()
    try:
        said = services.wait_ready("mdns", 503)
        assert "database" in str(said) and services.health("mdns", "live")[0] == 200
    finally:
        database.start()
    services.wait_ready("mdns")


def test_without_a_broker_dns_goes_on(new: NewServices, broker: RabbitMq) -> None:
    """Programs say that it is away; work goes on, and calls do once it is back."""
    services = new()
    services.start()
    path = new_zone(services, "calm.example.")
    broker.kill()
    try:
        for name in ALL:
            said = services.wait_ready(name, 503)
            assert "no broker answers" in str(said)
            assert services.health(name, "live")[0] == 200
        answer = services.call("GET", path)
        assert (answer.status, answer.json["type"]) == (503, "messaging_unavailable")
        query = dns.message.make_query("calm.example.", "SOA")
        reply = dns.query.udp(query, HOST, 5, services.dns[1])
        assert reply.answer
    finally:
        broker.start()
    for name in ALL:
        services.wait_ready(name)
    new_zone(services, "calmer.example.")
