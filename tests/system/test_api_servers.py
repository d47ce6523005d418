# SPDX-License-Identifier: Apache-2.0
"""The API apart: `designate-api` by itself, and under WSGI servers as sites run them."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from designate.model.pools import NsRecord, Pool
from designate.storage import pools, schema
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from tests.api.exchange import Live
from tests.servers.bind9 import HOST, free_port
from tests.servers.certificates import certificate
from tests.servers.program import Program

BIN = Path(sys.executable).parent
POOL = "794ccc2c-d751-44fe-b57f-8894c9f5c842"
JSON = {"Content-Type": "application/json"}
APPLICATION = "designate.wsgi.api:application"

Start = Callable[..., Program]


class Site:
    """A folder with designate.conf and a database that holds a pool."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        url = f"sqlite:///{folder}/dns.sqlite"
        engine = open_engine(url)
        schema.upgrade(engine)
        records = [NsRecord(priority=1, hostname="ns1.pool.example.")]
        pool = Pool(id=POOL, name="default", ns_records=records)
        Store(engine).write(lambda tx: pools.put(tx, pool))
        engine.dispose()
        self.port = free_port()
        self._database = f"[storage:sqlalchemy]\nconnection = {url}"
        self.configure()

    @property
    def at(self) -> str:
        """Where the server is to listen."""
        return f"{HOST}:{self.port}"

    @property
    def file(self) -> Path:
        """Its configuration."""
        return self.folder / "designate.conf"

    def configure(self, *sections: str, **api: object) -> None:
        """Write the configuration; `api` are options of `[service:api]`."""
        options = {"auth_strategy": "noauth", "listen": self.at, **api}
        lines = [f"{name} = {value}" for name, value in options.items()]
        text = "\n".join([self._database, "[service:api]", *lines, *sections, ""])
        self.file.write_text(text, "utf-8")

    def check(self) -> None:
        """A zone is made, shown and listed, whichever process answers."""
        api = Live(f"http://{self.at}")
        names = [f"{n}.site.example." for n in range(8)]
        for name in names:
            body = json.dumps({"name": name, "email": "dns@site.example"}).encode()
            made = api.send("POST", "/v2/zones", JSON, body)
            assert made.status == 202, made.text
            assert api.send("GET", made.headers["location"], {}, b"").json["name"] == name
        listed = api.send("GET", "/v2/zones", {}, b"").json["zones"]
        assert {zone["name"] for zone in listed} == set(names)
        missing = api.send("GET", "/v2/nowhere", {}, b"")
        assert (missing.status, missing.json["type"]) == (404, "not_found")

    def reported(self) -> list[tuple[str, str]]:
        """The services that have said how they are."""
        engine = open_engine(f"sqlite:///{self.folder}/dns.sqlite")
        with engine.connect() as connection:
            query = "SELECT service_name, status FROM service_statuses ORDER BY service_name"
            found = [tuple(row) for row in connection.exec_driver_sql(query)]
        engine.dispose()
        return found

    def await_report(self, service: str, status: str) -> None:
        """Poll until a service has said so of itself."""
        deadline = time.monotonic() + 10
        while (service, status) not in self.reported():
            assert time.monotonic() < deadline, self.reported()
            time.sleep(0.02)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation that nothing serves yet."""
    return Site(tmp_path)


@pytest.fixture
def start(site: Site) -> Iterator[Start]:
    """Starts a program with the site's folder in its environment."""
    with ExitStack() as stack:

        def run(*command: str, word: str, times: int = 1) -> Program:
            environment = {"OS_DESIGNATE_CONFIG_DIR": str(site.folder)}
            program = Program(command, site.folder / "server.log", environment)
            stack.callback(program.kill)
            program.start(word, times)
            return program

        yield run


def test_gunicorn_serves_it(site: Site, start: Start) -> None:
    """With processes that were forked after it was loaded, and threads."""
    server = start(
        str(BIN / "gunicorn"),
        *("--bind", site.at, "--workers", "2", "--threads", "2", "--preload", APPLICATION),
        word="Booting worker",
        times=2,
    )
    site.check()
    site.await_report("api", "UP")
    server.terminate()
    assert server.wait() == 0
    assert ("api", "UP") in site.reported()


@pytest.mark.parametrize("by", ["--module", "--wsgi-file"])
def test_uwsgi_serves_it(site: Site, start: Start, by: str) -> None:
    """By the name of the module, or by the file that upstream called designate-api-wsgi."""
    loaded = APPLICATION if by == "--module" else str(BIN / "designate-api-wsgi")
    server = start(
        str(BIN / "uwsgi"),
        *("--http-socket", site.at, by, loaded, "--virtualenv", sys.prefix),
        *("--master", "--processes", "2", "--threads", "2", "--need-app", "--die-on-term"),
        word="spawned uWSGI worker",
        times=2,
    )
    site.check()
    site.await_report("api", "UP")
    server.terminate()
    assert server.wait() == 0
    assert ("api", "UP") in site.reported()


def test_the_file_serves_by_itself(site: Site, start: Start) -> None:
    """For a try."""
    command = ("--host", HOST, "--port", str(site.port))
    server = start(str(BIN / "designate-api-wsgi"), *command, word="Serving")
    site.check()
    server.terminate()
    assert server.wait() == 0


