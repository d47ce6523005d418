# SPDX-License-Identifier: Apache-2.0
"""`make bench`: measures `designate up` as its users meet it, against the budgets."""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.bench import (
    footprint,
    growth,
    imports,
    lists,
    propagation,
    queries,
    report,
    scale_out,
    startup,
    transfers,
    writes,
)
from tests.bench.figures import Row
from tests.bench.scale import SCALES
from tests.bench.site import Bench

LOG = logging.getLogger(__name__)
Group = Callable[[Bench], Iterator[Row]]
GROUPS: Mapping[str, Group] = {
    "recordsets": writes.create_recordsets,
    "recordsets-keystone": writes.create_recordsets_behind_keystone,
    "recordsets-mariadb": writes.create_recordsets_on_mariadb,
    "recordsets-postgresql": writes.create_recordsets_on_postgresql,
    "recordsets-rpc": writes.create_recordsets_on_services,
    "burst": writes.burst,
    "propagation": propagation.measure,
    "zones": writes.create_zones,
    "axfr": transfers.whole,
    "ixfr": transfers.difference,
    "queries": queries.measure,
    "queries-apart": queries.apart,
    "imports": imports.measure,
    "lists": lists.recordsets,
    "zone-lists": lists.zone_list,
    "list-millions": lists.millions,
    "bind-zones": writes.many_zones_on_bind,
    "startup": startup.measure,
    "growth-records": growth.records,
    "growth-zones": growth.zones,
    "footprint": footprint.measure,
    "scale-out": scale_out.measure,
}


def main() -> int:
    """Measure, print, and write what is asked for; 1 when a group could not be measured."""
    arguments = _arguments()
    names = arguments.only or list(GROUPS)
    rows: list[Row] = []
    busy = os.getloadavg()[0]
    print(report.head(), flush=True)
    with tempfile.TemporaryDirectory(prefix="designate-bench-") as directory:
        bench = Bench(Path(directory), SCALES[arguments.scale])
        for name in names:
            begin = time.monotonic()
            for row in _measured(name, bench):
                rows.append(row)
                print(report.line(row), flush=True)
            print(f"{name}: {time.monotonic() - begin:.0f} s", file=sys.stderr)
    closing = f"{report.conditions(bench.scale, busy)}\n\n{report.summary(rows, bench.complaints)}"
    table = "\n".join([report.head(), *map(report.line, rows)])
    print(f"\n{closing}")
    if arguments.out:
        arguments.out.write_text(f"{closing}\n\n{table}\n", "utf-8")
    if arguments.markdown:
        report.write(f"{closing}\n\n{table}")
    return int(any(row.work.startswith("FAILED") for row in rows))


def _measured(name: str, bench: Bench) -> Iterator[Row]:
    """The rows of a group; one that says why where they end early."""
    try:
        yield from GROUPS[name](bench)
    except Exception as error:  # the other groups are measured all the same, and this one is told
        LOG.exception("%s", name)
        yield Row(f"FAILED: {name}", "", f"{type(error).__name__}: {error}", met=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=GROUPS, metavar="NAME", help=", ".join(GROUPS))
    parser.add_argument("--scale", choices=SCALES, default="full", help="default: %(default)s")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there as well")
    parser.add_argument(
        "--markdown", action="store_true", help="write the table into docs/benchmarks.md"
    )
    arguments = parser.parse_args()
    if arguments.only and arguments.markdown:
        parser.error("--markdown needs all rows")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
