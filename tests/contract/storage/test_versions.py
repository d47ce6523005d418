# SPDX-License-Identifier: Apache-2.0
"""Versions: the serial rule, the journal, the queue (design ideas 1 and 2, decision 3a.3)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from designate.model.recordsets import RecordSetChange
from designate.model.soa import soa_rdata
from designate.model.zones import Zone, ZoneChange
from designate.storage import rows, versions, zones
from designate.storage.tables import journal, names, zone_work
from designate.storage.unit_of_work import Store
from designate.storage.versions import Change
from tests.unit.central.site import START, Site, caller

NOW = rows.unix(START)
TOP = (1 << 32) - 1


def entries(store: Store, zone: Zone) -> list[Row[Any]]:
    """The journal of a zone, oldest first."""
    mine = select(journal).where(journal.c.zone_id == zone.id)
    with store.read() as connection:
        return list(connection.execute(mine.order_by(journal.c.generation, journal.c.seq)))


def place(store: Store, zone: Zone) -> Row[Any]:
    """The place of a zone's name in the queue."""
    with store.read() as connection:
        return connection.execute(
            select(zone_work).where(zone_work.c.name_key == zone.name_key)
        ).one()


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (NOW - 100, NOW, NOW),
        (NOW - 1, NOW, NOW),
        (NOW, NOW, NOW + 1),
        (NOW + 5, NOW, NOW + 6),
        (2026082117, NOW, 2026082118),
        (TOP, 0, 1),
        (TOP - 1, 0, TOP),
        (TOP, NOW, NOW),
        (TOP, (1 << 31) + 5, 1),
        ((1 << 31) + NOW, NOW, (1 << 31) + NOW + 1),
        (1, NOW, NOW),
        (NOW, 1, NOW + 1),
        (TOP - 5, (1 << 32) + 7, 7),
    ],
)
def test_the_next_serial(site: Site, before: int, now: int, after: int) -> None:
    """The time where that is newer, else one more; never 0; whatever was done to the clock."""
    zone = site.zone()
    site.change(zone, serial=before)
    site.clock.moment = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    site.recordset(zone, "www", "A", "192.0.2.1")
    assert site.fresh(zone).serial == after


def test_the_journal_begins_with_the_zone(site: Site) -> None:
    """The first version is a barrier, with its SOA and who made it."""
    zone = site.zone()
    (first,) = entries(site.store, zone)
    assert (first.generation, first.seq, first.serial, first.kind) == (1, 0, zone.serial, "barrier")
    assert (first.soa_before, first.soa_after, first.soa_ttl_after) == (None, soa_rdata(zone), 3600)
    assert (first.project_id, first.request_id) == ("p1", "req-1")
    assert first.created_at == START


def test_an_entry_holds_the_recordset_before_and_after(site: Site) -> None:
    """Texts, wire and its own TTL on both sides; nothing where there was nothing."""
    zone = site.zone()
    www = site.recordset(zone, "www", "A", "192.0.2.1")
    change = RecordSetChange(records=["192.0.2.1", "192.0.2.2"], ttl=60)
    site.central.recordsets.update(caller(), zone.id, www.id, change)
    site.central.recordsets.delete(caller(), zone.id, www.id)
    _, made, changed, gone = entries(site.store, zone)
    one, two = b"\0\4\xc0\0\2\1", b"\0\4\xc0\0\2\1\0\4\xc0\0\2\2"
    for entry in (made, changed, gone):
        assert (entry.kind, entry.recordset_id) == ("change", www.id)
        assert (entry.name, entry.type) == ("www.example.org.", "A")
        assert entry.head == b"\3www\xc0\x0c\0\1\0\1"
    assert (made.ttl_before, made.wire_before, made.records_before) == (None, None, None)
    assert (made.ttl_after, made.wire_after) == (None, one)
    assert (changed.ttl_before, changed.wire_before) == (None, one)
    assert json.loads(changed.records_before) == ["192.0.2.1"]
    assert (changed.ttl_after, changed.wire_after) == (60, two)
    assert json.loads(changed.records_after) == ["192.0.2.1", "192.0.2.2"]
    assert (gone.ttl_before, gone.wire_before) == (60, two)
    assert (gone.ttl_after, gone.wire_after, gone.records_after) == (None, None, None)


def test_the_soas_of_the_journal_follow_one_another(site: Site) -> None:
    """What was after one version is before the next, and the last is the zone's."""
    zone = site.zone()
    site.recordset(zone, "www", "A", "192.0.2.1")
    site.central.zones.update(caller(), zone.id, ZoneChange(email="new@example.org"))
    site.recordset(zone, "six", "AAAA", "::1")
    found = entries(site.store, zone)
    assert [entry.generation for entry in found] == [1, 2, 3, 4]
    for before, after in zip(found, found[1:], strict=False):
        assert (after.soa_before, after.soa_ttl_before) == (before.soa_after, before.soa_ttl_after)
    assert found[-1].soa_after == soa_rdata(site.fresh(zone))


def test_what_dns_does_not_show_is_a_meta_version(site: Site) -> None:
    """Generation and version rise, the serial stays, the fields before are kept."""
    zone = site.zone(description="old")
    site.confirm(zone)
    site.central.zones.update(caller(), zone.id, ZoneChange(description="new"))
    entry = entries(site.store, zone)[-1]
    assert (entry.generation, entry.serial, entry.kind) == (2, zone.serial, "meta")
    assert json.loads(entry.zone_before) == {"description": "old"}
    after = site.fresh(zone)
    assert (after.confirmed_generation, after.serial) == (2, zone.serial)


