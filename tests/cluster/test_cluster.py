# SPDX-License-Identifier: Apache-2.0
"""The cluster as a whole: it comes and goes, its parts are replaced under load, and it rests."""

import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from tests.cluster.chaos import Chaos
from tests.cluster.cluster import Cluster
from tests.servers.program import Program
from tests.system.deeds import ended
from tests.system.site import eventually

pytestmark = pytest.mark.slow

BUSY = 15
"""Changes between two restarts."""
RESTING = 30.0
MOST_CPU = 0.02
MOST_STATEMENTS = 1.0
"""Of one process in a second."""
PROCESSES_OF_A_USER = {"central": 4, "mdns": 2, "producer": 2, "worker": 2}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for sockets."""
    made = Path(tempfile.mkdtemp(prefix="c-", dir="/tmp"))
    yield made
    shutil.rmtree(made)


def mentioning(text: str) -> list[str]:
    """The command lines of the processes that have to do with a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if text.encode() in said and int(process.name) != os.getpid():
            found.append(said[:200].decode("utf-8", "replace"))
    return found


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_make_cluster_says_how_to_use_it_and_leaves_nothing(
    folder: Path, end: signal.Signals
) -> None:
    """Neither a process nor a file, after Ctrl-C or a SIGTERM."""
    temporary = folder / "t"
    temporary.mkdir()
    program = Program(
        [sys.executable, "-m", "tests.cluster"], folder / "log", {"TMPDIR": str(temporary)}
    )
    program.start("Starting")
    eventually(program.log, until=lambda log: "after Ctrl-C" in log, within=120)
    assert re.search(r"API +http://127\.0\.0\.1:\d+/v2", program.log())
    assert mentioning(str(temporary)) != []
    os.kill(program.pid, end)
    assert program.wait() == 0
    assert list(temporary.iterdir()) == []
    assert eventually(lambda: mentioning(str(temporary)), until=lambda found: not found) == []


def test_a_restart_of_every_service_costs_no_request(cluster: Cluster) -> None:
    """One after the other, under load, through HAProxy: each is told to end and started again."""
    chaos = Chaos(cluster, random.SystemRandom().randrange(1 << 32), [], shown=False)
    clients = chaos.clients()
    for client in clients:
        client.start()

    def acknowledged() -> int:
        return sum(client.tally.acknowledged for client in clients)

    def go_on() -> None:
        goal = acknowledged() + BUSY
        eventually(acknowledged, until=lambda count: count >= goal, within=60)

    go_on()
    for service in cluster.services:
        print(
            "DBG",
            service.name,
            time.monotonic(),
            sum(c.tally.unanswered for c in clients),
            [r for c in clients for r in c.tally.refusals][-1:],
        )
        assert service.stop() == 0
        go_on()
        print(
            "DBG stopped",
            service.name,
            time.monotonic(),
            sum(c.tally.unanswered for c in clients),
            [r for c in clients for r in c.tally.refusals][-1:],
        )
        service.start()
        go_on()
    tally = ended(clients)
    assert tally.wrong == []
    assert (tally.unanswered, tally.refusals) == (0, [])
    print(f"{len(cluster.services)} restarts, {tally.acknowledged} changes, all answered")
    chaos.settle()
    chaos.verify(clients)


def statements(node: Engine) -> dict[str, int]:
    """How many statements each user has run on a node."""
    with node.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT user, select_commands + update_commands FROM information_schema.user_statistics"
        )
        return {user: int(count) for user, count in rows}


def cpu_seconds(pid: int) -> float:
    """What a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_cluster_without_work_rests(cluster: Cluster) -> None:
    """All services together use less than 2% of a core, and ask the database once a second each."""
    chaos = Chaos(cluster, 0, [], shown=False)
    chaos.clients()
    chaos.settle()
    nodes = [create_engine(node.admin_url(), poolclass=NullPool) for node in cluster.galera.nodes]
    for node in nodes:
        with node.connect() as connection:
            connection.exec_driver_sql("SET GLOBAL userstat = ON")
    time.sleep(RESTING / 3)
    before = [statements(node) for node in nodes]
    used = {service.name: -cpu_seconds(service.pid) for service in cluster.services}
    time.sleep(RESTING)
    for service in cluster.services:
        used[service.name] += cpu_seconds(service.pid)
    after = [statements(node) for node in nodes]
    asked = {
        kind: sum(
            new.get(f"designate_{kind}", 0) - old.get(f"designate_{kind}", 0)
            for old, new in zip(before, after, strict=True)
        )
        for kind in PROCESSES_OF_A_USER
    }
    print({name: f"{seconds / RESTING:.2%}" for name, seconds in used.items()})
    print({kind: f"{number / RESTING:.2f}/s" for kind, number in asked.items()})
    for kind, processes in PROCESSES_OF_A_USER.items():
        assert asked[kind] / processes / RESTING <= MOST_STATEMENTS, kind
    assert sum(used.values()) / RESTING < MOST_CPU
