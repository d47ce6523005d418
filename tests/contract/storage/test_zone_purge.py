# SPDX-License-Identifier: Apache-2.0
"""What a purge drops and what it leaves, on every database."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select, update

from designate.conf.producer import TaskSettings
from designate.model.listing import Query
from designate.model.recordsets import Stored
from designate.model.zones import Zone
from designate.producer.zone_purge import ZonePurge
from designate.storage import imports, rows, servers, tasks, versions, zone_purge
from designate.storage.servers import ABSENT, NAMESERVER, PRESENT, TARGET, ServerRow
from designate.storage.tables import metadata, names, zone_tasks
from designate.storage.tables.tasks import DISCARDED, IMPORT
from designate.storage.unit_of_work import Store
from tests.unit.central.site import ADMIN, Site, caller
from tests.unit.central.zone_files import HEAD, imported_zone, rows_left, unlimited, upload
from tests.unit.producer.running import run_once

AGE = 3600.0
ALL = ("", "~")
"""Before and after every id."""


def purge(site: Site) -> None:
    """What the task does when it is run."""
    settings = TaskSettings(interval=60, per_page=100, time_threshold=int(AGE), batch_size=2)
    run_once(site.store, ZonePurge(site.store, settings))


def rows_of(store: Store, zone_id: str) -> Mapping[str, int]:
    """How many rows of each table are of a zone, the empty ones left out."""
    found = {}
    with store.read() as connection:
        for table in metadata.sorted_tables:
            owner = table.c.id if table.name == "zones" else table.c.get("zone_id")
            if owner is not None:
                counting = select(func.count()).select_from(table).where(owner == zone_id)
                found[table.name] = connection.execute(counting).scalar_one()
    return {name: number for name, number in found.items() if number}


def server_row(zone: Zone, server: str, role: str = TARGET, state: str = PRESENT) -> ServerRow:
    """What is known of a zone on a server."""
    return ServerRow(
        zone_id=zone.id,
        role=role,
        server=server,
        pool_id=zone.pool_id,
        name_key=zone.name_key,
        state=state,
    )


def test_a_zone_goes_when_its_deletion_is_old_enough(site: Site) -> None:
    """All of its rows; other zones keep theirs, the deleted but young one too."""
    old, young, live = (site.zone(f"{name}.example.") for name in ("old", "young", "live"))
    for zone in (old, young, live):
        site.recordset(zone, "www", "A", "192.0.2.1", "192.0.2.2")
        site.central.exports.create(caller(), zone.id)
    before = {zone.id: rows_of(site.store, zone.id) for zone in (young, live)}
    site.remove(old)
    site.clock.advance(AGE)
    site.remove(young)
    assert rows_of(site.store, old.id)["recordsets"] == 3
    purge(site)
    assert rows_of(site.store, old.id) == {}
    assert rows_of(site.store, live.id) == before[live.id]
    assert rows_of(site.store, young.id)["recordsets"] == before[young.id]["recordsets"]
    site.clock.advance(AGE)
    purge(site)
    assert rows_of(site.store, young.id) == {}
    assert rows_of(site.store, live.id) == before[live.id]


def test_what_must_outlive_a_zone_stays(site: Site) -> None:
    """Its rows of targets that may still have it, and the last serial of its name (3a.3, 3a.10)."""
    zone = site.zone("gone.example.")
    told = [
        server_row(zone, "away"),
        server_row(zone, "done", state=ABSENT),
        server_row(zone, "reader", NAMESERVER),
    ]
    site.store.write(lambda tx: servers.put(tx, told))
    site.remove(zone)
    site.clock.advance(AGE)
    purge(site)
    assert rows_of(site.store, zone.id) == {"zone_servers": 1}
    with site.store.read() as connection:
        facts = servers.load(connection, [zone.name_key], {})[zone.name_key]
        kept = connection.execute(select(names.c.name_key, names.c.last_serial)).all()
    assert [row.server for row in facts.rows] == ["away"]
    assert [one.id for one in facts.incarnations] == [zone.id]
    assert [tuple(row) for row in kept] == [(zone.name_key, zone.serial)]
    again = site.zone("gone.example.")
    assert again.serial > zone.serial


def test_more_rows_than_go_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Content and journal go in small transactions; a purge that is stopped goes on later."""
    monkeypatch.setattr(zone_purge, "AT_ONCE", 5)
    unlimited(site)
    zone = imported_zone(site, HEAD + "".join(f"h{n} A 192.0.2.{n}\n" for n in range(23)))
    for number in range(7):
        site.recordset(zone, f"new{number}", "A", "192.0.2.1")
    site.store.write(lambda tx: versions.move_past(tx, zone.id, zone.serial, "a test"))
    site.remove(zone)
    left = iter([False, False, True])
    assert not zone_purge.purge(site.store, zone.id, lambda: next(left))
    assert rows_of(site.store, zone.id)["recordsets"] == 23 + 7 + 2 - 10
    site.clock.advance(AGE)
    purge(site)
    assert rows_of(site.store, zone.id) == {}
    assert rows_left(site) == {}


