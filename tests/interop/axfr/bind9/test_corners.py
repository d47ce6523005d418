# SPDX-License-Identifier: Apache-2.0
"""BIND, with zones full of corner cases taken from us, answers every question as we do."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from designate.storage.unit_of_work import Store
from tests.interop.axfr.corners import (
    ABOVE,
    BELOW,
    BELOW_NAME,
    BOTH,
    CORNERS,
    TYPES,
    Address,
    compare,
)
from tests.servers.bind9 import HOST, Bind9
from tests.unit.mdns.serving import serving
from tests.unit.mdns.zone_rows import ZoneRows, open_store

PATIENCE = 20.0
OPTIONS = "minimal-responses yes; zero-no-soa-ttl no; check-names secondary ignore;"


@pytest.fixture
def bind(tmp_path: Path) -> Iterator[Bind9]:
    """A BIND without zones."""
    bind = Bind9(tmp_path / "bind", extra_options=OPTIONS)
    bind.start()
    try:
        yield bind
    finally:
        bind.stop()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A database without zones."""
    return open_store(tmp_path)


def follow(bind: Bind9, zone: ZoneRows, ours: Address) -> None:
    """Have it take the zone from us, and wait until it has."""
    primaries = f"primaries {{ {ours[0]} port {ours[1]}; }};"
    bind.rndc("addzone", zone.name, f'{{ type secondary; {primaries} file "{zone.name}db"; }};')
    deadline = time.monotonic() + PATIENCE
    while bind.serial(zone.name) != zone.zone.serial:
        assert time.monotonic() < deadline, bind.log_text()
        time.sleep(0.02)


def test_bind_and_we_agree(store: Store, bind: Bind9) -> None:
    """Over every name and type."""
    zone = ZoneRows(store).create(CORNERS)
    with serving(store) as server:
        ours = server.addresses[0]
        follow(bind, zone, ours)
        assert compare(ours, (HOST, bind.port)) > 4000


def test_bind_and_we_agree_on_a_zone_below_another(store: Store, bind: Bind9) -> None:
    """Which has no NS for it: aliases lead into it, old records and a wildcard are above it.

    Not asked for are DS: we say that there is none where BIND knows the zone above only.
    """
    zones = [ZoneRows(store).create(ABOVE), ZoneRows(store, BELOW_NAME).create(BELOW)]
    with serving(store) as server:
        ours = server.addresses[0]
        for zone in zones:
            follow(bind, zone, ours)
        rrtypes = [rrtype for rrtype in TYPES if rrtype != "DS"]
        assert compare(ours, (HOST, bind.port), BOTH, rrtypes) > 1000
