# SPDX-License-Identifier: Apache-2.0
"""What an ended process has left is dropped when it is old enough that nobody is at it."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import select

from designate.central.leftovers import Leftovers
from designate.storage import imports, rows
from designate.storage.tables import zone_task_chunks
from designate.storage.unit_of_work import Store
from tests.unit.central.site import Site
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


def test_it_looks_now_and_then_only(site: Site) -> None:
    """A look costs two statements; whoever asks sooner is told that nothing is left."""
    task = Leftovers(site.store)
    assert not task.run_next()
    begun = rows.ordered_from(datetime(2020, 1, 1)) + "-7000-8000-000000000000"
    site.store.write(partial(imports.add_chunk, task_id=begun, ordinal=0, body=b"x"))
    assert not task.run_next()
    with site.store.read() as connection:
        assert connection.execute(select(zone_task_chunks.c.task_id)).scalar() == begun
