# SPDX-License-Identifier: Apache-2.0
"""Recordsets and zones created by 16 clients at once; and how soon all of a burst is served."""

import itertools
import math
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import dns.rdata

from tests.bench import clients, resolver
from tests.bench.clients import Load, Request, Requests
from tests.bench.figures import Row, ms, rate, refusals, spread
from tests.bench.site import Apart, Bench, Site
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql

ZONES = 20
BURST = 500


def hosts(paths: dict[str, str]) -> Requests:
    """Recordsets without end, over these zones in turn (name: path); no two the same."""

    def requests(number: int) -> Iterator[Request]:
        zones = itertools.cycle(paths.items())
        for _ in range(number):
            next(zones)
        for serial in itertools.count():
            name, path = next(zones)
            yield host(path, f"c{number}-{serial}.{name}")

    return requests


def host(path: str, name: str) -> Request:
    """An A recordset."""
    body = {"name": name, "type": "A", "records": ["192.0.2.1"]}
    return Request("POST", f"{path}/recordsets", body)


def zones(number: int) -> Iterator[Request]:
    """Zones without end; no two the same."""
    for serial in itertools.count():
        yield zone(f"z{serial}.c{number}.example")


def some_zones(amount: int, parent: str = "example") -> Requests:
    """So many zones below `parent`, shared out among the clients."""

    def requests(number: int) -> Iterator[Request]:
        for serial in range(number, amount, clients.CLIENTS):
            yield zone(f"z{serial}.{parent}")

    return requests


def zone(name: str) -> Request:
    """A zone; its name without the last dot."""
    return Request("POST", "/v2/zones", {"name": f"{name}.", "email": f"dns@{name}"})


def create_recordsets(bench: Bench) -> Iterator[Row]:
    """On SQLite."""
    with bench.designate() as site:
        yield from _on_some_and_one(bench, site, Budget("", 1000, 0.0008))


def create_recordsets_behind_keystone(bench: Bench) -> Iterator[Row]:
    """On SQLite, by a member whose token Keystone has issued."""
    with bench.designate_behind_keystone() as site:
        yield from _on_some_and_one(bench, site, Budget(" (Keystone)", 1000, 0.0012))


def create_recordsets_on_mariadb(bench: Bench) -> Iterator[Row]:
    """On MariaDB, which waits for the disk at each commit."""
    with bench.designate_on(MariaDb(durable=True)) as site:
        yield from _on_some_and_one(bench, site, Budget(" (MariaDB)", 800, 0.0008))


def create_recordsets_on_postgresql(bench: Bench) -> Iterator[Row]:
    """On PostgreSQL, likewise; the design sets no budget of its own."""
    with bench.designate_on(PostgreSql(durable=True)) as site:
        yield from _on_some_and_one(bench, site, Budget(" (PostgreSQL)", 800, 0.0008))


def create_recordsets_on_services(bench: Bench) -> Iterator[Row]:
    """By services apart: the API asks central over RabbitMQ, a worker tells BIND."""
    with bench.services() as site:
        yield from _on_some_and_one(bench, site, Budget(" (RPC, MariaDB, BIND)", 400, 0.0035))


class Budget(NamedTuple):
    """Where, how many a second at least, and seconds of the server's CPU for each at most."""

    where: str
    rate: int
    cpu: float


def _on_some_and_one(bench: Bench, site: Site | Apart, budget: Budget) -> Iterator[Row]:
    paths = {name: site.zone(name) for name in (f"z{n}.example." for n in range(ZONES))}
    yield from _recordsets(bench, site, paths, f"{ZONES} zones", budget)
    hot = "hot.example."
    yield from _recordsets(bench, site, {hot: site.zone(hot)}, "one zone", budget)


