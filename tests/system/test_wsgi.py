# SPDX-License-Identifier: Apache-2.0
"""The application for other WSGI servers: how it begins, and begins again, in processes of its own.

Such a process ends with its interpreter, and logs as it likes.
"""

import subprocess
import sys
from pathlib import Path

from designate.storage import schema
from designate.storage.engine import open_engine

ROOT = Path(__file__).parents[2]
BEGIN = """
import sys, threading
from pathlib import Path
from designate.cmd import wsgi
from designate.conf import ConfigurationError
from tests.api.exchange import InProcess

at = Path(sys.argv[1])
api = InProcess(wsgi.application({wsgi.FOLDER: str(at)}))
"""
AWAY = """
(at / "data").rename(at / "away")
reply = api.send("GET", "/v2/zones", {}, b"")
assert (reply.status, reply.json["type"]) == (503, "database_unavailable"), reply.text
(at / "away").rename(at / "data")
assert api.send("GET", "/v2/zones", {}, b"").status == 200
"""
FAILS = """
before = set(threading.enumerate())
for _ in range(2):
    try:
        api.send("GET", "/v2/zones", {}, b"")
    except ConfigurationError as error:
        assert "file_event_handler" in str(error)
    else:
        raise AssertionError("it began")
    assert set(threading.enumerate()) == before, threading.enumerate()
"""


def check(at: Path, script: str, lines: str = "") -> None:
    """Run a script where a configuration is, and in `data` a database with tables."""
    data = at / "data"
    data.mkdir()
    url = f"sqlite:///{data}/dns.sqlite"
    engine = open_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    text = f"[service:api]\nauth_strategy = noauth\n[storage:sqlalchemy]\nconnection = {url}\n"
    (at / "designate.conf").write_text(text + lines, "utf-8")
    command = [sys.executable, "-c", BEGIN + script, str(at)]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_a_database_that_went_away_is_told_to_the_first_client(tmp_path: Path) -> None:
    """It keeps no process from beginning, and is used as soon as it is back."""
    check(tmp_path, AWAY)


def test_nothing_is_left_of_a_start_that_failed(tmp_path: Path) -> None:
    """However often requests try again."""
    check(tmp_path, FAILS, f"[oslo_reports]\nfile_event_handler = {tmp_path}/none\n")
