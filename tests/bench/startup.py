# SPDX-License-Identifier: Apache-2.0
"""From the start of the process to its first answer, and the memory that it keeps."""

import time
from collections.abc import Iterator

from tests.bench import clients, processes
from tests.bench.figures import Row, mebibytes, refusals
from tests.bench.site import Bench
from tests.bench.writes import hosts
from tests.servers.designate import Designate

MAX_RESIDENT = 120 * 2**20
ZONE = "load.example."
IMPORTED = 10_000


def measure(bench: Bench) -> Iterator[Row]:
    """A first start, which makes the database; a second; memory fresh and after load."""
    with bench.designate() as site:
        site.server.stop()
        again = _start(site.server)
        amount = processes.count(site.server.pid)
    with bench.designate() as site:
        site.client.get("/v2/zones")
        fresh = processes.resident(site.server.pid)
        site.imported("import.example.", IMPORTED)
        requests = hosts({ZONE: site.zone(ZONE)})
        load = clients.run(site.server.api, requests, seconds=bench.scale.load_seconds)
        loaded = processes.resident(site.server.pid)
    empty = Designate(bench.folder("designate"))
    try:
        first = _start(empty)
    finally:
        empty.stop()
    yield Row(
        "start to first answered request, new database", "below 2 s", f"{first:.2f} s", first < 2
    )
    yield Row("– again, database present", "below 2 s", f"{again:.2f} s", again < 2)
    here = f"{mebibytes(fresh)}, {amount} process{'es' if amount > 1 else ''}"
    met = fresh < MAX_RESIDENT and amount == 1
    yield Row("resident, fresh", "below 120 MB, one process", here, met)
    after = f"{mebibytes(loaded)}{refusals(load.refused)}"
    yield Row("resident, after load", "below 120 MB", after, loaded < MAX_RESIDENT)


def _start(server: Designate) -> float:
    begin = time.monotonic()
    server.start()
    clients.Client(server.api).get("/v2/zones")
    return time.monotonic() - begin
