# SPDX-License-Identifier: Apache-2.0
"""Lists over the API, at sizes that show whether a page costs more in a larger set."""

import time
from collections.abc import Iterator

from tests.bench import clients
from tests.bench.clients import Client, Request
from tests.bench.figures import Row, median, ms, p95, refusals
from tests.bench.site import Bench
from tests.bench.writes import some_zones
from tests.mass import loading, shape

REPEATS = 15
PAGE = 100
MAX_PAGE = 1000
ZONE = "list.example."
_OF_MILLIONS = {
    "first page": "",
    "last page": "&sort_dir=desc",
    "by name": f"&name=h77.{shape.BIG_ZONE}",
    "by prefix": f"&name={shape.RARE_LABEL}*",
    "by suffix": f"&name=*h77.{shape.BIG_ZONE}",
    "by data": f"&data={shape.RARE_VALUE}",
    "by data prefix": "&data=192.0.2.*",
    "of type A": "&type=A",
    "of type CAA": f"&type={shape.RARE_TYPE}",
    "by TTL": f"&ttl={shape.RARE_TTL}",
    "PENDING": "&status=PENDING",
}


def recordsets(bench: Bench) -> Iterator[Row]:
    """100 of many: first page, deep page, by name, by data; across zones by data."""
    for size in bench.scale.list_recordsets:
        with bench.designate() as site:
            path = site.imported(ZONE, size)
            within = f"{path}/recordsets?limit={PAGE}"
            deep = marker(site.client, f"{path}/recordsets", size * 9 // 10)
            lists = {
                "first page": within,
                "deep page": f"{within}&marker={deep}",
                "by name": f"{within}&name=h0005*",
                "by data": f"{within}&data=10.0.1.*",
                "by data, one found": f"{within}&data=10.0.1.244",
                "across zones by data": f"/v2/recordsets?limit={PAGE}&data=10.0.1.*",
            }
            for what, page in lists.items():
                work = f"list {PAGE} of {size:,} recordsets: {what}"
                yield _row(site.client, work, page, 0.015)


def millions(bench: Bench) -> Iterator[Row]:
    """A cloud of many projects: lists of one zone that holds a fifth, of its project, of all."""
    size = bench.scale.list_cloud
    folder = bench.folder("designate")
    (folder / "state").mkdir(parents=True)
    loading.make_sqlite(folder / "state" / "designate.sqlite", size)
    with bench.designate(folder) as site:
        client = Client(site.server.api, {"X-Auth-All-Projects": "true"})
        zone = client.get(f"/v2/zones?name={shape.BIG_ZONE}")["zones"][0]["id"]
        for place, collection in {
            "a zone of a fifth": f"/v2/zones/{zone}/recordsets",
            "all zones of all projects": "/v2/recordsets",
        }.items():
            for what, filters in _OF_MILLIONS.items():
                path = f"{collection}?limit={PAGE}{filters}"
                work = f"list {PAGE} of {size:,} recordsets, {place}: {what}"
                yield _row(client, work, path, 0.015)


def zone_list(bench: Bench) -> Iterator[Row]:
    """The largest page of zones."""
    made = 0
    with bench.designate() as site:
        for size in bench.scale.list_zones:
            parent = f"list{size}.example"
            load = clients.run(site.server.api, some_zones(size - made, parent))
            site.wait_quiet("/v2/zones")
            made = size
            if load.refused:
                yield Row(f"– zones made for {size:,}", "", refusals(load.refused), met=False)
            page = min(MAX_PAGE, size)
            work = f"list {page:,} of {size:,} zones"
            yield _row(site.client, work, f"/v2/zones?limit={page}", 0.1)


def _row(client: Client, work: str, path: str, budget: float) -> Row:
    key = path.partition("?")[0].rpartition("/")[2]
    found = client.get(path)
    items, total = len(found[key]), found["metadata"].get("total_count", "many")
    taken = [_seconds(client, path) for _ in range(REPEATS)]
    here = f"{ms(median(taken))} (p95 {ms(p95(taken))}, {items} of {_number(total)})"
    return Row(work, f"below {ms(budget)}", here, median(taken) < budget and items > 0)


def _number(total: int | str) -> str:
    return f"{total:,}" if isinstance(total, int) else total


def _seconds(client: Client, path: str) -> float:
    begin = time.monotonic()
    status, _ = client.send(Request("GET", path))
    if status != 200:
        raise RuntimeError(f"GET {path}: {status}")
    return time.monotonic() - begin


def marker(client: Client, collection: str, depth: int) -> str:
    """The id that a page about this deep continues from."""
    last = ""
    key = collection.rpartition("/")[2]
    for _ in range(max(depth // MAX_PAGE, 1)):
        after = f"&marker={last}" if last else ""
        found = client.get(f"{collection}?limit={min(MAX_PAGE, depth)}{after}")
        last = found[key][-1]["id"]
    return last
