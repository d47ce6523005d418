# SPDX-License-Identifier: Apache-2.0
"""SOA queries over UDP, asked by dnsperf."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator

from tests.bench import clients, processes
from tests.bench.figures import Row, ms, refusals
from tests.bench.resolver import Address
from tests.bench.site import Bench

WORK = "SOA queries over UDP"
BUDGET = "at least 30,000/s"
ZONES = 100
SLACK = 30


def measure(bench: Bench) -> Iterator[Row]:
    """Over many zones, with what the server has to be asked for once already known."""
    if shutil.which("dnsperf") is None:
        yield Row(WORK, BUDGET, "not measured: dnsperf is not installed (Debian: dnsperf)")
        return
    with bench.designate() as site:
        names = [f"q{number}.example." for number in range(ZONES)]
        for name in names:
            site.client.create("/v2/zones", {"name": name, "email": "dns@example.org"})
        site.wait_quiet("/v2/zones")
        questions = bench.folder("questions")
        questions.write_text("".join(f"{name} SOA\n" for name in names), "ascii")
        _dnsperf(site.dns, str(questions), 1)
        before = processes.cpu_seconds(site.server.pid)
        report = _dnsperf(site.dns, str(questions), int(bench.scale.load_seconds))
        used = processes.cpu_seconds(site.server.pid) - before
    answered = _number(r"Queries completed: +(\d+)", report)
    speed = _number(r"Queries per second: +([\d.]+)", report)
    problems = _problems(report)
    latency = _number(r"Average Latency \(s\): +([\d.]+)", report)
    here = f"{speed:,.0f}/s, mean {ms(latency)}{refusals(problems)}"
    yield Row(WORK, BUDGET, here, speed >= 30_000 and not problems)
    yield Row("– CPU of the server each", "", ms(used / answered if answered else 0.0))


def _dnsperf(address: Address, questions: str, seconds: int) -> str:
    host, port = address
    command = ["dnsperf", "-s", host, "-p", str(port), "-d", questions, "-l", str(seconds)]
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
