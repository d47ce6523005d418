# SPDX-License-Identifier: Apache-2.0
"""`designate up` on the databases that its configuration names."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.servers.bind9 import HOST, free_port
from tests.servers.database import DatabaseServer
from tests.servers.designate import Designate
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql

POOL = {
    "name": "default",
    "ns_records": [{"hostname": "ns1.example.net.", "priority": 1}],
    "targets": [{"type": "embedded"}],
}


@pytest.fixture(scope="module", params=[MariaDb, PostgreSql])
def database(request: pytest.FixtureRequest) -> Iterator[DatabaseServer]:
    """A server with an empty database."""
    with request.param() as server:
        server.create("designate")
        yield server


def configure(folder: Path, url: str, section: str = "storage:sqlalchemy", **more: object) -> str:
    """The path of a designate.conf for a database."""
    lines = [f"[{section}]", f"connection = {url}", *(f"{k} = {v}" for k, v in more.items())]
    file = folder / "designate.conf"
    file.write_text("\n".join(lines), "utf-8")
    return str(file)


def test_zones_are_kept_in_the_database_that_is_configured(
    database: DatabaseServer, tmp_path: Path
) -> None:
    """They become ACTIVE, survive a restart, and nothing else is left on this machine."""
    conf = configure(tmp_path, database.url("designate"), section="database")
    server = Designate(tmp_path / "designate", "--config-file", conf)
    server.start()
    zone = server.create("/v2/zones", {"name": "kept.example.", "email": "dns@example.org"})
    server.create(
        f"/v2/zones/{zone['id']}/recordsets",
        {"name": "www.kept.example.", "type": "A", "records": ["192.0.2.1"]},
    )
    server.wait(f"/v2/zones/{zone['id']}", status="ACTIVE")
    assert server.stop() == 0
    server.start()
    found = server.call("GET", f"/v2/zones/{zone['id']}/recordsets?type=A").json
    assert [item["name"] for item in found["recordsets"]] == ["www.kept.example."]
    assert server.stop() == 0
    assert not (tmp_path / "designate" / "state" / "designate.sqlite").exists()
    assert database.password not in server.log()


def test_two_processes_share_a_database(database: DatabaseServer, tmp_path: Path) -> None:
    """What one changes the other answers, and the work of one that was killed is taken over."""
    pools = tmp_path / "pools.yaml"
    dns = [(HOST, free_port()), (HOST, free_port())]
    nameservers = [{"host": host, "port": port} for host, port in dns]
    pools.write_text(yaml.safe_dump([POOL | {"nameservers": nameservers}]), "utf-8")
    conf = configure(tmp_path, database.url("designate"))
    both = [
        Designate(tmp_path / f"d{n}", "--config-file", conf, "--pools", str(pools))
        for n in range(2)
    ]
    try:
        for server, at in zip(both, dns, strict=True):
            server.dns = at
            server.start()
        zone = both[0].create("/v2/zones", {"name": "both.example.", "email": "dns@example.org"})
        path = f"/v2/zones/{zone['id']}"
        both[1].wait(path, status="ACTIVE")
        both[1].create(
            f"{path}/recordsets",
            {"name": "www.both.example.", "type": "A", "records": ["192.0.2.1"]},
        )
        both[0].wait(path, status="ACTIVE")
        both[0].kill()
        both[0].start()
        both[0].create(
            f"{path}/recordsets",
            {"name": "two.both.example.", "type": "A", "records": ["192.0.2.2"]},
        )
        both[1].wait(path, status="ACTIVE")
    finally:
        for server in both:
            server.stop()


def test_a_database_that_does_not_let_us_in_is_said_in_one_line(
    database: DatabaseServer, tmp_path: Path
) -> None:
    """With the reason, without the password, and with a pause between tries."""
    url = database.url("designate").replace(database.password, "no" + database.password)
    conf = configure(tmp_path, url, max_retries=1, retry_interval=0)
    command = [str(Path(sys.executable).parent / "designate"), "up", "--config-file", conf]
    ended = subprocess.run(
        [*command, "--state-dir", str(tmp_path / "state"), "--api-listen", f"{HOST}:0"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert "designate up: the database does not let us in: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert database.password not in ended.stderr + ended.stdout
