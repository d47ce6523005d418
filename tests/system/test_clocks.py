# SPDX-License-Identifier: Apache-2.0
"""Programs on hosts whose clocks are minutes apart, and nothing but a database between them."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.bind9 import Bind9
from tests.servers.clock import FakeClock
from tests.servers.mariadb import MariaDb
from tests.servers.services import Services

pytestmark = pytest.mark.slow
SKEW = 300
SOON = 30.0
"""Seconds: however busy the machine is, a small part of the skew."""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """An installation without a broker: nobody is told of a change."""
    with contextlib.ExitStack() as stack:
        server = Bind9(tmp_path / "bind")
        stack.callback(server.stop)
        server.start()
        database = stack.enter_context(MariaDb()).create("clocks")
        made = Services(tmp_path / "site", database=database, broker="", servers=[server])
        stack.callback(made.kill)
        made.prepare()
        yield made


def test_a_change_made_by_a_wrong_clock_is_published_at_once(
    services: Services, tmp_path: Path
) -> None:
    """Workers do not wait until their own clock comes to what the other said."""
    clock = FakeClock(tmp_path / "clock")
    clock.ahead(SKEW)
    names = ("mdns", "worker", "api")
    for name in names:
        services.begin(name, environment=clock.environment() if name == "api" else None)
    for name in names:
        services.wait_ready(name)
    began = time.monotonic()
    zone = services.create("/v2/zones", {"name": "skewed.example.", "email": "dns@example.org"})
    services.wait(f"/v2/zones/{zone['id']}", status="ACTIVE")
    body = {"name": "www.skewed.example.", "type": "A", "records": ["192.0.2.1"]}
    made = services.create(f"/v2/zones/{zone['id']}/recordsets", body)
    services.wait(f"/v2/zones/{zone['id']}/recordsets/{made['id']}", status="ACTIVE")
    assert time.monotonic() - began < SOON
    assert abs(zone["serial"] - time.time()) < SKEW / 2
    assert "The clock of this host is" in services.log("api")
