# SPDX-License-Identifier: Apache-2.0
"""Rows of writers that share a transaction are written together, and nobody can tell."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import event, select

from designate.errors import DuplicateRecordSet, OverQuota
from designate.model.recordsets import NewRecordSet, RecordSetChange
from designate.model.zones import Zone, ZoneChange
from designate.storage.tables import journal, zone_work
from tests.contract.storage.queue import queued
from tests.unit.central.site import ADMIN, Site, caller

WRITERS = 10


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(site.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(site.store.engine, "before_cursor_execute", note)


@pytest.fixture
def zone(site: Site) -> Zone:
    """A zone."""
    return site.zone()


def test_many_creators_cost_few_statements(site: Site, zone: Zone) -> None:
    """The zone, the quotas and each kind of row once for all; for each only the look around."""
    site.recordset(zone, "warm", "A", "192.0.2.1")
    works = [partial(site.recordset, zone, f"h{n}", "A", "192.0.2.1") for n in range(WRITERS)]
    with statements(site) as seen:
        made = [future.result() for future in queued(site.store, zone.id, works)]
    writes = [text for text in seen if text.startswith(("INSERT", "UPDATE"))]
    assert len(writes) == 5, "\n".join(writes)
    assert len(seen) <= WRITERS + 12, "\n".join(seen)
    after = site.fresh(zone)
    assert [item.generation for item in made] == list(range(3, WRITERS + 3))
    assert (after.generation, after.recordset_count) == (WRITERS + 2, WRITERS + 3)
    assert {item.name for item in made} < {item.name for item in site.listed(zone)}
    assert len(site.listed(zone, data="192.0.2.1")) == WRITERS + 1


def test_each_version_is_in_the_journal(site: Site, zone: Zone) -> None:
    """With its own generation and serial, and the name is due."""
    works = [partial(site.recordset, zone, f"h{n}", "A", "192.0.2.1") for n in range(WRITERS)]
    for future in queued(site.store, zone.id, works):
        future.result()
    with site.store.read() as connection:
        kept = connection.execute(
            select(journal.c.generation, journal.c.serial).order_by(journal.c.generation)
        ).all()
        due = connection.execute(select(zone_work.c.due_at)).scalar_one()
    assert [tuple(row) for row in kept] == [(n + 1, zone.serial + n) for n in range(WRITERS + 1)]
    assert due is not None


def test_rivals_for_a_name_see_one_another(site: Site, zone: Zone) -> None:
    """What waits to be written counts as written."""
    works = [
        partial(site.recordset, zone, name, rtype, "192.0.2.1" if rtype == "A" else "h.example.")
        for name, rtype in (("a", "A"), ("b", "A"), ("a", "A"), ("A", "A"), ("b", "CNAME"))
    ]
    one, two, again, shouted, alias = queued(site.store, zone.id, works)
    assert (one.result().name, two.result().name) == ("a.example.org.", "b.example.org.")
    assert isinstance(again.exception(), DuplicateRecordSet)
    assert isinstance(shouted.exception(), DuplicateRecordSet)
    assert alias.exception() is not None
    assert site.fresh(zone).recordset_count == 4


def test_a_quota_counts_what_waits(site: Site) -> None:
    """The counters are those of the writer before."""
    site.limit("p1", zone_recordsets=5)
    zone = site.zone()
    works = [partial(site.recordset, zone, f"h{n}", "A", "192.0.2.1") for n in range(5)]
    outcomes = [future.exception() for future in queued(site.store, zone.id, works)]
    assert [type(error) for error in outcomes] == [type(None)] * 3 + [OverQuota] * 2


def test_other_writers_come_between(site: Site, zone: Zone) -> None:
    """Changes of recordsets and of the zone itself, and its removal, see what waits."""
    first = site.recordset(zone, "first", "A", "192.0.2.1")
    sets, ctx = site.central.recordsets, caller()
    new = NewRecordSet(name=f"x.{zone.name}", type="A", records=["192.0.2.9"])
    works: list[Callable[[], object]] = [
        partial(site.recordset, zone, "a", "A", "192.0.2.1"),
        partial(sets.update, ctx, zone.id, first.id, RecordSetChange(ttl=60)),
        partial(site.recordset, zone, "b", "A", "192.0.2.1"),
        partial(site.central.zones.update, ctx, zone.id, ZoneChange(ttl=77)),
        partial(sets.create, ADMIN, zone.id, new),
        partial(site.recordset, zone, "c", "A", "192.0.2.1"),
        partial(sets.delete, ctx, zone.id, first.id),
        partial(site.recordset, zone, "first", "A", "192.0.2.2"),
    ]
    for future in queued(site.store, zone.id, works):
        future.result()
    after = site.fresh(zone)
    assert (after.generation, after.ttl) == (10, 77)
    assert (after.recordset_count, after.record_count) == (7, 5)
    names = {item.name.partition(".")[0] for item in site.listed(zone, type="A")}
    assert names == {"a", "b", "c", "x", "first"}
