# SPDX-License-Identifier: Apache-2.0
"""Imports on every database: hundreds of rows in one statement, and texts that one might bend."""

import pytest
from sqlalchemy import func, select

from designate.central import imports as central_imports
from designate.model.listing import Query
from designate.storage.tables import record_values, recordsets
from tests.unit.central.site import ADMIN, Site, caller
from tests.unit.central.zone_files import HEAD, exported, imported, imported_zone, rrsets, unlimited

LINES = [
    *(f"h{number} A 192.0.2.{number % 250}\n" for number in range(1300)),
    *(f'h{number} 60 TXT "{number} % %s ? :x \'q\' é \\\\ \\""\n' for number in range(300)),
    *(f"h{number} A 198.51.100.{number % 250}\n" for number in range(0, 1300, 9)),
]


def test_a_file_becomes_the_same_content_everywhere(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where an RRset is in two batches, and a batch is more than one statement takes."""
    monkeypatch.setattr(central_imports, "STAGED_AT_ONCE", 700)
    unlimited(site)
    text = HEAD + "".join(LINES)
    zone = imported_zone(site, text)
    assert rrsets(exported(site, zone)) == rrsets(text)
    assert (zone.recordset_count, zone.record_count) == (1300 + 300 + 2, len(LINES))
    with site.store.read() as connection:
        rows = connection.execute(select(func.count()).select_from(recordsets)).scalar_one()
        values = connection.execute(select(func.count()).select_from(record_values)).scalar_one()
    assert (rows, values) == (zone.recordset_count, zone.record_count + 2)


def test_names_of_many_child_zones_are_found(site: Site) -> None:
    """More of them than one statement looks at; names that only look as if they were below."""
    site.limit("p1", zones=-1)
    for number in range(70):
        site.foreign(f"z{number}.shop.example.", project="p1")
    beside = "".join(f"{name} A 192.0.2.1\n" for name in ("xz1", "z1-x", "z1.x", "*.x", "z100"))
    fine = HEAD + beside + "z7 NS ns.z7\n"
    for number in (0, 63, 64, 69):
        for name in (f"z{number}", f"a.b.Z{number}"):
            found = imported(site, fine + f"{name} A 192.0.2.1\n")
            assert found.message == f"{name}.Shop.Example. belongs to a child zone"
    assert imported_zone(site, fine).record_count == 6


def test_imported_recordsets_are_shown_as_created_ones(site: Site) -> None:
    """A client cannot tell how a recordset came to be."""
    unlimited(site)
    zone = imported_zone(site, HEAD + "www 60 A 192.0.2.1\nwww 60 A 192.0.2.2\n")
    made = site.recordset(zone, "new", "A", "192.0.2.1", "192.0.2.2", ttl=60)
    query = Query(filters={"name": "www.shop.example."})
    (shown,) = site.central.recordsets.find(caller(), zone.id, query).items
    for name in ("type", "records", "ttl", "description", "managed", "version", "project_id"):
        assert getattr(shown, name) == getattr(made, name), name
    assert shown.created_at == site.clock.moment
    by_data = Query(filters={"data": "192.0.2.2"})
    for ctx in (ADMIN, caller()):
        found = site.central.recordsets.find_all(ctx, by_data).items
        assert {item.id for item in found} == {shown.id, made.id}
