# SPDX-License-Identifier: Apache-2.0
"""No statement of ordinary work reads all rows of a table, however SQLite plans it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from designate.model.recordsets import RecordSetChange
from designate.model.work import lane_of
from designate.model.zones import Zone, ZoneChange
from designate.storage import answers, lanes, xfr
from designate.worker.ledger import Ledger, Settlement
from tests.unit.central.site import Site, caller

LARGE = "zones|recordsets|record_values|journal|zone_state|zone_servers|zone_work|zone_pools|shares"
_reads_all = re.compile(rf"SCAN (?:{LARGE})\b|\(deleted=\?\)$|\(epoch=\?\)$").search


@pytest.fixture
def plans(site: Site) -> Iterator[list[str]]:
    """Each statement that is run, with the steps of its plan that read too much."""
    found: list[str] = []

    def note(_connection: Any, cursor: Any, text: str, values: Any, _: Any, many: Any) -> None:
        if not text.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            return
        one = (values[0] if many else values) or ()
        steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {text}", one).fetchall()
        found.extend(f"{text}\n  {step[3]}" for step in steps if _reads_all(step[3]))

    event.listen(site.store.engine, "before_cursor_execute", note)
    yield found
    event.remove(site.store.engine, "before_cursor_execute", note)


@pytest.fixture
def zone(site: Site) -> Zone:
    """A zone beside others."""
    for number in range(3):
        site.zone(f"z{number}.example.")
    return site.zone()


def test_requests(site: Site, zone: Zone, plans: list[str]) -> None:
    """Zones and recordsets are created, read, changed and deleted."""
    sets, ctx = site.central.recordsets, caller()
    made = site.zone("child.of.example.net.")
    item = site.recordset(zone, "www", "A", "192.0.2.1")
    sets.get(ctx, zone.id, item.id)
    sets.locate(ctx, item.id)
    sets.update(ctx, zone.id, item.id, RecordSetChange(records=["192.0.2.2"]))
    sets.delete(ctx, zone.id, item.id)
    site.central.zones.get(ctx, zone.id)
    site.central.zones.update(ctx, zone.id, ZoneChange(ttl=77))
    site.remove(made)
    assert not plans, "\n".join(plans)


def test_dns(site: Site, zone: Zone, plans: list[str]) -> None:
    """Zones are found by name, and names in them; differences are read from the journal."""
    with site.store.read() as connection:
        found = answers.zones_named(connection, ["www.example.org.", zone.name_key, "org."])
        content = answers.Content(connection, found[zone.name_key].zone)
        content.rrsets_at([zone.name_key, "*.example.org."])
        content.neighbours("x.example.org.")
    with xfr.snapshot(site.store) as snapshot:
        list(snapshot.changes(zone.id, 0))
        snapshot.generation_of(zone.id, zone.serial)
    assert not plans, "\n".join(plans)


def test_publication(site: Site, zone: Zone, plans: list[str]) -> None:
    """Names are claimed, their facts read, zones confirmed."""
    ledger = Ledger(site.store)
    assert ledger.until_due() == 0
    found = ledger.look(lanes.BEGINNING, 10).found
    names = [waiting.name_key for waiting in found[lane_of(zone.project_id)]]
    claims, _ = ledger.claim(names)
    reading = ledger.read(names)
    assert zone.name_key in reading.facts
    settlement = Settlement(confirmed={zone.id: 1})
    held = {claim.name_key: claim.token for claim in claims}
    assert ledger.settle({zone.name_key: settlement}, held) == set()
    ledger.release(claims)
    assert not plans, "\n".join(plans)
