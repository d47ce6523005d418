# SPDX-License-Identifier: Apache-2.0
"""An import whose process is gone is begun anew by another one, and finished once."""

import pytest
from sqlalchemy import Engine

from designate.model.listing import Query
from designate.model.zones import Zone
from designate.producer import worker_periodic_recovery
from designate.producer.worker_periodic_recovery import SILENCE, WorkerPeriodicRecovery
from designate.storage import imports, rows, tasks
from designate.storage.tables.tasks import IMPORT
from tests.unit.central.site import ADMIN, Site, caller, settings

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
        observer.run(lambda: False)
        assert not second.central.imports.run_next()
        clock.now += SILENCE - 1
    observer.run(lambda: False)
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
        observer.run(lambda: False)
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
