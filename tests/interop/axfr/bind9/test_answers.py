# SPDX-License-Identifier: Apache-2.0
"""BIND, with a zone taken from us, answers queries as we do."""

import itertools
import time
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from tests.servers.bind9 import HOST, Bind9
from tests.unit.mdns.serving import serving
from tests.unit.mdns.test_query import CONTENT
from tests.unit.mdns.zone_rows import ZoneRows, open_store

PATIENCE = 20.0
TYPES = ("A", "AAAA", "NS", "SOA", "MX", "TXT", "CNAME", "DS", "TYPE65280")
LOOPS = ("loop1", "loop2", "self")
"""Aliases of one another, where BIND says SERVFAIL beside the chain that we tell."""
Address = tuple[str, int]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Address]]:
    """Our server and BIND, both with the same zone."""
    directory = tmp_path_factory.mktemp("answers")
    zone = ZoneRows(open_store(directory)).create(CONTENT)
    bind = Bind9(directory / "bind", extra_options="minimal-responses yes; zero-no-soa-ttl no;")
    bind.start()
    try:
        with serving(zone.store) as server:
            host, port = server.addresses[0]
            primaries = f"primaries {{ {host} port {port}; }};"
            bind.rndc("addzone", zone.name, f'{{ type secondary; {primaries} file "z"; }};')
            deadline = time.monotonic() + PATIENCE
            while bind.serial(zone.name) != zone.zone.serial:
                assert time.monotonic() < deadline, bind.log_text()
                time.sleep(0.02)
            yield (host, port), (HOST, bind.port)
    finally:
        bind.stop()


def names() -> list[str]:
    """Almost every name of the zone, and names above, beside and below."""
    known = {name for name, _ in CONTENT if name not in ("@", *LOOPS)}
    above = {name.split(".", 1)[1] for name in known if "." in name and "\\" not in name}
    placed = known | above
    below = {f"{label}.{name}" for label in ("new", "a.b", "*") for name in placed}
    return ["example.org.", *(f"{name}.example.org." for name in sorted(placed | below))]


def told(section: list[dns.rrset.RRset]) -> set[tuple[str, int, str, str]]:
    """The records of a section."""
    return {
        (str(rrset.name), rrset.ttl, dns.rdatatype.to_text(rrset.rdtype), rdata.to_text())
        for rrset in section
        for rdata in rrset
    }


def test_bind_and_we_agree_on_every_question(servers: tuple[Address, Address]) -> None:
    """Rcode, authority, answer, and what stands in authority."""
    for name, rrtype in itertools.product(names(), TYPES):
        query = dns.message.make_query(name, rrtype, payload=4096)
        ours, binds = (dns.query.tcp(query, host, 5, port) for host, port in servers)
        facts = [
            (
                dns.rcode.to_text(reply.rcode()),
                bool(reply.flags & dns.flags.AA),
                told(reply.answer),
                told(reply.authority),
            )
            for reply in (ours, binds)
        ]
        assert facts[0] == facts[1], f"{name} {rrtype}"
