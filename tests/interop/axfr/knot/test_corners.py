# SPDX-License-Identifier: Apache-2.0
"""Knot, with a zone full of corner cases taken from us, answers every question as we do."""

import time
from pathlib import Path

import pytest

from tests.interop.axfr.corners import CORNERS, compare
from tests.servers.knot import Knot
from tests.unit.mdns.serving import serving
from tests.unit.mdns.zone_rows import ZoneRows, open_store

PATIENCE = 20.0


@pytest.mark.slow
def test_knot_and_we_agree(tmp_path: Path) -> None:
    """Over every name and type."""
    zone = ZoneRows(open_store(tmp_path)).create(CORNERS)
    with serving(zone.store) as server:
        ours = server.addresses[0]
        knot = Knot(tmp_path / "knot", master=ours[1])
        knot.add(zone.name)
        knot.start()
        try:
            deadline = time.monotonic() + PATIENCE
            while knot.serial(zone.name) != zone.zone.serial:
                assert time.monotonic() < deadline, knot.log_text()
                time.sleep(0.02)
            assert compare(ours, (knot.host, knot.port)) > 4000
        finally:
            knot.stop()
