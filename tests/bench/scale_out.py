# SPDX-License-Identifier: Apache-2.0
"""Processes beside one another on one machine: DNS servers on one port, workers on one queue.

Whoever asks and whoever is told runs on the same processors: on two of them, figures for four
processes say what the machine has left, not what four processes can do.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select, update

from designate.model.pools import Endpoint, Nameserver, Pool, Target
from designate.storage import pools, schema
from designate.storage.engine import open_engine
from designate.storage.tables import zone_work, zones
from designate.storage.unit_of_work import Store
from tests.bench import clients, resolver
from tests.bench.figures import Row, rate, refusals
from tests.bench.resolver import Address
from tests.bench.site import Bench
from tests.databases import Served
from tests.servers.mariadb import MariaDb
from tests.servers.mdns import Mdns
from tests.unit.central.site import DEFAULT_POOL, NS, Site, caller
from tests.unit.mdns.zone_rows import Owner, Values, ZoneRows

COUNTS = (1, 2, 4)
CLIENTS = 4
EACH = 4
RECORDS = 20_000
ZONE = "whole.example."


def measure(bench: Bench) -> Iterator[Row]:
    """Transfers by several DNS servers, and zones brought onto BIND by several workers."""
    yield from _transfers(bench)
    yield from _publication(bench)


def _transfers(bench: Bench) -> Iterator[Row]:
    folder = bench.folder("whole")
    folder.mkdir(parents=True)
    store = Store(open_engine(f"sqlite:///{folder}/dns.sqlite"))
    schema.upgrade(store.engine)
    content: dict[Owner, Values] = {
        (f"h{number}", "A"): (None, [f"10.0.{number >> 8}.{number & 255}"])
        for number in range(RECORDS)
    }
    ZoneRows(store, ZONE).create({("@", "NS"): (None, ["ns1.example.org."]), **content})
    for count in COUNTS:
        server = Mdns(bench.folder("mdns"), str(store.engine.url), {"workers": count})
        server.start()
        try:
            with ProcessPoolExecutor(CLIENTS) as asking:
                list(asking.map(_ask, [server.address] * CLIENTS))
                began = time.monotonic()
                found = sum(asking.map(_ask, [server.address] * CLIENTS))
                seconds = time.monotonic() - began
        finally:
            server.stop()
        work = f"AXFR of {RECORDS:,} records by {CLIENTS} clients, designate-mdns × {count}"
        yield Row(work, "", f"{rate(found, seconds)} records")
    store.engine.dispose()


def _ask(address: Address) -> int:
    """Records of several transfers."""
    return sum(resolver.axfr(address, ZONE).records for _ in range(EACH))


def _publication(bench: Bench) -> Iterator[Row]:
    amount = bench.scale.bind_zones
    for count in COUNTS:
        with ExitStack() as stack:
            databases = stack.enter_context(Served(stack.enter_context(MariaDb())))
            engine = databases.open()
            site = Site(engine)
            url = engine.url.render_as_string(hide_password=False)
            mdns = Mdns(bench.folder("mdns"), url)
            mdns.start()
            stack.callback(mdns.stop)
            bind = stack.enter_context(bench.bind())
            master = Endpoint(host=mdns.address[0], port=mdns.address[1])
            pool = Pool(
                id=DEFAULT_POOL,
                name="default",
                ns_records=NS,
                nameservers=[Nameserver(host=bind.host, port=bind.port)],
                targets=[Target(type="bind9", masters=[master], options=bind.options())],
            )
            site.store.write(lambda tx, pool=pool: pools.put(tx, pool))  # type: ignore[misc]
            for number in range(amount):
                site.zone(f"z{number}.example.", caller(f"project{number // 10}"))
            site.store.write(lambda tx: tx.write(update(zone_work).values(due_at=None)))
            folder = bench.folder("workers")
            folder.mkdir(parents=True)
            for number in range(count):
                stack.callback(_end, _worker(url, folder, number, count))
            seconds, broken = _published(site.store)
        problems = Counter({"zone in ERROR": broken} if broken else {})
        here = f"{rate(amount - broken, seconds)}{refusals(problems)}"
        work = f"{amount:,} zones PENDING → ACTIVE on one BIND, MariaDB, workers × {count}"
        yield Row(work, "above 100/s", here, amount > 100 * seconds and not broken)


def _published(store: Store) -> tuple[float, int]:
    """Seconds until all zones were published, from when they were due; how many have failed."""
    began = time.monotonic()
    store.write(lambda tx: tx.write(update(zone_work).values(due_at=time.time())))

    def rests() -> bool | None:
        with store.read() as connection:
            left = select(func.count()).where(zone_work.c.due_at.is_not(None))
            return connection.execute(left).scalar_one() == 0 or None

    clients.wait(rests, "zones are still due")
    seconds = time.monotonic() - began
    with store.read() as connection:
        broken = select(func.count()).where(zones.c.status != "ACTIVE")
        return seconds, int(connection.execute(broken).scalar_one())


def _worker(url: str, folder: Path, number: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.system.worker_process", "--database", url]
    command += ["--folder", str(folder), "--name", f"w{number}", "--part", f"{number}/{count}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    process.stdout.readline()
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate()