def test_what_a_deleted_import_left_goes(site: Site) -> None:
    """Its process ended before it could learn that it was deleted."""
    import_id = upload(site, HEAD)
    zone_id = "00000000-0000-4000-8000-000000000000"
    claimed = site.store.write(lambda tx: imports.claim(tx, zone_id, "a process that ends"))
    assert claimed is not None
    other = site.zone()
    row = site.recordset(other, "www", "A", "192.0.2.1")
    item = replace(row, id=rows.ordered_id(), zone_id=zone_id)
    staged = [Stored(recordset=item, head=b"\xc0\x0c\0\1\0\1", wire=b"\0\4abcd")]
    batch = imports.batch(staged, zone_id, "p1", site.clock.moment)
    site.store.write(lambda tx: imports.stage(tx, batch))
    site.central.imports.delete(ADMIN, import_id)
    assert rows_of(site.store, zone_id) == {"recordsets": 1, "record_values": 1}
    purge(site)
    assert rows_of(site.store, zone_id) == {}
    assert row in site.listed(other)
    with site.store.read() as connection:
        assert zone_purge.discarded(connection, ALL, 10) == []


def test_an_import_that_is_deleted_as_it_ends_leaves_its_zone(site: Site) -> None:
    """Whoever deletes it has read it before it became a zone."""
    import_id = upload(site, HEAD + "www A 192.0.2.1\n")
    site.store.write(lambda tx: imports.claim(tx, rows.new_id(), "a run that breaks"))
    site.store.write(tasks.release_all)
    with site.store.read() as connection:
        read_before = tasks.get(connection, IMPORT, import_id, None)
    assert read_before is not None
    assert site.central.imports.run_next()
    (zone,) = site.central.zones.find(ADMIN, Query()).items
    site.store.write(lambda tx: imports.remove(tx, read_before))
    before = rows_of(site.store, zone.id)
    assert (before["recordsets"], before.get("zone_tasks")) == (3, None)
    purge(site)
    assert rows_of(site.store, zone.id) == before


def test_what_has_become_a_zone_is_never_taken_for_a_stage(site: Site) -> None:
    """Whatever is said of its import."""
    zone = imported_zone(site, HEAD + "www A 192.0.2.1\n")
    before = dict(rows_of(site.store, zone.id))
    wrong = update(zone_tasks).values(task_type=DISCARDED)
    site.store.write(lambda tx: tx.write(wrong))
    purge(site)
    assert before.pop("zone_tasks") == 1
    assert rows_of(site.store, zone.id) == before
    with site.store.read() as connection:
        assert zone_purge.discarded(connection, ALL, 10) == []


def test_a_run_looks_back_by_its_threshold(site: Site) -> None:
    """To the second."""
    zone = site.zone()
    site.remove(zone)
    deleted = site.clock.moment
    with site.store.read() as connection:
        assert zone_purge.due(connection, ALL, deleted - timedelta(seconds=1), 10) == []
        assert zone_purge.due(connection, ALL, deleted, 10) == [zone.id]
