# SPDX-License-Identifier: Apache-2.0
"""Curves: what a change, a list or an answer costs beside ever more records, and ever more zones.

Nothing may grow with the size of the zone or the number of zones; a figure is judged by how much
dearer it is at the largest size than at the smallest.
"""

import itertools
import time
from collections.abc import Callable, Iterator

from tests.bench import clients, resolver
from tests.bench.clients import Request
from tests.bench.figures import Row, median, ms
from tests.bench.lists import PAGE, marker
from tests.bench.site import Bench, Site
from tests.bench.writes import host, some_zones, zone

SAMPLES = 40
TOLERATED = 2.0
"""Times that any size may cost more than the smallest: these machines are noisy."""

Measure = Callable[[], float]
Curves = dict[str, list[float]]


def records(bench: Bench) -> Iterator[Row]:
    """Zones of ever more records, each in a new process."""
    curves: Curves = {}
    for size in bench.scale.growth_records:
        with bench.designate() as site:
            name = f"grow{size}.example."
            path = site.imported(name, size)
            for what, measure in _of_zone(site, name, path, size).items():
                curves.setdefault(what, []).append(measure())
    yield from _rows(curves, bench.scale.growth_records, "records in the zone")


def zones(bench: Bench) -> Iterator[Row]:
    """Ever more zones in one process."""
    curves: Curves = {}
    made = 0
    with bench.designate() as site:
        for size in bench.scale.growth_zones:
            load = clients.run(site.server.api, some_zones(size - made, f"to{size}.example"))
            if load.refused:
                yield Row(f"zones made for {size:,}", "", f"{dict(load.refused)}", met=False)
            site.wait_quiet("/v2/zones")
            made = size
            for what, measure in _of_zones(site, size).items():
                curves.setdefault(what, []).append(measure())
    yield from _rows(curves, bench.scale.growth_zones, "zones")


def _of_zone(site: Site, name: str, path: str, size: int) -> dict[str, Measure]:
    deep = marker(site.client, f"{path}/recordsets", size * 9 // 10)
    within = f"{path}/recordsets?limit={PAGE}"
    changes = itertools.count()

    def create() -> None:
        _accepted(site, host(path, f"new{next(changes)}.{name}"))

    def follow() -> float:
        return median([_followed(site, path, name, f"ixfr{n}.{name}") for n in range(10)])

    return {
        "recordset create": lambda: _seconds(create),
        "– CPU of the server, until ACTIVE": lambda: _cpu(site, path, create),
        "list of 100: first page": lambda: _read(site, within),
        "list of 100: deep page": lambda: _read(site, f"{within}&marker={deep}"),
        "list of 100: one name": lambda: _read(site, f"{within}&name=h000077.{name}"),
        "list of 100: one value": lambda: _read(site, f"{within}&data=10.0.0.75"),
        "list over zones: one value": lambda: _read(site, "/v2/recordsets?data=10.0.0.75"),
        "DNS answer from the database": lambda: _answered(site, name, size),
        "IXFR of one change": follow,
    }


def _of_zones(site: Site, size: int) -> dict[str, Measure]:
    fresh = itertools.count()
    name = f"one.to{size}.example."
    path = f"/v2/zones/{site.client.create(*zone(name.rstrip('.'))[1:])['id']}"
    site.wait_active(path)
    page = f"/v2/zones?limit={PAGE}"
    deep = marker(site.client, "/v2/zones", size * 9 // 10)

    def create_zone() -> None:
        _accepted(site, zone(f"new{next(fresh)}.at{size}.example"))

    def create_recordset() -> None:
        _accepted(site, host(path, f"new{next(fresh)}.{name}"))

    return {
        "zone create": lambda: _seconds(create_zone),
        "recordset create": lambda: _seconds(create_recordset),
        "– CPU of the server, until ACTIVE": lambda: _cpu(site, path, create_recordset),
        "list of 100 zones: first page": lambda: _read(site, page),
        "list of 100 zones: deep page": lambda: _read(site, f"{page}&marker={deep}"),
        "list of 100 zones: one name": lambda: _read(site, f"{page}&name={name}"),
        "list of 100 zones: end of a name": lambda: _read(
            site, f"{page}&name=*z5.to{size}.example."
        ),
    }


def _accepted(site: Site, request: Request) -> None:
    site.client.create(request.path, request.body)


def _read(site: Site, path: str) -> float:
    return _seconds(lambda: site.client.get(path))


def _seconds(work: Callable[[], object]) -> float:
    """The median time of a piece of work, done by one client that waits for each."""
    taken = []
    for _ in range(SAMPLES):
        begin = time.monotonic()
        work()
        taken.append(time.monotonic() - begin)
    return median(taken)


def _cpu(site: Site, path: str, work: Callable[[], object]) -> float:
    before = site.cpu_seconds()
    for _ in range(SAMPLES):
        work()
    site.wait_active(path)
    return (site.cpu_seconds() - before) / SAMPLES


def _answered(site: Site, name: str, size: int) -> float:
    """Names that nobody asked for yet, so that none is remembered."""
    step = max(size // SAMPLES, 1)
    wanted = itertools.count(0, step - step % 5 if step >= 5 else step)
    return _seconds(lambda: resolver.rdata(site.dns, f"h{next(wanted) % size:06}.{name}", "A"))


def _followed(site: Site, path: str, zone_name: str, name: str) -> float:
    before = clients.wait(lambda: resolver.soa(site.dns, zone_name), "no SOA")
    _accepted(site, host(path, name))
    clients.wait(lambda: resolver.rdata(site.dns, name, "A") or None, name)
    site.wait_active(path)
    return resolver.ixfr(site.dns, zone_name, before).seconds


def _rows(curves: Curves, sizes: tuple[int, ...], of_what: str) -> Iterator[Row]:
    beside = " / ".join(f"{size:,}" for size in sizes)
    for what, found in curves.items():
        here = " / ".join(ms(value) for value in found)
        work = f"{what}, at {beside} {of_what}"
        yield Row(work, "no growth", here, max(found) <= TOLERATED * found[0])
