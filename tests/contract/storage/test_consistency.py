# SPDX-License-Identifier: Apache-2.0
"""The check of the tables that crash tests rely on: it is content with ours, and finds damage."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, select, update

from designate.model.pools import NsRecord
from designate.model.recordsets import RecordSetChange
from designate.model.zones import Zone, ZoneChange
from designate.storage.tables import (
    journal,
    names,
    project_usage,
    record_values,
    recordsets,
    zone_servers,
    zone_state,
    zone_work,
    zones,
)
from tests.consistency import faults, unsettled
from tests.unit.central.site import ADMIN, DEFAULT_POOL, OTHER_POOL, Site, caller


def change_much(site: Site) -> Zone:
    """A zone with every kind of version, and one that is gone."""
    site.remove(site.zone("gone.example."))
    zone = site.zone()
    ctx, central = caller(), site.central
    www = site.recordset(zone, "www", "A", "192.0.2.1", "192.0.2.2")
    old = site.recordset(zone, "old", "TXT", '"a" "b"')
    change = RecordSetChange(records=["192.0.2.3"], ttl=60)
    central.recordsets.update(ctx, zone.id, www.id, change)
    central.recordsets.update(ctx, zone.id, www.id, RecordSetChange(description="ours"))
    central.recordsets.delete(ctx, zone.id, old.id)
    central.zones.update(ctx, zone.id, ZoneChange(ttl=77))
    central.zones.update(ctx, zone.id, ZoneChange(email="new@example.org"))
    site.confirm(zone)
    return site.fresh(zone)


def test_what_is_written_fits_together(site: Site) -> None:
    """And what the worker has still to do is named."""
    zone = change_much(site)
    with site.store.read() as connection:
        assert faults(connection) == []
        left = sorted(line.partition(":")[0] for line in unsettled(connection))
    assert left == [zone.name, "gone.example."]


def point(site: Site) -> Zone:
    """A reverse zone whose records are set, set anew, and unset: its first and a later one."""
    items = [site.floatingip(f"198.51.100.{last}") for last in (7, 8)]
    for item in items * 2:
        site.ptr(item, "vm.example.org.")
    site.ptr(items[0], None)
    return site.fresh_of(site.everywhere(type="PTR")[0])


def change_pools(site: Site) -> list[Zone]:
    """A zone whose pool changes and that moves; secondary ones, transferred in and waiting."""
    waits: dict[str, Any] = {"type": "SECONDARY", "email": "", "masters": ["192.0.2.1"]}
    made = [site.zone("pools.example."), site.zone("in.example."), site.zone("w.example.", **waits)]
    site.change(made[1], type="SECONDARY", transferred_at=site.clock.moment)
    site.pool(DEFAULT_POOL, "default", ns_records=[NsRecord(priority=1, hostname="ns3.pool.")])
    while site.pools.run_next():
        continue
    site.pool(OTHER_POOL, "other")
    site.tsigkey(OTHER_POOL)
    for zone in made:
        site.central.zones.move(ADMIN, zone.id, OTHER_POOL)
    return made


@pytest.mark.parametrize("scene", [point, change_pools])
def test_zones_that_the_service_writes_fit_together(
    site: Site, scene: Callable[[Site], object]
) -> None:
    """Reverse zones of floating IPs, and what becomes of pools."""
    scene(site)
    with site.store.read() as connection:
        assert faults(connection) == []


def test_what_begins_untold_is_one_recordset_of_the_first_version(site: Site) -> None:
    """Of any other, an entry that replaces what none has made is damage."""
    zone = point(site)
    later = journal.c.zone_id == zone.id, journal.c.generation == 2, journal.c.type == "PTR"
    damage = update(journal).where(*later).values(records_before='["x."]', wire_before=b"x")
    site.store.write(lambda tx: tx.write(damage))
    with site.store.read() as connection:
        (fault,) = faults(connection)
    assert "generation 2: replaces" in fault


@pytest.mark.parametrize(
    ("number", "rtype", "has"),
    [(0, "NS", "['SOA']"), (1, "NS", "['SOA']"), (2, "SOA", "[]")],
    ids=["primary", "transferred", "waiting"],
)
def test_an_apex_that_lacks_something_is_damage(
    site: Site, number: int, rtype: str, has: str
) -> None:
    """What it must have depends on the zone."""
    zone = change_pools(site)[number]
    of_apex = recordsets.c.zone_id == zone.id, recordsets.c.type == rtype
    site.store.write(lambda tx: tx.write(delete(recordsets).where(*of_apex)))
    with site.store.read() as connection:
        assert f"{zone.name}: its apex has {has}" in faults(connection)


def on_a_server(**others: Any) -> Executable:
    """A row of a zone that is there no more, but for what is said otherwise."""
    row = {
        "zone_id": "gone",
        "role": "target",
        "server": "bind9/192.0.2.53#53",
        "pool_id": DEFAULT_POOL,
        "name_key": "gone.example.",
        "state": "present",
        "changed_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return insert(zone_servers).values(row | others)


WWW = (recordsets.c.type == "A",)
DAMAGES: dict[str, tuple[Callable[[Any], Executable], str]] = {
    "a recordset lost": (lambda _: delete(recordsets).where(*WWW), "counts"),
    "a value lost": (lambda _: delete(record_values), "values is"),
    "another text": (lambda _: update(recordsets).where(*WWW).values(records='["192.0.2.9"]'), "w"),
    "another counter": (lambda z: update(zones).where(z).values(record_count=9), "counts"),
    "another usage": (lambda _: update(project_usage).values(zones=7), "project p1: counts 7"),
    "an entry lost": (lambda _: delete(journal).where(journal.c.generation == 3), "journal ["),
    "another content": (
        lambda _: update(journal).where(journal.c.generation == 5).values(records_after='["x"]'),
        "the journal makes other content",
    ),
    "an entry of no change": (
        lambda _: update(journal).where(journal.c.generation == 4).values(records_after='["x"]'),
        "generation 5: replaces",
    ),
    "a serial that falls": (lambda z: update(zones).where(z).values(serial=1), "serial 1, in"),
    "a generation too many": (lambda z: update(zones).where(z).values(generation=99), "at 99"),
    "confirmed too much": (lambda _: update(zone_state).values(confirmed_generation=99), "of 8"),
    "no place in the queue": (lambda _: delete(zone_work), "no row in zone_work"),
    "a serial forgotten": (lambda _: delete(names), "remembered is None"),
    "a server that nobody looks at": (
        lambda _: on_a_server(name_key="no."),
        "nobody looks at gone",
    ),
    "a server that serves no zone": (lambda _: on_a_server(role="nameserver"), "nobody looks"),
    "more than the pool has": (lambda _: on_a_server(config_version=9), "has 9 of pool"),
    "rows of no zone": (lambda z: delete(zones).where(z), "which is no zone"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(site: Site, damage: str) -> None:
    """Each kind of it."""
    zone = change_much(site)
    statement, sentence = DAMAGES[damage]
    site.store.write(lambda tx: tx.write(statement(zones.c.id == zone.id)))
    with site.store.read() as connection:
        assert connection.execute(select(zones.c.id)).first() is not None
        assert any(sentence in fault for fault in faults(connection))
