# SPDX-License-Identifier: Apache-2.0
"""Zones of many records come, are exported and go while others work as ever, in flat memory."""

import contextlib
import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from designate.storage.pace import SHARED
from tests.bench import clients, processes
from tests.bench.figures import median, ms, p95, spread
from tests.bench.site import zone_file
from tests.servers.designate import Designate

NAME = "bulk.example."
THEIRS = "theirs.example."
KINDS = ("create a zone", "create a recordset", "list zones", "list recordsets")
OWNER = {"X-Auth-Project-ID": "bulk", "X-Roles": "member,reader"}
PURGE = "[producer_task:zone_purge]\ninterval = 1\ntime_threshold = 0\n"
PAUSE = 0.02
IDLE = 3.0
SLICE = 0.01
"""Seconds that a reader waits: for its turn, in a process that has more to do."""
TIMES = 3
"""What may come on top, be it that the machine has more to do as well."""
LONG = 0.5
"""Seconds that one request in twenty may take."""
ENOUGH = 5
"""Requests of a kind whose median says something."""
QUICK = 1.0
MAX_GROWTH = 64 * 2**20
PATIENCE = 1200.0


def others(number: int, zone_id: str) -> Iterator[clients.Request]:
    """What other users do, in the order of KINDS: zones, and recordsets in one of theirs."""
    for serial in itertools.count():
        name = f"z{serial}.phase{number}.example"
        host = {"name": f"h{serial}.phase{number}.{THEIRS}", "type": "A", "records": ["192.0.2.1"]}
        yield clients.Request("POST", "/v2/zones", {"name": f"{name}.", "email": f"dns@{name}"})
        yield clients.Request("POST", f"/v2/zones/{zone_id}/recordsets", host)
        for path in ("/v2/zones?limit=20", "/v2/recordsets?limit=20"):
            yield clients.Request("GET", path)


def medians(load: clients.Load) -> dict[str, float]:
    """Of each kind of which there were enough."""
    found = {kind: load.accepted[place :: len(KINDS)] for place, kind in enumerate(KINDS)}
    return {kind: median(seconds) for kind, seconds in found.items() if len(seconds) >= ENOUGH}


class Bulk:
    """A running service, a zone of many records, and what others find meanwhile."""

    def __init__(self, server: Designate, database: Path) -> None:
        self.server = server
        self._database = database
        self._phases = itertools.count()
        theirs = server.call("POST", "/v2/zones", {"name": THEIRS, "email": "dns@example.org"})
        assert theirs.status == 202, theirs
        self._theirs = theirs.json["id"]
        with self._beside() as idle:
            time.sleep(IDLE)
        self._idle = medians(idle)
        assert set(self._idle) == set(KINDS)
        self._memory = processes.resident(server.pid)

    @contextlib.contextmanager
    def _beside(self) -> Iterator[clients.Load]:
        requests = others(next(self._phases), self._theirs)
        with clients.beside(self.server.api, requests, pause=PAUSE) as load:
            yield load
        assert not load.refused, load.refused

    @contextlib.contextmanager
    def unnoticed(self, during: str) -> Iterator[None]:
        """Fail if others have to wait, or memory grows, while the block runs."""
        processes.forget_peak(self.server.pid)
        with self._beside() as load:
            yield
        grown = processes.peak(self.server.pid) - self._memory
        assert grown < MAX_GROWTH, f"{grown / 2**20:.0f} MiB"
        assert load.accepted
        slow = []
        for kind, found in medians(load).items():
            idle, wait = self._idle[kind], SHARED if kind.startswith("create") else SLICE
            text = f"{during}: {kind} p50 {ms(found)}, before {ms(idle)}"
            print(text)
            if found > TIMES * (idle + wait):
                slow.append(text)
        print(f"{during}: all {spread(load.accepted)}, worst {ms(max(load.accepted))}")
        assert not slow
        assert p95(load.accepted) < LONG, sorted(load.accepted)[-20:]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """What the owner of the zone gets."""
        content_type = "text/dns" if isinstance(body, bytes) else "application/json"
        answer = self.server.call(method, path, body, content_type=content_type, headers=OWNER)
        assert 200 <= answer.status < 300, answer
        return answer.json

    def import_zone(self, text: bytes) -> Iterator[Any]:
        """The task again and again, until it has ended."""
        task = self.call("POST", "/v2/zones/tasks/imports", text)
        path = f"/v2/zones/tasks/imports/{task['id']}"
        deadline = time.monotonic() + PATIENCE
        while task["status"] == "PENDING":
            assert time.monotonic() < deadline
            time.sleep(PAUSE)
            task = self.call("GET", path)
            yield task

    def exported(self, zone_id: str) -> int:
        """Lines of an export, read as they come."""
        task = self.call("POST", f"/v2/zones/{zone_id}/tasks/export")
        path = f"/v2/zones/tasks/exports/{task['id']}"
        self.wait(lambda: self.call("GET", path)["status"] == "COMPLETE")
        request = Request(f"{self.server.api}{path}/export", headers=OWNER)
        with urlopen(request, timeout=PATIENCE) as answer:
            return sum(1 for _ in answer)

    def wait(self, done: Callable[[], bool]) -> None:
        """Until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < deadline, self.server.log()[-3000:]
            time.sleep(PAUSE)

    def rows(self, zone_id: str) -> bool:
        """Whether the database holds anything of the zone's content or journal."""
        with contextlib.closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as db:
            return any(
                db.execute(
                    f"SELECT 1 FROM {table} WHERE zone_id = ? LIMIT 1", (zone_id,)
                ).fetchone()
                for table in ("recordsets", "record_values", "journal", "zone_state")
            )


@pytest.mark.parametrize(
    "records", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)], ids=["20k", "1M"]
)
def test_nobody_notices_a_large_zone(tmp_path: Path, records: int) -> None:
    """Import, export, deletion and purge: others wait for a step under way, reading for nothing;
    memory is flat, and the import tells how far it is."""
    options = tmp_path / "designate.conf"
    options.write_text(PURGE, "utf-8")
    server = Designate(tmp_path / "designate", "--config-file", str(options))
    server.start()
    try:
        bulk = Bulk(server, server.directory / "state" / "designate.sqlite")
        progress = []
        text = zone_file(NAME, records)
        with bulk.unnoticed("import"):
            for task in bulk.import_zone(text):
                progress.append(task["progress"]["records"])
        assert task["status"] == "COMPLETE", task
        assert progress == sorted(progress)
        assert progress[-1] == records + 2
        assert len(set(progress)) > 5
        zone_id = task["zone_id"]
        path = f"/v2/zones/{zone_id}"
        bulk.wait(lambda: bulk.call("GET", path)["status"] == "ACTIVE")
        with bulk.unnoticed("export"):
            assert bulk.exported(zone_id) == 3 + 2 + records + 2
        with bulk.unnoticed("deletion"):
            begin = time.monotonic()
            bulk.call("DELETE", path)
            assert time.monotonic() - begin < QUICK
            server.wait_gone(path)
            bulk.wait(lambda: not bulk.rows(zone_id))
    finally:
        assert server.stop() == 0
