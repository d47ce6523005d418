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
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tests.cluster.chaos import Chaos
from tests.cluster.cluster import Cluster
from tests.servers.galera import Node
from tests.servers.program import Program
from tests.system.deeds import ended
from tests.system.site import eventually

pytestmark = pytest.mark.slow

BUSY = 15
"""Changes between two restarts."""
SETTLED = 10.0
RESTING = 120.0
"""Seconds; some tasks of the producer come round in five minutes, and are not all there is."""
MOST_CPU = 0.02
MOST_OFTEN = 1.1
"""How often a process may ask the same in a second; clocks differ."""
PROCESSES_OF_A_USER = {"central": 2, "mdns": 2, "producer": 2, "worker": 2}


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
        assert service.stop() == 0
        go_on()
        service.start()
        go_on()
    tally = ended(clients)
    assert tally.wrong == []
    said = [line for service in cluster.of("api") for line in service.log().splitlines()]
    assert (tally.unanswered, tally.refusals) == ([], []), [
        line for line in said if "is not answered" in line
    ]
    print(f"{len(cluster.services)} restarts, {tally.acknowledged} changes, all answered")
    chaos.settle()
    chaos.verify(clients)


def note_statements(node: Node, *, really: bool) -> None:
    """Let a node note what it is asked, in a table."""
    node.execute(
        "SET GLOBAL log_output = 'TABLE'",
        f"SET GLOBAL general_log = {'ON' if really else 'OFF'}",
    )


def noted(node: Node) -> Counter[tuple[str, str]]:
    """How often each user has asked each thing, whatever the values."""
    engine = create_engine(node.admin_url(), poolclass=NullPool)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT user_host, argument FROM mysql.general_log WHERE command_type = 'Query'"
        ).all()
    found: Counter[tuple[str, str]] = Counter()
    for user, said in rows:
        text = re.sub(r"'(?:[^'\\]|\\.)*'|\b[0-9.]+\b", "?", said)
        if not text.startswith(("SET", "SHOW", "COMMIT", "ROLLBACK")):
            found[user.partition("[")[0], text] += 1
    return found


def cpu_seconds(pid: int) -> float:
    """What a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_cluster_without_work_rests(cluster: Cluster) -> None:
    """All services use less than 2% of a core; none asks the database the same twice a second."""
    chaos = Chaos(cluster, 0, [], shown=False)
    chaos.clients()
    chaos.settle()
    time.sleep(SETTLED)
    for node in cluster.galera.nodes:
        note_statements(node, really=True)
    used = {service.name: -cpu_seconds(service.pid) for service in cluster.services}
    time.sleep(RESTING)
    for service in cluster.services:
        used[service.name] += cpu_seconds(service.pid)
    asked: Counter[tuple[str, str]] = Counter()
    for node in cluster.galera.nodes:
        note_statements(node, really=False)
        asked += noted(node)
    print({name: f"{seconds / RESTING:.2%}" for name, seconds in used.items()})
    total: Counter[str] = Counter()
    for (user, _), times in asked.items():
        total[user] += times
    print({user: f"{times / RESTING:.1f}/s" for user, times in total.items()})
    assert {f"designate_{kind}" for kind in PROCESSES_OF_A_USER} <= total.keys()
    often = {
        (kind, text): times
        for kind, processes in PROCESSES_OF_A_USER.items()
        for (user, text), times in asked.items()
        if user == f"designate_{kind}" and times > MOST_OFTEN * processes * RESTING
    }
    assert often == {}
    assert sum(used.values()) / RESTING < MOST_CPU
