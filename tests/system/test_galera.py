# SPDX-License-Identifier: Apache-2.0
"""Two installations on two Galera nodes, with the databases' conflicts between them."""

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import dns.message
import dns.query
import pytest
import yaml

from tests.servers.bind9 import HOST, free_port
from tests.servers.designate import Designate
from tests.servers.galera import Galera
from tests.system.site import eventually

pytestmark = pytest.mark.slow

WRITERS = 32
EACH = 15


@pytest.fixture
def cluster() -> Iterator[Galera]:
    """Two nodes."""
    with Galera() as started:
        yield started


@pytest.fixture
def both(tmp_path: Path, cluster: Galera) -> Iterator[list[Designate]]:
    """A `designate up` on each node; the pool's name servers are the two of them."""
    addresses = [(HOST, free_port()), (HOST, free_port())]
    pool = {
        "name": "default",
        "ns_records": [{"hostname": "ns1.example.net.", "priority": 1}],
        "nameservers": [{"host": host, "port": port} for host, port in addresses],
        "targets": [{"type": "embedded"}],
    }
    pools = tmp_path / "pools.yaml"
    pools.write_text(yaml.safe_dump([pool]), "utf-8")
    with contextlib.ExitStack() as stack:
        servers = []
        for url, at in zip(cluster.create("designate"), addresses, strict=True):
            folder = tmp_path / str(at[1])
            folder.mkdir()
            conf = folder / "designate.conf"
            lines = ("[storage:sqlalchemy]", f"connection = {url}", "mysql_wsrep_sync_wait = 7")
            conf.write_text("\n".join(lines), "utf-8")
            server = Designate(folder, "--config-file", str(conf), "--pools", str(pools))
            server.dns = at
            stack.callback(server.stop)
            servers.append(server)
        with ThreadPoolExecutor(2) as threads:
            # At once, on an empty database: each finds the other at work on the schema.
            list(threads.map(Designate.start, servers))
        yield servers


def test_clients_of_both_hear_of_no_conflict(both: list[Designate], cluster: Galera) -> None:
    """Every write is accepted and published, by name servers that agree, without an error."""
    before, began = cluster.conflicts(), time.monotonic()
    zone = both[0].create("/v2/zones", {"name": "hot.example.", "email": "dns@example.org"})
    path = f"/v2/zones/{zone['id']}"
    together = Barrier(WRITERS)

    def write(writer: int) -> list[int]:
        together.wait(30)
        statuses = []
        for n in range(EACH):
            name = f"w{writer}-{n}.hot.example."
            body = {"name": name, "type": "A", "records": ["192.0.2.1"]}
            server = both[(writer + n) % 2]
            statuses.append(server.call("POST", f"{path}/recordsets", body).status)
        return statuses

    with ThreadPoolExecutor(WRITERS) as threads:
        statuses = list(threads.map(write, range(WRITERS)))
    assert statuses == [[202] * EACH] * WRITERS
    seconds, conflicts = time.monotonic() - began, cluster.conflicts() - before
    assert conflicts > 0  # else this would show nothing
    print(f"{WRITERS * EACH} writes in {seconds:.1f} s; {conflicts} transactions were run again")
    settled = [server.wait(path, status="ACTIVE") for server in both]
    assert settled[0]["serial"] == settled[1]["serial"]
    for server in both:
        found = server.call("GET", f"{path}/recordsets?type=A&limit=1000").json["recordsets"]
        assert len(found) == WRITERS * EACH
        last = f"w{WRITERS - 1}-{EACH - 1}.hot.example."
        assert eventually(partial(_addresses, server, last)) == ["192.0.2.1"]
        assert "Traceback" not in server.log()


def test_names_are_given_once(both: list[Designate]) -> None:
    """Of those that ask both for one name at once, one gets it and the others a 409."""
    for n in range(10):
        together = Barrier(WRITERS)
        body = {"name": f"z{n}.example.", "email": "dns@example.org"}

        def create(writer: int, body: Any = body, together: Barrier = together) -> int:
            together.wait(30)
            headers = {"X-Auth-Project-ID": f"p{writer}"}
            return both[writer % 2].call("POST", "/v2/zones", body, headers=headers).status

        with ThreadPoolExecutor(WRITERS) as threads:
            statuses = list(threads.map(create, range(WRITERS)))
        assert sorted(statuses) == [202] + [409] * (WRITERS - 1)


def _addresses(server: Designate, name: str) -> list[str]:
    question = dns.message.make_query(name, "A")
    answer, _ = dns.query.udp_with_fallback(question, server.dns[0], 5, server.dns[1])
    return [str(rdata) for rrset in answer.answer for rdata in rrset]
