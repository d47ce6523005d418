# SPDX-License-Identifier: Apache-2.0
"""What an ended process has left is dropped when it is old enough that nobody is at it."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import select

from designate.central.leftovers import Leftovers
from designate.model.tsigkeys import ZONE
from designate.storage import imports, rows
from designate.storage.tables import tsigkeys, zone_task_chunks
from designate.storage.unit_of_work import Store
from tests.unit.central.site import DEFAULT_POOL, Site, caller
from tests.unit.central.zone_files import HEAD, upload


def test_an_upload_that_never_ended_is_dropped_after_a_day(site: Site) -> None:
    """One that is on its way is not, nor one whose import waits."""
    waits = upload(site, HEAD)
    begun = rows.ordered_id()
    site.store.write(partial(imports.add_chunk, task_id=begun, ordinal=0, body=b"x"))
    now = datetime.now(UTC).replace(tzinfo=None)
    for hours, left in ((23, {waits, begun}), (25, {waits})):
        moment = now + timedelta(hours=hours)
        later = Store(site.store.engine, partial(lambda it: it, moment))
        assert not Leftovers(later).run_next()
        with site.store.read() as connection:
            found = connection.execute(select(zone_task_chunks.c.task_id)).scalars()
            assert set(found) == left


def test_the_keys_of_a_zone_go_after_it(site: Site) -> None:
    """Their names are free again; those of zones that are there, or leaving, and of pools stay."""
    gone, leaving, stays = (site.zone(f"{name}.example.") for name in ("gone", "leaving", "stays"))
    for zone in (gone, leaving, stays):
        site.tsigkey(zone.id, ZONE)
    site.tsigkey(DEFAULT_POOL)
    site.remove(gone)
    site.central.zones.delete(caller(), leaving.id)
    assert not Leftovers(site.store).run_next()
    with site.store.read() as connection:
        owners = set(connection.execute(select(tsigkeys.c.resource_id)).scalars())
    assert owners == {leaving.id, stays.id, DEFAULT_POOL}


def test_it_looks_now_and_then_only(site: Site) -> None:
    """A look costs three statements; whoever asks sooner is told that nothing is left."""
    task = Leftovers(site.store)
    assert not task.run_next()
    begun = rows.ordered_from(datetime(2020, 1, 1)) + "-7000-8000-000000000000"
    site.store.write(partial(imports.add_chunk, task_id=begun, ordinal=0, body=b"x"))
    assert not task.run_next()
    with site.store.read() as connection:
        assert connection.execute(select(zone_task_chunks.c.task_id)).scalar() == begun
