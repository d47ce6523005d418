# SPDX-License-Identifier: Apache-2.0
"""Real zone files go in over the API and come out of DNS, of a transfer and of an export, equal."""

from pathlib import Path

import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdataset
import dns.rdatatype
import dns.zone
import pytest

from tests.servers.designate import Designate

ZONES = Path(__file__).parents[1] / "data" / "zones"
TIMEOUT = 10.0
Content = dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rdataset.Rdataset]


def content(zone: dns.zone.Zone) -> Content:
    """Every RRset by absolute name and type, without the apex's SOA and NS, which we make."""
    assert zone.origin is not None
    return {
        (name, rdataset.rdtype): rdataset
        for name, rdataset in zone.iterate_rdatasets()
        if not (name == zone.origin and rdataset.rdtype in (dns.rdatatype.SOA, dns.rdatatype.NS))
    }


def parse(text: str, origin: str) -> Content:
    """The content of a zone file."""
    return content(dns.zone.from_text(text, origin, relativize=False))


def below_a_cut(name: dns.name.Name, cuts: set[dns.name.Name]) -> bool:
    """Whether a delegation stands above the name, so that it is glue or hidden."""
    return any(name != cut and name.is_subdomain(cut) for cut in cuts)


def answered(server: Designate, expected: Content) -> list[str]:
    """What DNS answers differently from the expected content; TCP follows a truncated answer."""
    differences = []
    cuts = {name for name, rtype in expected if rtype == dns.rdatatype.NS}
    host, port = server.dns
    for (name, rtype), rdataset in expected.items():
        if below_a_cut(name, cuts):
            continue
        query = dns.message.make_query(name, rtype, use_edns=0)
        response, _ = dns.query.udp_with_fallback(query, host, port=port, timeout=TIMEOUT)
        at_cut = name in cuts
        section = response.authority if at_cut else response.answer
        found = response.get_rrset(section, name, dns.rdataclass.IN, rtype)
        authoritative = bool(response.flags & dns.flags.AA)
        if found is None or set(found) != set(rdataset) or found.ttl != rdataset.ttl:
            differences.append(f"{name} {rtype.name}: {found} instead of {rdataset}")
        elif authoritative == at_cut or response.rcode() != dns.rcode.NOERROR:
            differences.append(f"{name} {rtype.name}: AA is {authoritative}")
    return differences


@pytest.mark.parametrize("origin", ["wikimedia.org.", "10.in-addr.arpa."])
def test_an_imported_zone_is_served_transferred_and_exported_equal(
    designate: Designate, origin: str
) -> None:
    """Import, DNS answers, AXFR and export agree RRset by RRset with the file."""
    original = (ZONES / f"{origin}zone").read_text("utf-8")
    expected = parse(original, origin)
    task = designate.import_zone(original.encode())
    assert task["status"] == "COMPLETE", task
    assert task["message"] == f"{origin} imported"
    zone = designate.wait(f"/v2/zones/{task['zone_id']}", status="ACTIVE", action="NONE")
    assert zone["name"] == origin
    assert zone["serial"] == 2026082117

    assert answered(designate, expected) == []

    transferred = dns.zone.Zone(origin, relativize=False)
    host, port = designate.dns
    dns.query.inbound_xfr(host, transferred, port=port, timeout=TIMEOUT)
    assert content(transferred) == expected
    if designate.dns6:
        over_ipv6 = dns.zone.Zone(origin, relativize=False)
        dns.query.inbound_xfr(designate.dns6[0], over_ipv6, port=designate.dns6[1])
        assert content(over_ipv6) == expected

    export = designate.create(f"/v2/zones/{zone['id']}/tasks/export", None)
    path = f"/v2/zones/tasks/exports/{export['id']}"
    designate.wait(path, status="COMPLETE")
    text = designate.call("GET", f"{path}/export", headers={"Accept": "text/dns"})
    assert text.status == 200
    assert parse(text.json, origin) == expected


def test_a_failed_import_says_why_and_leaves_nothing(designate: Designate) -> None:
    """A record that the API would refuse ends the import with its name and the rule."""
    text = b"$ORIGIN bad.example.\n@ 60 IN SOA ns. dns.bad.example. 1 2 3 4 5\nw 60 IN DNAME x.y.\n"
    task = designate.import_zone(text)
    assert task["status"] == "ERROR"
    assert "DNAME" in task["message"]
    assert designate.call("GET", "/v2/zones?name=bad.example.").json["zones"] == []


def test_the_content_survives_a_restart(designate: Designate) -> None:
    """After SIGTERM and a start on the same state, zones are there, served and ACTIVE."""
    zone = designate.create("/v2/zones", {"name": "keep.example.", "email": "dns@keep.example"})
    designate.create(
        f"/v2/zones/{zone['id']}/recordsets",
        {"name": "www.keep.example.", "type": "A", "records": ["192.0.2.7"]},
    )
    assert designate.stop() == 0
    designate.start()
    designate.wait(f"/v2/zones/{zone['id']}", status="ACTIVE")
    query = dns.message.make_query("www.keep.example.", "A")
    response = dns.query.udp(query, designate.dns[0], port=designate.dns[1], timeout=TIMEOUT)
    assert response.answer[0][0].to_text() == "192.0.2.7"