def _recordsets(
    bench: Bench, site: Site | Apart, paths: dict[str, str], zones: str, budget: Budget
) -> Iterator[Row]:
    seconds = bench.scale.load_seconds
    work = f"recordset create, {clients.CLIENTS} clients on {zones}{budget.where}"
    load, cpu = _loaded(site, hosts(paths), seconds)
    begin = time.monotonic()
    for path in paths.values():
        site.wait_active(path)
    quiet = time.monotonic() - begin
    done = len(load.accepted)
    enough = done >= budget.rate * load.seconds and not load.refused
    here = f"{rate(done, load.seconds)}, {spread(load.accepted)}{refusals(load.refused)}"
    yield Row(work, f"at least {budget.rate:,}/s", here, enough)
    limit = f"at most {ms(budget.cpu)}"
    yield Row("– CPU of the server each, all services", limit, ms(cpu), cpu <= budget.cpu)
    yield Row("– until all are ACTIVE, after the last", "", ms(quiet))


def _loaded(site: Site | Apart, requests: Requests, seconds: float) -> tuple[Load, float]:
    """The load, and the CPU time of the server for each request accepted."""
    before = site.cpu_seconds()
    load = clients.run(site.server.api, requests, seconds=seconds, headers=site.headers)
    used = site.cpu_seconds() - before
    return load, used / len(load.accepted) if load.accepted else math.nan


def burst(bench: Bench) -> Iterator[Row]:
    """500 recordsets on one zone until DNS has them all and the API says so."""
    name = "burst.example."
    with bench.designate() as site:
        path = site.zone(name)
        names = [f"h{number}.{name}" for number in range(BURST)]

        def requests(number: int) -> Iterator[Request]:
            return (host(path, each) for each in names[number :: clients.CLIENTS])

        load = clients.run(site.server.api, requests)
        begin = load.began
        _await_answers(site, names)
        served = time.monotonic() - begin
        site.wait_quiet(f"{path}/recordsets")
        active = time.monotonic() - begin
    here = f"{active:.2f} s (created {load.seconds:.2f} s, served {served:.2f} s)"
    work = f"{BURST} creates on one zone, {clients.CLIENTS} clients: all served and ACTIVE"
    met = active < 2 and not load.refused
    yield Row(work, "below 2 s", here + refusals(load.refused), met)


def _await_answers(site: Site, names: list[str]) -> None:
    for name in names:
        clients.wait(partial(_answer, site.dns, name), f"{name} is not served")


def _answer(address: resolver.Address, name: str) -> list[dns.rdata.Rdata] | None:
    return resolver.rdata(address, name, "A") or None


def create_zones(bench: Bench) -> Iterator[Row]:
    """Zones, each with its apex and its work for the worker."""
    with bench.designate() as site:
        load, cpu = _loaded(site, zones, bench.scale.load_seconds)
        begin = time.monotonic()
        site.wait_quiet("/v2/zones")
        quiet = time.monotonic() - begin
    done = len(load.accepted)
    here = f"{rate(done, load.seconds)}, {spread(load.accepted)}{refusals(load.refused)}"
    met = done >= 300 * load.seconds and not load.refused
    yield Row(f"zone create, {clients.CLIENTS} clients", "at least 300/s", here, met)
    yield Row("– CPU of the server each, all services", "", ms(cpu))
    yield Row("– until all are ACTIVE, after the last", "", ms(quiet))


def many_zones_on_bind(bench: Bench) -> Iterator[Row]:
    """Zones on a BIND, from the first POST until all are ACTIVE."""
    amount = bench.scale.bind_zones
    with bench.designate_with_bind() as site:
        load = clients.run(site.server.api, some_zones(amount))
        site.wait_quiet("/v2/zones")
        seconds = time.monotonic() - load.began
        broken = len(site.client.get("/v2/zones?status=ERROR")["zones"])
    refused = load.refused + Counter({"zone in ERROR": broken} if broken else {})
    done = len(load.accepted) - broken
    here = f"{rate(done, seconds)} (created in {load.seconds:.1f} s){refusals(refused)}"
    met = done > 100 * seconds and not refused
    yield Row(f"{amount:,} zones PENDING → ACTIVE on one BIND", "above 100/s", here, met)
