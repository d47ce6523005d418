# SPDX-License-Identifier: Apache-2.0
"""SOA queries over UDP, asked by dnsperf."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from tests.bench import clients, processes
from tests.bench.figures import Row, median, ms, refusals
from tests.bench.resolver import Address
from tests.bench.site import Bench
from tests.servers.mdns import Mdns
from tests.unit.mdns.zone_rows import ZoneRows

WORK = "SOA queries over UDP"
BUDGET = "at least 30,000/s"
NAMES = [f"q{number}.example." for number in range(100)]
SLACK = 30
APART = "SOA queries, designate-mdns"
ROUNDS = 3
_LIMITED = {"rate_limit_per_second": 1_000_000, "rate_limit_exempt": ""}
_COOKIE = ("-E", "10:0011223344556677")
_WAYS: list[tuple[str, dict[str, object], Sequence[str]]] = [
    ("1 process", {}, ()),
    ("2 processes", {"workers": 2}, ()),
    ("4 processes", {"workers": 4}, ()),
    ("clients with cookies", {}, _COOKIE),
    ("with a rate limit", _LIMITED, ()),
]


def measure(bench: Bench) -> Iterator[Row]:
    """Over many zones, with what the server has to be asked for once already known."""
    if shutil.which("dnsperf") is None:
        yield Row(WORK, BUDGET, "not measured: dnsperf is not installed (Debian: dnsperf)")
        return
    with bench.designate() as site:
        for name in NAMES:
            site.client.create("/v2/zones", {"name": name, "email": "dns@example.org"})
        site.wait_quiet("/v2/zones")
        questions = _questions(bench)
        _dnsperf(site.dns, str(questions), 1)
        before = site.cpu_seconds()
        report = _dnsperf(site.dns, str(questions), int(bench.scale.load_seconds))
        used = site.cpu_seconds() - before
    answered = _number(r"Queries completed: +(\d+)", report)
    speed = _number(r"Queries per second: +([\d.]+)", report)
    problems = _problems(report)
    latency = _number(r"Average Latency \(s\): +([\d.]+)", report)
    here = f"{speed:,.0f}/s, mean {ms(latency)}{refusals(problems)}"
    yield Row(WORK, BUDGET, here, speed >= 30_000 and not problems)
    yield Row("– CPU of the server each", "", ms(used / answered if answered else 0.0))


def apart(bench: Bench) -> Iterator[Row]:
    """Processes of their own, alone and two on one port, and what cookies and limits cost them."""
    if shutil.which("dnsperf") is None:
        yield Row(APART, BUDGET, "not measured: dnsperf is not installed (Debian: dnsperf)")
        return
    folder = bench.folder("apart")
    folder.mkdir(parents=True)
    # Without pools: from the servers of a pool every question is looked up.
    store = Store(open_engine(f"sqlite:///{folder}/dns.sqlite"))
    schema.upgrade(store.engine)
    for name in NAMES:
        ZoneRows(store, name).create()
    questions = str(_questions(bench))
    with ExitStack() as stack:
        url = str(store.engine.url)
        servers = []
        for name, options, extra in _WAYS:
            server = Mdns(bench.folder("mdns"), url, options)
            server.start()
            stack.callback(server.stop)
            servers.append((name, server, extra))
        seconds = max(1, int(bench.scale.load_seconds / ROUNDS))
        for _, server, extra in servers:
            _load(server, questions, 1, extra)
        found = [_load(server, questions, seconds, extra) for _, server, extra in servers * ROUNDS]
    store.engine.dispose()
    for index, (name, _, _) in enumerate(servers):
        mine = found[index :: len(servers)]
        speed = median([speed for speed, _, _ in mine])
        cpu = median([cpu for _, cpu, _ in mine])
        problems = sum((wrong for _, _, wrong in mine), Counter[str]())
        here = f"{speed:,.0f}/s, {ms(cpu)} of CPU each{refusals(problems)}"
        yield Row(f"{APART}, {name}", BUDGET, here, speed >= 30_000 and not problems)


def _load(
    server: Mdns, questions: str, seconds: int, extra: Sequence[str]
) -> tuple[float, float, Counter[str]]:
    """Queries a second, seconds of CPU for each, and what went wrong."""
    workers = server.workers()
    before = sum(map(processes.cpu_seconds, workers))
    report = _dnsperf(server.address, questions, seconds, *extra)
    used = sum(map(processes.cpu_seconds, workers)) - before
    answered = _number(r"Queries completed: +(\d+)", report)
    return _number(r"Queries per second: +([\d.]+)", report), used / answered, _problems(report)


def _questions(bench: Bench) -> Path:
    questions = bench.folder("questions")
    questions.write_text("".join(f"{name} SOA\n" for name in NAMES), "ascii")
    return questions


def _dnsperf(address: Address, questions: str, seconds: int, *extra: str) -> str:
    host, port = address
    command = ["dnsperf", "-s", host, "-p", str(port), "-d", questions, "-l", str(seconds), *extra]
    done = subprocess.run(
        [*command, "-c", str(clients.CLIENTS), "-f", "inet"],
        capture_output=True,
        text=True,
        timeout=seconds + SLACK,
        check=True,
    )
    return done.stdout


def _problems(report: str) -> Counter[str]:
    """Queries without an answer, and answers without success."""
    found: Counter[str] = Counter()
    if lost := _number(r"Queries lost: +(\d+)", report):
        found["lost"] = int(lost)
    for rcode, count in re.findall(r"([A-Z]+) (\d+) \([\d.]+%\)", report):
        if rcode != "NOERROR":
            found[rcode] = int(count)
    return found


def _number(pattern: str, report: str) -> float:
    found = re.search(pattern, report)
    if found is None:
        raise RuntimeError(f"dnsperf says nothing like {pattern}:\n{report}")
    return float(found[1])
