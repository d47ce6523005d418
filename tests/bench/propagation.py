# SPDX-License-Identifier: Apache-2.0
"""A single change on an idle system: when DNS answers with it, and when the API says ACTIVE."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tests.bench import clients, resolver
from tests.bench.figures import Row, median, refusals, spread
from tests.bench.site import Bench, Site
from tests.bench.writes import host

IDLE = 0.2
"""Seconds between two changes."""
LOOK = 0.002
"""Seconds between two looks."""
ZONE = "idle.example."


class Arrival(NamedTuple):
    """Seconds from the POST to the first right answer, and to ACTIVE as the API shows it."""

    served: float
    active: float


def measure(bench: Bench) -> Iterator[Row]:
    """On the embedded server, on BIND with the options we advise, and on BIND as it comes."""
    with bench.designate() as site:
        yield from _rows(site, bench.scale.samples, "embedded server")
    with bench.designate_with_bind() as site:
        yield from _rows(site, bench.scale.samples, "BIND")
    with bench.designate_with_bind(stock=True) as site:
        yield from _rows(site, bench.scale.samples, "stock BIND", budgets=False)


def _rows(site: Site, samples: int, server: str, *, budgets: bool = True) -> Iterator[Row]:
    path = site.zone(ZONE)
    arrivals = []
    early: Counter[str] = Counter()
    for number in range(samples):
        time.sleep(IDLE)
        arrival = _arrival(site, path, f"h{number}.{ZONE}")
        arrivals.append(arrival)
        if arrival.active < arrival.served:
            early["ACTIVE before it was served"] += 1
    served = [arrival.served for arrival in arrivals]
    active = [arrival.active for arrival in arrivals]
    yield Row(
        f"POST → served by {server}, idle",
        "median below 150 ms" if budgets else "",
        spread(served) + refusals(early),
        median(served) < 0.15 and not early if budgets else None,
    )
    yield Row(
        f"POST → ACTIVE, {server}",
        "median below 300 ms" if budgets else "",
        spread(active),
        median(active) < 0.3 if budgets else None,
    )


def _arrival(site: Site, path: str, name: str) -> Arrival:
    begin = time.monotonic()
    created = site.client.create(*host(path, name)[1:])
    served = active = 0.0

    def look() -> Arrival | None:
        nonlocal served, active
        if not served and resolver.rdata(site.dns, name, "A"):
            served = time.monotonic() - begin
        if not active:
            found = site.client.get(f"{path}/recordsets/{created['id']}")
            active = time.monotonic() - begin if found["status"] == "ACTIVE" else 0.0
        return Arrival(served, active) if served and active else None

    return clients.wait(look, f"{name} is not served and ACTIVE", pause=LOOK)
