# SPDX-License-Identifier: Apache-2.0
"""BIND, with a zone full of corner cases taken from us, answers every question as we do."""

import time
from pathlib import Path

from tests.interop.axfr.corners import CORNERS, compare
from tests.servers.bind9 import HOST, Bind9
from tests.unit.mdns.serving import serving
from tests.unit.mdns.zone_rows import ZoneRows, open_store

PATIENCE = 20.0
OPTIONS = "minimal-responses yes; zero-no-soa-ttl no; check-names secondary ignore;"


def test_bind_and_we_agree(tmp_path: Path) -> None:
    """Over every name and type."""
    zone = ZoneRows(open_store(tmp_path)).create(CORNERS)
    bind = Bind9(tmp_path / "bind", extra_options=OPTIONS)
    bind.start()
    try:
        with serving(zone.store) as server:
            ours = server.addresses[0]
            primaries = f"primaries {{ {ours[0]} port {ours[1]}; }};"
            bind.rndc("addzone", zone.name, f'{{ type secondary; {primaries} file "z"; }};')
            deadline = time.monotonic() + PATIENCE
            while bind.serial(zone.name) != zone.zone.serial:
                assert time.monotonic() < deadline, bind.log_text()
                time.sleep(0.02)
            assert compare(ours, (HOST, bind.port)) > 4000
    finally:
        bind.stop()
