# SPDX-License-Identifier: Apache-2.0
"""`designate up` with BINDs of the test's own as its pool, and what each side says of a zone."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.zone
import yaml

from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.designate import Designate
from tests.servers.knot import Knot
from tests.servers.nameserver import NameServer

WAITING = 30.0
TIMEOUT = 10.0
NS = "ns1.example.net."
Content = dict[
    tuple[dns.name.Name, dns.rdatatype.RdataType], tuple[int, frozenset[dns.rdata.Rdata]]
]
"""TTL and records of every RRset, SOA and apex NS included."""
Result = TypeVar("Result")


def eventually(
    probe: Callable[[], Result], *, until: Callable[[Result], bool] = bool, within: float = WAITING
) -> Result:
    """The first value that will do; fails with the last one when none came in time."""
    deadline = time.monotonic() + within
    while not until(found := probe()):
        assert time.monotonic() < deadline, f"still {found!r} after {within} s"
        time.sleep(0.01)
    return found


class Site(Designate):
    """An installation whose pool is `servers`; of them `threshold` percent must agree.

    `followers` are of the pool too, but nobody tells them which zones exist. `port` is that of DNS,
    `conf` goes into designate.conf.
    """

    def __init__(
        self,
        directory: Path,
        servers: Sequence[Bind9],
        *,
        threshold: int = 100,
        followers: Sequence[Knot] = (),
        port: int | None = None,
        conf: str = "",
    ) -> None:
        pools, options = directory / "pools.yaml", directory / "designate.conf"
        super().__init__(directory, "--pools", str(pools), "--config-file", str(options))
        self.dns = (HOST, port or free_port())
        self.servers = servers
        self.followers = followers
        directory.mkdir(parents=True, exist_ok=True)
        pools.write_text(yaml.safe_dump([self._pool()]), "utf-8")
        options.write_text(f"[service:worker]\nthreshold_percentage = {threshold}\n{conf}", "utf-8")

    @property
    def nameservers(self) -> list[NameServer]:
        """All that serve its zones."""
        return [*self.servers, *self.followers]

    def _pool(self) -> dict[str, Any]:
        masters = [{"host": self.dns[0], "port": self.dns[1]}]
        return {
            "name": "default",
            "ns_records": [{"hostname": NS, "priority": 1}],
            "nameservers": [{"host": s.host, "port": s.port} for s in self.nameservers],
            "also_notifies": [{"host": s.host, "port": s.port} for s in self.followers],
            "targets": [
                {"type": "bind9", "masters": masters, "options": server.options()}
                for server in self.servers
            ],
        }

    def new_zone(self, name: str, *labels: str) -> Any:
        """Create a zone with an address at each label and return it once it is ACTIVE."""
        zone = self.create("/v2/zones", {"name": name, "email": f"dns@{name}".rstrip(".")})
        for label in labels:
            self.add(zone, label)
        return self.settled(zone)

    def add(self, zone: Any, label: str, address: str = "192.0.2.1") -> Any:
        """Create an A recordset and return it."""
        body = {"name": f"{label}.{zone['name']}", "type": "A", "records": [address]}
        return self.create(f"/v2/zones/{zone['id']}/recordsets", body)

    def settled(self, zone: Any) -> Any:
        """The zone once it is ACTIVE."""
        return self.wait(f"/v2/zones/{zone['id']}", status="ACTIVE", action="NONE")

    def show(self, zone: Any) -> Any:
        """The zone now; it has to exist."""
        answer = self.call("GET", f"/v2/zones/{zone['id']}")
        assert answer.status == 200, answer
        return answer.json

    def failed(self, zone: Any, *, reason: str) -> Any:
        """The zone once it is in ERROR for a reason that has this text."""
        return eventually(
            lambda: self.show(zone),
            until=lambda now: now["status"] == "ERROR" and reason in (now["status_reason"] or ""),
        )

    def listed(self, zone: Any) -> Content:
        """The zone's content as the API lists it, with the TTLs that are in force."""
        ttl = self.show(zone)["ttl"]
        path = f"/v2/zones/{zone['id']}/recordsets?limit=1000"
        return {
            (dns.name.from_text(one["name"]), rdtype): (
                ttl if one["ttl"] is None else one["ttl"],
                frozenset(_rdata(rdtype, text) for text in one["records"]),
            )
            for one in self.call("GET", path).json["recordsets"]
            for rdtype in [dns.rdatatype.from_text(one["type"])]
        }


def _rdata(rdtype: dns.rdatatype.RdataType, text: str) -> dns.rdata.Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, rdtype, text)


def served(server: NameServer, name: str) -> Content:
    """The zone's content as a transfer from the server shows it."""
    zone = dns.zone.Zone(name, relativize=False)
    dns.query.inbound_xfr(server.host, zone, port=server.port, timeout=TIMEOUT)
    return {
        (owner, rdataset.rdtype): (rdataset.ttl, frozenset(rdataset))
        for owner, rdataset in zone.iterate_rdatasets()
    }


def rcode(server: NameServer, name: str) -> str:
    """The rcode of the answer to a question for the zone's SOA."""
    return dns.rcode.to_text(server.query(name, "SOA").rcode())


def addresses(server: NameServer, name: str) -> list[str]:
    """The A records that the server answers with."""
    answer = server.query(name, "A").answer
    return sorted(rdata.to_text() for rrset in answer for rdata in rrset)
