# SPDX-License-Identifier: Apache-2.0
"""An import whose process is gone is begun anew by another one, and finished once."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from designate.model.listing import Query
from designate.model.recordsets import RecordSet, Stored
from designate.model.zones import Zone
from designate.producer import worker_periodic_recovery
from designate.producer.worker_periodic_recovery import SILENCE, WorkerPeriodicRecovery
from designate.storage import imports, rows, tasks, zone_purge
from designate.storage.tables import recordsets
from designate.storage.tables.tasks import IMPORT
from tests.unit.central.site import ADMIN, START, Site, caller, settings
from tests.unit.producer.running import run_once

HEAD = b"\xc0\x0c\0\1\0\1"
TEXT = b"$ORIGIN taken.example.\n@ 300 SOA ns dns 1 3600 600 86400 3600\nwww 60 A 192.0.2.1\n"


class Clock:
    """Monotonic seconds that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def recovery(site: Site, clock: Clock) -> WorkerPeriodicRecovery:
    """The periodic task of another process."""
    return WorkerPeriodicRecovery(
        site.store, settings().producer.tasks[worker_periodic_recovery.NAME], clock=clock
    )


def found(site: Site) -> list[Zone]:
    """The zones there are."""
    with site.store.read() as connection:
        page = tasks.find(connection, IMPORT, Query(), project_id=None)
    assert [row.status for row in page.items] == ["COMPLETE"]
    return site.central.zones.find(ADMIN, Query()).items


def test_an_import_whose_holder_is_silent_is_begun_anew(engine: Engine) -> None:
    """After so long by the observer's clock; the holder that comes back can end it no more."""
    first, second, clock = Site(engine), Site(engine), Clock()
    made = first.central.imports.create(caller(), [TEXT], {})
    observer = recovery(second, clock)
    gone = first.store.write(lambda tx: imports.claim(tx, rows.new_id(), "gone"))
    assert gone is not None
    for _ in range(2):
        run_once(second.store, observer)
        assert not second.central.imports.run_next()
        clock.now += SILENCE - 1
    run_once(second.store, observer)
    assert second.central.imports.run_next()
    assert [zone.name for zone in found(second)] == ["taken.example."]
    late = first.store.write(
        lambda tx: tasks.update_task(tx, made.id, holder=gone.token, status="ERROR")
    )
    assert not late
    assert len(found(second)) == 1


def test_an_import_that_gets_on_is_left_to_its_holder(engine: Engine) -> None:
    """Each step is a sign of life."""
    first, second, clock = Site(engine), Site(engine), Clock()
    made = first.central.imports.create(caller(), [TEXT], {})
    observer = recovery(second, clock)
    first.store.write(lambda tx: imports.claim(tx, rows.new_id(), "busy"))
    for _ in range(4):
        run_once(second.store, observer)
        assert not second.central.imports.run_next()
        clock.now += SILENCE - 1
        assert first.store.write(lambda tx: tasks.update_task(tx, made.id, holder="busy"))


@pytest.mark.parametrize("moved", [True, False])
def test_a_holder_that_moves_meanwhile_keeps_its_task(engine: Engine, *, moved: bool) -> None:
    """What was seen of it is part of the condition."""
    site = Site(engine)
    made = site.central.imports.create(caller(), [TEXT], {})
    site.store.write(lambda tx: imports.claim(tx, rows.new_id(), "busy"))
    with site.store.read() as connection:
        seen = tasks.held(connection)
    if moved:
        site.store.write(lambda tx: tasks.update_task(tx, made.id, holder="busy"))
    assert site.store.write(lambda tx: tasks.take_over(tx, seen)) == (0 if moved else 1)


def staged(site: Site, task: imports.Waiting, name: str) -> None:
    """Stage a recordset as a run of this import."""
    item = RecordSet(
        id=rows.ordered_id(),
        zone_id=task.zone_id,
        zone_name="taken.example.",
        project_id="p1",
        name=f"{name}.taken.example.",
        type="A",
        records=["192.0.2.1"],
        created_at=START,
    )
    batch = imports.batch(
        [Stored(recordset=item, head=HEAD, wire=b"\0\4abcd")], task.zone_id, "p1", START
    )
    site.store.write(lambda tx: imports.stage(tx, batch))


def amount(site: Site) -> int:
    """How many recordsets there are, staged or not."""
    with site.store.read() as connection:
        counting = select(func.count()).select_from(recordsets)
        return int(connection.execute(counting).scalar_one())


def test_what_broken_runs_have_staged_is_never_forgotten(site: Site) -> None:
    """However often a run ends before it could drop what the one before it has left."""
    site.central.imports.create(caller(), [TEXT], {})
    for number in range(3):
        site.store.write(tasks.release_all)
        task = site.store.write(lambda tx: imports.claim(tx, rows.new_id(), rows.new_id()))
        assert task is not None
        assert task.left_behind == (number > 0)
        staged(site, task, f"h{number}")
    site.store.write(tasks.release_all)
    assert site.central.imports.run_next()
    assert [zone.recordset_count for zone in found(site)] == [3]
    assert amount(site) == 3


def test_a_purge_ends_where_another_has_taken_the_import_over(engine: Engine) -> None:
    """What is staged then is the other's, also for a holder that was away for long."""
    first, second = Site(engine), Site(engine)
    first.central.imports.create(caller(), [TEXT], {})
    late = first.store.write(lambda tx: imports.claim(tx, rows.new_id(), "late"))
    assert late is not None
    staged(first, late, "old")
    second.store.write(tasks.release_all)
    assert not purged(first, late)
    second.store.write(lambda tx: imports.claim(tx, rows.new_id(), "other"))
    assert not purged(first, late)
    assert amount(first) == 1
    now = replace(late, token="other")
    with first.store.read() as connection:
        before = tasks.held(connection)[late.id]
    assert purged(second, now)
    with first.store.read() as connection:
        assert tasks.held(connection)[late.id][1] > before[1]
    assert amount(first) == 0


def test_what_a_deleted_import_has_staged_is_its_holders_to_drop(site: Site) -> None:
    """Nobody else can take it over."""
    made = site.central.imports.create(caller(), [TEXT], {})
    task = site.store.write(lambda tx: imports.claim(tx, rows.new_id(), "busy"))
    assert task is not None
    staged(site, task, "old")
    site.store.write(lambda tx: tasks.remove(tx, made.id))
    assert purged(site, task)
    assert amount(site) == 0


def purged(site: Site, task: imports.Waiting) -> bool:
    """Whether the holder of an import may drop all that is staged for it."""
    return zone_purge.purge_content(
        site.store,
        task.zone_id,
        lambda: False,
        lambda tx: tasks.is_left_to(tx, task.id, task.token),
    )
