# SPDX-License-Identifier: Apache-2.0
"""BIND as a secondary, and dig, take whole zones from us."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.query
import dns.rdatatype
import dns.zone
import pytest

from designate.mdns.server import MdnsServer
from tests.servers.bind9 import Bind9, binary
from tests.unit.mdns.serving import serving
from tests.unit.mdns.zone_rows import Owner, Values, ZoneRows, open_store

PATIENCE = 20.0
CONTENT: dict[Owner, Values] = {
    ("@", "NS"): (None, ["ns1.example.org.", "ns2.elsewhere.net."]),
    ("@", "MX"): (300, ["10 mail.example.org.", "20 mail2.example.org."]),
    ("@", "CAA"): (None, ['0 issue "ca.example.net"']),
    ("ns1", "A"): (None, ["192.0.2.53"]),
    ("mail", "AAAA"): (0, ["2001:db8::25"]),
    ("www", "CNAME"): (None, ["mail.example.org."]),
    ("*.wild", "TXT"): (None, ['"one" "two"', f'"{"x" * 255}"', r'"quote \" and \\ and \200"']),
    ("_sip._tcp", "SRV"): (None, ["1 2 5060 mail.example.org."]),
    ("sub", "NS"): (None, ["ns.sub.example.org."]),
    ("ns.sub", "A"): (None, ["192.0.2.54"]),
    ("svc", "SVCB"): (None, ["1 mail.example.org. alpn=h2 port=8443"]),
    ("web", "HTTPS"): (None, ["1 . alpn=h2,h3 ipv4hint=192.0.2.1"]),
    ("key", "SSHFP"): (None, ["4 2 " + "ab" * 32]),
    ("_443._tcp", "TLSA"): (None, ["3 1 1 " + "cd" * 32]),
    ("num", "NAPTR"): (None, ['100 10 "u" "E2U+sip" "!^.*$!sip:a@example.org!" .']),
    ("private", "TYPE65280"): (None, [r"\# 4 01020304"]),
}


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory) -> list[ZoneRows]:
    """A zone of every shape of record, and one of 2,000 RRsets."""
    store = open_store(tmp_path_factory.mktemp("axfr"))
    varied = ZoneRows(store).create(CONTENT)
    large = ZoneRows(store, "large.org.", serial=4294967295).create(
        {("@", "NS"): (None, ["ns.a."])}
    )
    large.fill(2000, "A", ["192.0.2.1", "192.0.2.2"])
    return [varied, large]


@pytest.fixture(scope="module")
def server(zones: list[ZoneRows]) -> Iterator[MdnsServer]:
    """Our server for them."""
    with serving(zones[0].store) as running:
        yield running


def received(host: str, port: int, name: str) -> set[tuple[str, int, str, str]]:
    """The zone as transferred from a server, the SOA apart."""
    zone = dns.zone.Zone(name, relativize=False)
    dns.query.inbound_xfr(host, zone, port=port, timeout=PATIENCE)
    return {
        (str(owner), ttl, kind, rdata.to_text())
        for owner, ttl, rdata in zone.iterate_rdatas()
        if (kind := dns.rdatatype.to_text(rdata.rdtype)) != "SOA"
    }


def test_bind_serves_the_zones_that_it_took_from_us(
    zones: list[ZoneRows], server: MdnsServer, tmp_path: Path
) -> None:
    """Every record of them, and none besides."""
    bind = Bind9(tmp_path / "bind")
    bind.start()
    try:
        host, port = server.addresses[0]
        for zone in zones:
            primaries = f"primaries {{ {host} port {port}; }};"
            bind.rndc(
                "addzone", zone.name, f'{{ type secondary; {primaries} file "{zone.name}"; }};'
            )
        deadline = time.monotonic() + PATIENCE
        for zone in zones:
            while bind.serial(zone.name) != zone.zone.serial:
                assert time.monotonic() < deadline, bind.log_text()
                time.sleep(0.02)
            ours = received(host, port, zone.name)
            assert received(bind.host, bind.port, zone.name) == ours
        assert received(bind.host, bind.port, "example.org.") == zones[0].records()
        assert len(received(bind.host, bind.port, "large.org.")) == 4_001
    finally:
        bind.stop()


def test_dig_prints_the_zone(zones: list[ZoneRows], server: MdnsServer) -> None:
    """It checks the messages on its own, and sends EDNS with a cookie."""
    host, port = server.addresses[0]
    command = [binary("dig"), f"@{host}", "-p", str(port), "example.org", "AXFR", "+noidnout"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    records = sum(len(values) for _, values in zones[0].content.values())
    assert f";; XFR size: {records + 2} records (messages 1," in done.stdout
    assert "WARNING" not in done.stdout and done.stderr == ""
