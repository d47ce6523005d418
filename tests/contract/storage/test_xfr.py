# SPDX-License-Identifier: Apache-2.0
"""Transfers read one state of the database, row by row, however large the zone is."""

import tracemalloc
from typing import Any

from sqlalchemy import event

from designate.mdns import axfr
from designate.mdns.zones import ServedZone
from designate.storage import xfr
from designate.storage.unit_of_work import Store
from tests.unit.mdns.zone_rows import BASIC, ZoneRows

RRSETS = 8000
TEXTS = [f'"{"x" * 250}" "{number}"' for number in range(10)]
"""2.6 kB for each RRset, 21 MB for all."""
FLAT = 8 << 20
"""Bytes that reading them may take."""


def test_a_transfer_takes_little_memory(store: Store) -> None:
    """Its rows go by; neither the driver nor we hold them all."""
    zone = ZoneRows(store).create()
    zone.fill(RRSETS, "TXT", TEXTS)
    with xfr.snapshot(store) as snapshot:
        found = snapshot.zone_named("example.org.")
        assert found is not None
        served = ServedZone.of(found)
        tracemalloc.start()
        try:
            size = records = 0
            for batch in axfr.content(snapshot, served):
                records += len(batch)
                size += sum(map(len, batch))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert records == RRSETS * len(TEXTS) + 5
    assert size > 2 * FLAT > 2 * peak


def test_a_transfer_sees_one_state(store: Store) -> None:
    """What is committed after its begin is in the next one, the zone's own row as well."""
    zone = ZoneRows(store).create()
    with xfr.snapshot(store) as snapshot:
        assert snapshot.zone_named("example.org.") is not None
        zone.change({("new", "A"): (None, ["192.0.2.9"]), ("www", "A"): None})
        found = snapshot.zone_named("example.org.")
        assert found is not None and found.serial == 100
        rows = [row for batch in snapshot.content(found) for row in batch]
        assert len(rows) == len(BASIC)
        assert list(snapshot.changes(found.id, 1)) == []
    with xfr.snapshot(store) as snapshot:
        found = snapshot.zone_named("example.org.")
        assert found is not None and found.serial == 101
        assert snapshot.generation_of(found.id, 101) == 2
        assert len(list(snapshot.changes(found.id, 1))) == 2


def test_a_transfer_given_up_leaves_the_connection_clean(store: Store) -> None:
    """A client that goes away in the middle costs nobody else anything."""
    zone = ZoneRows(store).create()
    zone.fill(5000, "A", ["192.0.2.1"])
    ended: list[Any] = []
    event.listen(store.engine, "checkin", lambda *_: ended.append(1))
    for _ in range(30):
        with xfr.snapshot(store) as snapshot:
            found = snapshot.zone_named("example.org.")
            assert found is not None
            assert len(next(iter(snapshot.content(found)))) > 0
    assert len(ended) == 30
    pool: Any = store.engine.pool
    assert pool.checkedout() == 0
    assert zone.change({("last", "A"): (None, ["192.0.2.9"])}) == 101
