# SPDX-License-Identifier: Apache-2.0
"""Values at the edge of what columns hold come back as they were, and are found by their index."""

from datetime import datetime

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from designate.model.listing import Query
from designate.rules.contents import encode
from designate.storage import xfr
from designate.storage.tables import journal, names, recordsets, tlds, zones
from designate.storage.unit_of_work import Store
from tests.unit.central.site import ADMIN, Site, caller

CLEF = "\U0001d11e"
"""Four bytes of UTF-8."""
LABEL = "x" * 60
LONGEST = f"{LABEL}.{LABEL}.{LABEL}.{'y' * 61}.example."
"""253 characters with the final dot, as the API allows."""


def test_text_of_any_language_comes_back(site: Site) -> None:
    """In fields, in records, and in the ids of projects, to the last character that fits."""
    project = CLEF * 255
    site.limit(project, zones=-1)
    zone = site.zone(ctx=caller(project), description=CLEF * 160)
    made = site.recordset(
        zone, "txt", "TXT", '"é 日本 \\240\\157\\132\\158"', description="é" * 160
    )
    found = site.central.zones.find(caller(project), Query()).items
    assert [(each.project_id, each.description) for each in found] == [(project, CLEF * 160)]
    assert site.listed(zone, type="TXT")[0].records == made.records
    assert site.listed(zone, type="TXT")[0].description == "é" * 160


def test_the_longest_names_are_kept_and_found(site: Site) -> None:
    """By the index on their key and by the one on their reversed key."""
    zone = site.zone(LONGEST)
    made = site.recordset(zone, "@", "TXT", '"at the end"')
    assert len(made.name) == 253
    assert [each.id for each in site.everywhere(name=LONGEST, type="TXT")] == [made.id]
    assert [each.id for each in site.everywhere(name=f"*{LONGEST[200:]}", type="TXT")] == [made.id]


def test_names_are_one_whatever_their_case(site: Site) -> None:
    """They are shown as they were given."""
    site.zone("MiXed.Example.")
    assert [each.name for each in site.central.zones.find(ADMIN, Query()).items] == [
        "MiXed.Example."
    ]
    for spelling in ("mixed.example.", "MIXED.EXAMPLE."):
        query = Query(filters={"name": spelling})
        assert len(site.central.zones.find(ADMIN, query).items) == 1


def test_every_byte_of_wire_comes_back(site: Site) -> None:
    """Also NUL, and what is no text in any character set."""
    halves = [range(128), range(128, 256)]
    text = " ".join('"' + "".join(f"\\{n:03d}" for n in half) + '"' for half in halves)
    zone = site.zone()
    site.recordset(zone, "bytes", "TXT", text)
    wire = encode("bytes.example.org.", "TXT", [text]).wire
    assert bytes(range(128)) in wire
    with site.store.read() as connection:
        found = connection.execute(select(recordsets.c.wire).where(recordsets.c.type == "TXT"))
        assert found.scalar_one() == wire
        after = select(journal.c.wire_after).where(journal.c.type == "TXT")
        assert connection.execute(after).scalar_one() == wire


def test_large_recordsets_come_back(site: Site) -> None:
    """Tens of thousands of bytes in one."""
    zone = site.zone()
    site.limit("p1", recordset_records=-1)
    records = [f'"{n:04d}" ' + " ".join(['"' + "z" * 250 + '"'] * 3) for n in range(70)]
    site.recordset(zone, "large", "TXT", *records)
    assert site.listed(zone, type="TXT")[0].records == records


@pytest.mark.parametrize("serial", [1, 2**31 - 1, 2**31, 2**32 - 1])
def test_serials_are_unsigned(site: Site, serial: int) -> None:
    """In zones, in the journal, and among the names that once were."""
    zone = site.zone()
    site.change(zone, serial=serial, generation=2**40)
    assert (site.fresh(zone).serial, site.fresh(zone).generation) == (serial, 2**40)
    site.remove(site.fresh(zone))
    with site.store.read() as connection:
        assert connection.execute(select(names.c.last_serial)).scalar_one() == serial


def test_times_are_kept_to_the_microsecond(site: Site) -> None:
    """And are not moved by any time zone."""
    site.clock.moment = datetime(2026, 3, 29, 2, 30, 15, 123456)
    zone = site.zone()
    assert site.fresh(zone).created_at == site.clock.moment


def test_what_is_too_long_is_refused_not_cut(store: Store) -> None:
    """By those databases that know a length; nothing is kept of it."""
    values = {"id": "x", "name": "a", "name_key": "a" * 256, "version": 1}
    if store.engine.dialect.name == "sqlite":
        values["name_key"] = None  # it knows no lengths, but NOT NULL
    with pytest.raises(DBAPIError):
        store.write(lambda tx: tx.write(insert(tlds).values(created_at=tx.now, **values)))
    with store.read() as connection:
        assert connection.execute(select(tlds.c.id)).all() == []


def test_a_transfer_reads_one_version(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is committed while it goes on."""
    monkeypatch.setattr(xfr, "BATCH", 2)
    zone = site.zone()
    before = [site.recordset(zone, f"h{n}", "A", f"192.0.2.{n}") for n in range(9)]
    with xfr.snapshot(site.store) as snapshot:
        served = snapshot.zone_named(zone.name_key)
        assert served is not None
        content = snapshot.content(served)
        first = list(next(content))
        site.central.recordsets.delete(caller(), zone.id, before[8].id)
        site.recordset(zone, "new", "A", "192.0.2.99")
        rest = [row for batch in content for row in batch]
        assert len(first + rest) == len(before) + 1  # and NS
        assert list(snapshot.changes(zone.id, served.generation)) == []
    assert site.fresh(zone).generation == served.generation + 2


def test_a_snapshot_is_read_only(store: Store) -> None:
    """Where the database can say so: a reader never locks a writer out."""
    if store.engine.dialect.name == "sqlite":
        with store.snapshot() as snapshot:
            assert snapshot.execute(select(zones.c.id)).all() == []
            store.write(lambda tx: tx.write(insert(names).values(name_key="a.", last_serial=1)))
            assert snapshot.execute(select(names.c.name_key)).all() == []
        return
    with store.snapshot() as snapshot, pytest.raises(DBAPIError):
        snapshot.execute(insert(names).values(name_key="a.", last_serial=1))
