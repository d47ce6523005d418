# SPDX-License-Identifier: Apache-2.0
"""Zone files imported while another client goes on creating recordsets elsewhere."""

import math
import time
from collections import Counter
from collections.abc import Iterator

from tests.bench import clients, processes
from tests.bench.clients import Load
from tests.bench.figures import Row, mebibytes, ms, p95, rate, refusals, spread
from tests.bench.site import Bench, Site, zone_file
from tests.bench.writes import hosts

PAUSE = 0.05
ALONE = 2.0
OTHER = "other.example."
MAX_WAIT = 0.5
"""Seconds that a client may wait for one request without being blocked."""
MAX_GROWTH = 40 * 2**20


def measure(bench: Bench) -> Iterator[Row]:
    """Sizes that show whether time or memory grow with the zone; a new process for each."""
    for size in bench.scale.import_records:
        with bench.designate() as site:
            paths = {OTHER: site.zone(OTHER)}
            requests = hosts(paths)
            with clients.beside(site.server.api, requests(0), pause=PAUSE) as alone:
                time.sleep(ALONE)
            before = processes.resident(site.server.pid)
            processes.forget_peak(site.server.pid)
            with clients.beside(site.server.api, requests(1), pause=PAUSE) as other:
                seconds, ended = _import(site, size)
            grown = processes.peak(site.server.pid) - before
        yield from _rows(size, seconds, ended, grown)
        yield _meanwhile(alone, other)


def _meanwhile(alone: Load, other: Load) -> Row:
    """What another client sees, without the import and during it; the worst tells a blockade."""
    problems = alone.refused + other.refused
    worst = max(other.accepted, default=math.nan)
    here = f"{spread(other.accepted)}, worst {ms(worst)}; alone p95 {ms(p95(alone.accepted))}"
    work = "– recordset creates of another client meanwhile"
    met = worst < MAX_WAIT and not problems
    return Row(work, f"none above {ms(MAX_WAIT)}", here + refusals(problems), met)


def _import(site: Site, size: int) -> tuple[float, str]:
    """Seconds until the task ended, and how it did."""
    text = zone_file(f"import{size}.example.", size)
    begin = time.monotonic()
    task = site.import_zone(text)
    return time.monotonic() - begin, task["status"]


def _rows(size: int, seconds: float, ended: str, grown: int) -> Iterator[Row]:
    problems = Counter({ended: 1} if ended != "COMPLETE" else {})
    speed = f"{rate(size, seconds)} ({seconds:.1f} s){refusals(problems)}"
    met = size >= 25_000 * seconds and not problems
    yield Row(f"import of {size:,} records", "at least 25,000/s", speed, met)
    yield Row("– peak memory above before", "flat", mebibytes(grown), grown < MAX_GROWTH)
