# SPDX-License-Identifier: Apache-2.0
"""Three Galera nodes with 30 ms between them, as over a WAN: what a commit costs, and carries.

A commit waits for the other nodes once, however many writes it holds.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from designate.model.zones import Zone
from designate.storage import schema
from designate.storage.engine import open_engine
from tests.servers.galera import Galera, catch_up
from tests.unit.central.site import Site

pytestmark = pytest.mark.slow

ROUND_TRIP = 0.03
WRITERS = 32
EACH = 20
ALONE = 20


@dataclass(frozen=True, slots=True)
class Far:
    """The nodes, and a central on each."""

    cluster: Galera
    sites: list[Site]


@pytest.fixture
def far() -> Iterator[Far]:
    """Three nodes, far from one another."""
    with Galera(3, delay=ROUND_TRIP / 2) as cluster:
        engines = [open_engine(url) for url in cluster.create("designate")]
        schema.upgrade(engines[0])
        for engine in engines:
            catch_up(engine)
        sites = [Site(engine) for engine in engines]
        sites[0].limit("p1", zone_records=10_000, zone_recordsets=10_000)
        yield Far(cluster, sites)
        for engine in engines:
            engine.dispose()


def written(sites: list[Site], zone: Zone, writers: int, each: int) -> float:
    """Write to one zone from all sites at once; the seconds it took."""

    def write(writer: int) -> None:
        site = sites[writer % len(sites)]
        for n in range(each):
            site.recordset(zone, f"s{len(sites)}w{writer}of{writers}n{n}", "A", "192.0.2.1")

    began = time.monotonic()
    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(write, range(writers)))
    return time.monotonic() - began


def test_a_commit_carries_the_writes_of_many(far: Far) -> None:
    """One writer waits for each of its commits; of 32 writers many share one."""
    zone = far.sites[0].zone()
    for site in far.sites:
        catch_up(site.store.engine)
    alone = written(far.sites[:1], zone, 1, ALONE) / ALONE
    assert alone > ROUND_TRIP  # else nodes were not far
    together = WRITERS * EACH / written(far.sites[:1], zone, WRITERS, EACH)
    before = far.cluster.conflicts()
    everywhere = WRITERS * EACH / written(far.sites, zone, WRITERS, EACH)
    conflicts = far.cluster.conflicts() - before
    print(
        f"{alone * 1000:.0f} ms for a write alone; {together:.0f} writes/s of {WRITERS} writers on"
        f" one node, {everywhere:.0f} on three nodes with {conflicts} transactions run again"
    )
    assert together > 4 / alone
