# SPDX-License-Identifier: Apache-2.0
"""An API with central inside, where the broker that is configured is down (docs/messaging.md)."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import pytest

from tests.servers.bind9 import HOST, Bind9, free_port
from tests.servers.mariadb import MariaDb
from tests.servers.services import Services
from tests.system.site import eventually

pytestmark = pytest.mark.slow
NAMES = ("mdns", "worker", "api")
INSIDE = "[service:api]\ncentral = local\n"
IMPORTED = b"$ORIGIN inside.example.\n@ 60 IN SOA ns1.example.net. dns.example.org. 1 9 9 9 9\n"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """An installation whose `transport_url` names a port where nobody listens."""
    with contextlib.ExitStack() as stack:
        server = Bind9(tmp_path / "bind")
        stack.callback(server.stop)
        server.start()
        database = stack.enter_context(MariaDb()).create("inside")
        broker = f"rabbit://designate:secret@{HOST}:{free_port()}/"
        made = Services(
            tmp_path / "site", database=database, broker=broker, servers=[server], conf=INSIDE
        )
        stack.callback(made.kill)
        made.prepare()
        yield made


def troubles(services: Services, name: str) -> dict[str, Any]:
    """What a process says is not well of it; that it has not begun where nobody answers."""
    said = services.health(name, "ready")[1]
    checks = said["processes"][0]["checks"] if said else {"process": "starting"}
    return {check: text for check, text in checks.items() if text != "ok"}


def test_without_its_broker_an_api_with_central_inside_works(services: Services) -> None:
    """From the first request on: changes are published, imports and programs come to their end."""
    for name in NAMES:
        services.begin(name)
    for name in NAMES:
        eventually(
            lambda name=name: troubles(services, name),  # type: ignore[misc]
            until=lambda found: "broker" in found and "process" not in found,
        )
    assert troubles(services, "api") == {"broker": "no broker answers"}
    zone = services.create("/v2/zones", {"name": "calm.example.", "email": "dns@example.org"})
    path = f"/v2/zones/{zone['id']}"
    body = {"name": "www.calm.example.", "type": "A", "records": ["192.0.2.1"]}
    made = services.create(f"{path}/recordsets", body)
    services.wait(f"{path}/recordsets/{made['id']}", status="ACTIVE")
    services.wait(path, status="ACTIVE")
    (bind,) = services.servers
    query = dns.message.make_query("www.calm.example.", "A")
    reply = dns.query.udp(query, bind.host, 5, bind.port)
    assert [str(item) for rrset in reply.answer for item in rrset] == ["192.0.2.1"]
    assert services.import_zone(IMPORTED)["status"] == "COMPLETE"
    services.stop()
    assert "Traceback" not in services.log()
