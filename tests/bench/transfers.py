# SPDX-License-Identifier: Apache-2.0
"""Zone transfers from the embedded server, and BIND serving the same zone beside it."""

from collections import Counter
from collections.abc import Iterator

from tests.bench import clients, processes, resolver
from tests.bench.figures import Row, mebibytes, median, ms, rate, refusals, spread
from tests.bench.resolver import Address, Transfer
from tests.bench.site import Bench, Site, zone_file
from tests.bench.writes import host

REPEATS = 3
CHANGES = 10
ZONE = "xfr.example."
KIB = 1024


def whole(bench: Bench) -> Iterator[Row]:
    """AXFR."""
    for size in bench.scale.xfr_records:
        with bench.designate() as site:
            site.imported(ZONE, size)
            yield from _whole(bench, site, size)


def _whole(bench: Bench, site: Site, size: int) -> Iterator[Row]:
    pid = site.server.pid
    processes.forget_peak(pid)
    before, cpu = processes.resident(pid), processes.cpu_seconds(pid)
    found, problems = _transfers(site.dns, size)
    cpu = (processes.cpu_seconds(pid) - cpu) / REPEATS
    grown = processes.peak(pid) - before
    theirs, _ = _of_bind(bench, size)
    ours, other = (median([each.seconds for each in xfrs]) for xfrs in (found, theirs))
    work = f"AXFR of {size:,} records"
    here = f"{rate(size, ours)} (first {ms(found[0].seconds)}, then {ms(found[-1].seconds)}"
    here += f"; {found[0].messages} messages, {found[0].size / KIB:,.0f} KiB){refusals(problems)}"
    yield Row(work, "at least 500,000/s", here, size / ours >= 500_000 and not problems)
    beside = f"{rate(size, other)} (its {theirs[0].size / KIB:,.0f} KiB)"
    yield Row("– the same zone from BIND", "slower than ours", beside, ours < other)
    yield Row("– CPU of the server each", "", ms(cpu))
    yield Row(
        "– peak memory above idle",
        "below 40 MB at 1M records",
        mebibytes(grown),
        grown < 40 * KIB**2,
    )


def _transfers(address: Address, size: int) -> tuple[list[Transfer], Counter[str]]:
    """Several, one after the other, and how many of them were not complete."""
    found = [resolver.axfr(address, ZONE) for _ in range(REPEATS)]
    wrong = sum(each.records != size + 3 for each in found)  # two SOAs and the NS at the apex
    return found, Counter({"wrong number of records": wrong} if wrong else {})


def _of_bind(bench: Bench, size: int) -> tuple[list[Transfer], Counter[str]]:
    with bench.bind() as bind:
        (bind.directory / "zone").write_bytes(zone_file(ZONE, size))
        bind.rndc("addzone", ZONE, '{ type primary; file "zone"; };')
        address = (bind.host, bind.port)
        clients.wait(lambda: resolver.soa(address, ZONE), "BIND does not load the zone")
        return _transfers(address, size)


def difference(bench: Bench) -> Iterator[Row]:
    """IXFR of one change, at sizes that show whether it grows with the zone."""
    for size in bench.scale.ixfr_records:
        with bench.designate() as site:
            path = site.imported(ZONE, size)
            found = [_change(site, path, number) for number in range(CHANGES)]
        problems: Counter[str] = Counter()
        for each in found:
            if each.records > 6:
                problems["more than one change"] += 1
        seconds = [each.seconds for each in found]
        largest = max(each.size for each in found)
        yield Row(
            f"IXFR of one change, zone of {size:,} records",
            "below 5 ms and 1 KiB at 1M records",
            f"{spread(seconds)}, {largest} B{refusals(problems)}",
            median(seconds) < 0.005 and largest < KIB and not problems,
        )


def _change(site: Site, path: str, number: int) -> Transfer:
    before = clients.wait(lambda: resolver.soa(site.dns, ZONE), "no SOA")
    name = f"new{number}.{ZONE}"
    site.client.create(*host(path, name)[1:])
    clients.wait(lambda: resolver.rdata(site.dns, name, "A") or None, name)
    site.wait_active(path)
    return resolver.ixfr(site.dns, ZONE, before)