def test_designate_api_serves_with_several_processes(site: Site, start: Start) -> None:
    """Each listens on every address; together they end."""
    other = free_port()
    site.configure(workers=2, listen=f"{site.at},[::1]:{other}", threads=4)
    server = start(
        str(BIN / "designate-api"), "--config-file", str(site.file), word="Serving", times=2
    )
    site.check()
    assert Live(f"http://[::1]:{other}").send("GET", "/", {}, b"").status == 200
    server.terminate()
    assert server.wait() == 0
    assert site.reported() == [("api", "STOPPED"), ("central", "STOPPED")]


def test_one_of_several_processes_does_not_speak_for_the_others(site: Site, start: Start) -> None:
    """The services of a host go on while one of its processes is replaced."""
    site.configure(workers=2)
    server = start(
        str(BIN / "designate-api"), "--config-file", str(site.file), word="Serving", times=2
    )
    for service in ("api", "central"):
        site.await_report(service, "UP")
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text("ascii").split()
    assert len(children) == 2
    os.kill(int(children[0]), signal.SIGTERM)
    # It is said as soon as it has ended, and before another one takes its place.
    server.await_word("A process ended with status 0")
    assert site.reported() == [("api", "UP"), ("central", "UP")]
    server.terminate()
    assert server.wait() == 0


def test_a_stop_finishes_what_has_begun(site: Site, start: Start) -> None:
    """A request whose body is still on its way at SIGTERM is answered."""
    command = ("--config-file", str(site.file))
    server = start(str(BIN / "designate-api"), *command, word="Serving")
    body = b'{"name": "late.example.", "email": "dns@late.example"}'
    client = http.client.HTTPConnection(HOST, site.port, timeout=20)
    client.putrequest("POST", "/v2/zones")
    client.putheader("Content-Type", "application/json")
    client.putheader("Content-Length", str(len(body)))
    client.endheaders(body[:10])
    # What another connection gets tells that the first has been accepted.
    assert Live(f"http://{site.at}").send("GET", "/", {}, b"").status == 200
    server.terminate()
    threading.Timer(0.5, lambda: client.send(body[10:])).start()
    answer = client.getresponse()
    assert (answer.status, json.loads(answer.read())["name"]) == (202, "late.example.")
    client.close()
    assert server.wait() == 0


def test_what_is_missing_is_said(site: Site) -> None:
    """Keystone is the default; a certificate that is not there, a database without tables."""
    nowhere = site.folder / "none.pem"
    for sections, api, words in (
        ((), {"auth_strategy": "keystone"}, "[keystone_authtoken] auth_type is not set"),
        ((f"[ssl]\ncert_file = {nowhere}",), {}, f"[ssl] cert_file {nowhere}"),
        ((f"[ssl]\nkey_file = {nowhere}",), {}, "needs a cert_file"),
        ((f"[storage:sqlalchemy]\nconnection = sqlite:///{nowhere}",), {}, "no tables"),
    ):
        site.configure(*sections, **api)
        ended = subprocess.run(
            [BIN / "designate-api", "--config-file", site.file],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ended.returncode == 1
        assert words in ended.stderr, ended.stderr
        assert "Traceback" not in ended.stderr


# -- TLS ------------------------------------------------------------------------------------------


def asked(site: Site, trusted: Path, shown: tuple[Path, Path] | None = None) -> Any:
    """The list of versions over TLS, twice on one connection."""
    context = ssl.create_default_context(cafile=str(trusted))
    if shown:
        context.load_cert_chain(*shown)
    client = http.client.HTTPSConnection("localhost", site.port, timeout=10, context=context)
    try:
        for _ in range(2):
            client.request("GET", "/")
            answer = json.load(client.getresponse())
    finally:
        client.close()
    return answer


def test_it_speaks_tls(site: Site, start: Start) -> None:
    """Links say https; who does not speak it is hung up on, and disturbs nobody."""
    cert, key = certificate(site.folder, "server.test")
    site.configure(f"[ssl]\ncert_file = {cert}\nkey_file = {key}")
    server = start(
        str(BIN / "designate-api"), "--config-file", str(site.file), word="Serving https"
    )
    for _ in range(20):
        plain = http.client.HTTPConnection(HOST, site.port, timeout=10)
        with pytest.raises((OSError, http.client.HTTPException)):
            plain.request("GET", "/")
            plain.getresponse()
        plain.close()
    link = asked(site, cert)["versions"][0]["links"][0]["href"]
    assert link == f"https://localhost:{site.port}/v2"
    server.terminate()
    assert server.wait() == 0
    assert "Traceback" not in server.log()


def test_clients_may_have_to_show_a_certificate(site: Site, start: Start) -> None:
    """Where `ca_file` names those who sign them."""
    cert, key = certificate(site.folder, "server.test")
    mine = certificate(site.folder, "client.test")
    site.configure(f"[ssl]\ncert_file = {cert}\nkey_file = {key}\nca_file = {mine[0]}")
    server = start(
        str(BIN / "designate-api"), "--config-file", str(site.file), word="Serving https"
    )
    assert asked(site, cert, mine)["versions"]
    with pytest.raises((OSError, http.client.HTTPException)):
        asked(site, cert)
    server.terminate()
    assert server.wait() == 0