def test_a_zone_ttl_is_a_barrier(site: Site) -> None:
    """It changes recordsets that the entry does not name."""
    zone = site.zone()
    site.central.zones.update(caller(), zone.id, ZoneChange(ttl=60))
    entry = entries(site.store, zone)[-1]
    assert (entry.kind, entry.soa_ttl_before, entry.soa_ttl_after) == ("barrier", 3600, 60)
    assert json.loads(entry.zone_before) == {"ttl": 3600}


@pytest.mark.parametrize("ahead", [1, 1000, (1 << 31) - 1])
def test_a_zone_moves_past_a_serial_seen_elsewhere(site: Site, ahead: int) -> None:
    """As a barrier, so that the server ahead takes the whole zone (3a.4)."""
    zone = site.zone()
    seen = (zone.serial + ahead) % (1 << 32)
    assert site.store.write(lambda tx: versions.move_past(tx, zone.id, seen, "ahead"))
    after = site.fresh(zone)
    assert 0 < (after.serial - seen) % (1 << 32) < 1 << 31
    entry = entries(site.store, zone)[-1]
    assert (entry.kind, entry.comment, entry.serial) == ("barrier", "ahead", after.serial)
    assert (after.status, after.generation) == ("PENDING", 2)


def test_a_zone_that_leaves_does_not_move(site: Site) -> None:
    """Neither one being deleted nor one that is gone."""
    zone = site.zone()
    site.central.zones.delete(caller(), zone.id)
    assert not site.store.write(lambda tx: versions.move_past(tx, zone.id, 5, ""))
    site.store.write(lambda tx: zones.finish_delete(tx, zone.id))
    assert not site.store.write(lambda tx: versions.move_past(tx, zone.id, 5, ""))


def test_a_serial_stands_for_its_newest_generation(site: Site) -> None:
    """A meta version serves the same serial; an unknown serial is none."""
    zone = site.zone()
    site.recordset(zone, "www", "A", "192.0.2.1")
    site.central.zones.update(caller(), zone.id, ZoneChange(description="x"))
    now = site.fresh(zone)

    def generation(serial: int) -> int | None:
        with site.store.read() as connection:
            return versions.generation_of(connection, zone.id, serial)

    assert (generation(zone.serial), generation(now.serial)) == (1, 3)
    assert generation(now.serial + 1) is None


def test_a_version_makes_its_name_due(site: Site) -> None:
    """At once, one more is wanted, and the age is that of the oldest change."""
    zone = site.zone()
    first = place(site.store, zone)
    assert (first.wanted, first.due_at, first.since) == (1, NOW, NOW)
    site.clock.advance(10)
    site.store.write(lambda tx: tx.write(update(zone_work).values(due_at=None)))
    site.recordset(zone, "www", "A", "192.0.2.1")
    then = place(site.store, zone)
    assert (then.wanted, then.due_at, then.since) == (2, NOW + 10, NOW)
    site.confirm(zone)
    site.central.zones.update(caller(), zone.id, ZoneChange(description="hidden"))
    assert place(site.store, zone).wanted == 2


def test_a_version_is_made_once_for_several_recordsets(site: Site) -> None:
    """A change of many is one version with one entry for each."""
    zone = site.zone()
    stored = [site.recordset(zone, name, "A", "192.0.2.1") for name in ("a", "b")]
    found = entries(site.store, zone)[1:]
    both = [
        versions.Entry(
            recordset_id=item.id,
            name=item.name,
            type=item.type,
            head=row.head,
            ttl_before=3600,
            wire_before=row.wire_after,
        )
        for item, row in zip(stored, found, strict=True)
    ]

    def write(tx: Any) -> Zone:
        locked = zones.lock(tx, zone.id)
        assert locked is not None
        return versions.advance(tx, locked, Change(entries=both, comment="both"))

    after = site.store.write(write)
    last = entries(site.store, zone)[-2:]
    assert [(row.generation, row.seq) for row in last] == [(after.generation, 0), (4, 1)]
    assert len({row.change_id for row in last}) == 1


# -- deletion and return ----------------------------------------------------------------------


def test_a_finished_deletion_frees_the_name_and_keeps_the_serial(site: Site) -> None:
    """A second time it does nothing; the quota and the name are free again."""
    zone = site.zone("Example.org.")
    site.change(zone, serial=TOP)
    site.central.zones.delete(caller(), zone.id)
    assert site.store.write(lambda tx: zones.finish_delete(tx, zone.id))
    assert not site.store.write(lambda tx: zones.finish_delete(tx, zone.id))
    with site.store.read() as connection:
        kept = connection.execute(select(names.c.name_key, names.c.last_serial)).one()
        gone = zones.get_any(connection, zone.id)
    assert tuple(kept) == ("example.org.", TOP)
    assert gone is not None
    assert (gone.status, gone.action) == ("DELETED", "NONE")
    again = site.zone("EXAMPLE.org.")
    assert 0 < (again.serial - TOP) % (1 << 32) < 1 << 31


def test_the_last_serial_never_falls(site: Site) -> None:
    """Of several incarnations the newest serial counts, in sequence space."""
    serials = []
    for serial in (TOP - 1, 5, TOP):
        zone = site.zone()
        site.change(zone, serial=serial)
        site.remove(zone)
        with site.store.read() as connection:
            serials.append(connection.execute(select(names.c.last_serial)).scalar_one())
    assert serials == [TOP - 1, 5, 5]
