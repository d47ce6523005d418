# SPDX-License-Identifier: Apache-2.0
"""BIND, dig and kdig with a key: they sign, and check what we signed."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from designate.mdns.server import MdnsServer
from tests.servers.bind9 import Bind9, binary
from tests.unit.mdns.serving import serving
from tests.unit.mdns.test_tsig import SECRET, add_key
from tests.unit.mdns.zone_rows import ZoneRows, open_store

PATIENCE = 20.0
ALGORITHMS = ("hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha512")


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> ZoneRows:
    """A zone whose transfer takes several messages, and a key of each kind for it."""
    zone = ZoneRows(open_store(tmp_path_factory.mktemp("tsig")), fields={"pool_id": "one"})
    zone.create().fill(4000, "A", ["192.0.2.1"])
    for algorithm in ALGORITHMS:
        add_key(zone.store, f"{algorithm}.key", "POOL", "one", algorithm=algorithm)
    return zone


@pytest.fixture(scope="module")
def server(zone: ZoneRows) -> Iterator[MdnsServer]:
    """Our server, which answers nobody without a key."""
    with serving(zone.store, query_enforce_tsig=True, max_message_size=16384) as running:
        yield running


def ask(program: str, server: MdnsServer, key: str, *question: str) -> str:
    """What dig or kdig says; both complain of a signature that is wrong."""
    host, port = server.addresses[0]
    algorithm = key.removesuffix(".key")
    command = [binary(program), f"@{host}", "-p", str(port), "-y", f"{algorithm}:{key}:{SECRET}"]
    done = subprocess.run(
        [*command, *question, "+norecurse"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "WARNING" not in done.stdout + done.stderr, done
    assert "failed" not in done.stdout.lower(), done.stdout
    return done.stdout


@pytest.mark.parametrize("program", ["dig", "kdig"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_tools_believe_our_signatures(server: MdnsServer, program: str, algorithm: str) -> None:
    """Of an answer, a denial, a whole zone in many messages, and a difference."""
    key = f"{algorithm}.key"
    assert "status: NOERROR" in ask(program, server, key, "example.org", "SOA")
    assert "status: NXDOMAIN" in ask(program, server, key, "no.example.org", "A", "+tcp")
    whole = ask(program, server, key, "example.org", "AXFR")
    assert whole.count("\tA\t192.0.2.1") == 4001
    assert "TSIG" in whole
    assert "SOA" in ask(program, server, key, "example.org", "IXFR=100")


def test_a_wrong_secret_is_told(server: MdnsServer) -> None:
    """As dig reports it."""
    host, port = server.addresses[0]
    key = "hmac-sha256:hmac-sha256.key:b3RoZXI="
    command = [binary("dig"), f"@{host}", "-p", str(port), "-y", key, "example.org", "SOA"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert "status: NOTAUTH" in done.stdout and "BADSIG" in done.stdout


def test_bind_follows_with_a_key(server: MdnsServer, zone: ZoneRows, tmp_path: Path) -> None:
    """It asks for the SOA, the whole zone and then for a difference, all of it signed."""
    statement = f'key "hmac-sha256.key" {{ algorithm hmac-sha256; secret "{SECRET}"; }};'
    bind = Bind9(tmp_path / "bind", statements=statement)
    bind.start()
    try:
        host, port = server.addresses[0]
        primaries = f'primaries {{ {host} port {port} key "hmac-sha256.key"; }};'
        bind.rndc("addzone", zone.name, f'{{ type secondary; {primaries} file "z"; }};')
        _until_served(bind, zone)
        zone.change({("new", "A"): (None, ["192.0.2.99"])})
        bind.rndc("refresh", zone.name)
        _until_served(bind, zone)
        assert bind.query(f"new.{zone.name}", "A").answer
        assert "Transfer status: success" in bind.log_text()
        assert "TSIG 'hmac-sha256.key'" in bind.log_text()
    finally:
        bind.stop()


def _until_served(bind: Bind9, zone: ZoneRows) -> None:
    deadline = time.monotonic() + PATIENCE
    while bind.serial(zone.name) != zone.zone.serial:
        assert time.monotonic() < deadline, bind.log_text()
        time.sleep(0.02)
