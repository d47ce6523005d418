# SPDX-License-Identifier: Apache-2.0
"""BIND as a secondary, and dig, follow our versions by IXFR."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.query
import dns.rdatatype
import dns.zone
import pytest
from prometheus_client import CollectorRegistry

from designate.mdns.server import MdnsServer
from tests.servers.bind9 import Bind9, binary
from tests.unit.mdns.serving import serving
from tests.unit.mdns.zone_rows import Owner, Values, ZoneRows, open_store

PATIENCE = 20.0
CONTENT: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns1.example.org."]),
    ("www", "A"): (None, ["192.0.2.1", "192.0.2.2"]),
    ("www", "TXT"): (None, ['"text"']),
    **{(f"filler{n}", "A"): (None, [f"192.0.2.{n}"]) for n in range(40)},
}
Edits = dict[Owner, Values | None]
STEPS: list[list[Edits]] = [
    [{("new", "A"): (None, ["192.0.2.9"])}],
    [{("www", "A"): (None, ["192.0.2.2", "192.0.2.3"])}],
    [{("www", "A"): (60, ["192.0.2.2", "192.0.2.3"])}],
    [{("www", "A"): (120, ["192.0.2.3", "192.0.2.4"])}, {("www", "A"): (60, ["192.0.2.3"])}],
    [{("new", "A"): None}, {("new", "A"): (5, ["192.0.2.9"])}, {("new", "A"): None}],
    [{("brief", "A"): (None, ["192.0.2.8"])}, {("brief", "A"): None}],
    [{("www", "TXT"): None, ("www", "CAA"): (None, ['0 issue ";"']), ("@", "MX"): (0, ["1 a.b."])}],
    [{("*.w", "TXT"): (None, [f'"{n}"'])} for n in range(20)],
    [{}],
]
"""Each step: versions made before the secondary asks."""


@pytest.fixture
def zone(tmp_path: Path) -> ZoneRows:
    """A zone large enough for differences to pay; serial 100."""
    return ZoneRows(open_store(tmp_path), serial=100).create(CONTENT)


@pytest.fixture
def registry() -> CollectorRegistry:
    """Where our server counts."""
    return CollectorRegistry()


@pytest.fixture
def server(zone: ZoneRows, registry: CollectorRegistry) -> Iterator[MdnsServer]:
    """Our server for it."""
    with serving(zone.store, registry) as running:
        yield running


@pytest.fixture
def bind(server: MdnsServer, tmp_path: Path) -> Iterator[Bind9]:
    """A BIND that has the zone as a secondary."""
    running = Bind9(tmp_path / "bind")
    running.start()
    host, port = server.addresses[0]
    primaries = f"primaries {{ {host} port {port}; }};"
    try:
        running.rndc("addzone", "example.org", f'{{ type secondary; {primaries} file "z"; }};')
        yield running
    finally:
        running.stop()


def wait_for(bind: Bind9, serial: int) -> None:
    """Until BIND serves this version."""
    deadline = time.monotonic() + PATIENCE
    while bind.serial("example.org.") != serial:
        assert time.monotonic() < deadline, bind.log_text()
        time.sleep(0.01)


def held(bind: Bind9) -> set[tuple[str, int, str, str]]:
    """What BIND serves, the SOA apart."""
    zone = dns.zone.Zone("example.org.", relativize=False)
    dns.query.inbound_xfr(bind.host, zone, port=bind.port, timeout=PATIENCE)
    return {
        (str(owner), ttl, kind, rdata.to_text())
        for owner, ttl, rdata in zone.iterate_rdatas()
        if (kind := dns.rdatatype.to_text(rdata.rdtype)) != "SOA"
    }


def count(registry: CollectorRegistry, kind: str) -> float:
    """Transfers of a kind that our server has finished."""
    labels = {"kind": kind, "result": "done"}
    return registry.get_sample_value("designate_mdns_xfrs_total", labels) or 0


def test_bind_follows_by_differences(
    zone: ZoneRows, registry: CollectorRegistry, bind: Bind9
) -> None:
    """One AXFR to begin with, an IXFR for each step, and the same content all the way."""
    wait_for(bind, zone.zone.serial)
    for done, versions in enumerate(STEPS, 1):
        for edits in versions:
            zone.change(edits)
        bind.rndc("refresh", "example.org")
        wait_for(bind, zone.zone.serial)
        assert held(bind) == zone.records()
        assert (count(registry, "axfr"), count(registry, "ixfr")) == (1, done)
    assert "not exact" not in bind.log_text()


def test_bind_takes_the_whole_zone_across_a_barrier(
    zone: ZoneRows, registry: CollectorRegistry, bind: Bind9
) -> None:
    """In answer to IXFR, and goes on by differences afterwards."""
    wait_for(bind, zone.zone.serial)
    zone.change({("www", "A"): (7, ["192.0.2.77"])}, kind="barrier")
    bind.rndc("refresh", "example.org")
    wait_for(bind, zone.zone.serial)
    assert held(bind) == zone.records()
    assert (count(registry, "axfr"), count(registry, "ixfr")) == (2, 0)
    zone.change({("www", "A"): (8, ["192.0.2.77"])})
    bind.rndc("refresh", "example.org")
    wait_for(bind, zone.zone.serial)
    assert held(bind) == zone.records()
    assert (count(registry, "axfr"), count(registry, "ixfr")) == (2, 1)


@pytest.mark.parametrize("transport", ["+tcp", "+notcp"])
def test_dig_reads_a_difference(zone: ZoneRows, server: MdnsServer, transport: str) -> None:
    """Over TCP and over UDP."""
    zone.change({("new", "A"): (None, ["192.0.2.9"]), ("filler1", "A"): None})
    host, port = server.addresses[0]
    command = [binary("dig"), f"@{host}", "-p", str(port), "example.org", "IXFR=100", transport]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    records = [line.split() for line in done.stdout.splitlines() if line and line[0] != ";"]
    assert [fields[3] if fields[3] != "SOA" else fields[6] for fields in records] == [
        "101",
        "100",
        "A",
        "101",
        "A",
        "101",
    ]
    assert [records[2][0], records[4][0]] == ["filler1.example.org.", "new.example.org."]
