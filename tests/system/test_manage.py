# SPDX-License-Identifier: Apache-2.0
"""`designate-manage` makes the tables and the pools that the programs of services need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from designate.storage import pools, schema
from designate.storage.engine import open_engine

PROGRAM = str(Path(sys.executable).parent / "designate-manage")
TIMEOUT = 60.0


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A configuration whose database is empty."""
    file = tmp_path / "designate.conf"
    url = f"sqlite:///{tmp_path}/designate.sqlite"
    file.write_text(f"[storage:sqlalchemy]\nconnection = {url}\n", "utf-8")
    return file


def manage(conf: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command."""
    return subprocess.run(
        [PROGRAM, "--config-file", str(conf), *command],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def test_the_schema_comes_step_by_step(conf: Path) -> None:
    """To a step by its number, then to the newest; doing so again changes nothing."""
    newest = schema.newest()
    assert manage(conf, "database", "version").stdout == f"Current: None Latest: {newest}\n"
    assert manage(conf, "database", "upgrade", "0008").returncode == 0
    version = manage(conf, "database", "version").stdout
    assert version.startswith("Current: 0008")
    for _ in range(2):
        assert manage(conf, "database", "sync").returncode == 0
        version = manage(conf, "database", "version").stdout
        assert version == f"Current: {newest} Latest: {newest}\n"


def test_only_what_is_wrong_is_logged(conf: Path) -> None:
    """An ordinary designate.conf names a broker, whose library has something to say of itself."""
    text = conf.read_text("utf-8") + "[DEFAULT]\ntransport_url = rabbit://127.0.0.1:1/\n"
    conf.write_text(text, "utf-8")
    (answer,) = manage(conf, "database", "version").stdout.splitlines()
    conf.write_text(f"{text}rpc_response_timeot = 1\n", "utf-8")
    line, *more = manage(conf, "database", "version").stdout.splitlines()
    assert "[DEFAULT] rpc_response_timeot is ignored: nothing reads it" in line
    assert more == [answer]


def test_pools_come_from_the_file(conf: Path, tmp_path: Path) -> None:
    """They replace those of the same name; the default pool has its id."""
    assert manage(conf, "database", "sync").returncode == 0
    pool = {"name": "default", "ns_records": [{"hostname": "ns1.example.net.", "priority": 1}]}
    file = tmp_path / "pools.yaml"
    for description in ("one", "two"):
        file.write_text(json.dumps([{**pool, "description": description}]), "utf-8")
        ended = manage(conf, "pool", "update", "--file", str(file))
        assert (ended.returncode, ended.stdout) == (0, "Updated pool default\n"), ended.stderr
    engine = open_engine(f"sqlite:///{tmp_path}/designate.sqlite")
    with engine.connect() as connection:
        (found,) = pools.find_all(connection)
    engine.dispose()
    assert (found.id, found.description) == ("794ccc2c-d751-44fe-b57f-8894c9f5c842", "two")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("database", "upgrade", "9999"), "no step 9999"),
        (("pool", "update", "--file", "/nonexistent/pools.yaml"), "/nonexistent/pools.yaml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    conf: Path, command: tuple[str, ...], words: str
) -> None:
    """Status 1, and no traceback."""
    ended = manage(conf, *command)
    assert ended.returncode == 1
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_pools_need_the_tables(conf: Path, tmp_path: Path) -> None:
    """Nothing makes tables by the way."""
    file = tmp_path / "pools.yaml"
    pool = {"name": "default", "ns_records": [{"hostname": "ns1.example.net.", "priority": 1}]}
    file.write_text(json.dumps([pool]), "utf-8")
    ended = manage(conf, "pool", "update", "--file", str(file))
    assert ended.returncode == 1
    assert "no tables" in ended.stderr


def test_wrong_use_is_status_2(conf: Path) -> None:
    """With how it is used."""
    for command in ((), ("database",), ("database", "destroy")):
        ended = manage(conf, *command)
        assert ended.returncode == 2, ended
        assert "usage: designate-manage" in ended.stderr
