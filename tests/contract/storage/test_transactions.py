# SPDX-License-Identifier: Apache-2.0
"""Transactions: writers that exclude each other, readers that see one state."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from designate.errors import BadRequest, DuplicateRecordSet, DuplicateZone, OverQuota
from designate.storage import zones
from designate.storage.tables import journal, recordsets, tlds
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from tests.unit.central.site import Site, caller

THREADS = 8


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Run all, each in a thread; return results, and errors as results.

    As many as there are threads begin at the same moment.
    """
    together = Barrier(min(THREADS, len(works)))
    first = iter([True] * together.parties)

    def run(work: Callable[[], Any]) -> Any:
        try:
            if next(first, False):
                together.wait(30)
            return work()
        except Exception as error:  # noqa: BLE001 - the tests look at it
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, works))


def add_tld(name: str) -> Callable[[Transaction], str]:
    """A write that inserts one row."""

    def write(tx: Transaction) -> str:
        values = {"id": name, "name": name, "name_key": name, "version": 1, "created_at": tx.now}
        tx.write(insert(tlds).values(**values))
        return name

    return write


def tld_names(store: Store) -> set[str]:
    """What such writes have left."""
    with store.read() as connection:
        return set(connection.execute(select(tlds.c.name)).scalars())


def test_writers_of_one_zone_make_versions_without_a_gap(site: Site) -> None:
    """Each its own generation and serial; the counters are right in the end (3a.17)."""
    zone = site.zone()
    writes = 5 * THREADS
    made = at_once(
        [partial(site.recordset, zone, f"h{n}", "A", "192.0.2.1") for n in range(writes)]
    )
    after = site.fresh(zone)
    assert sorted(item.generation for item in made) == list(range(2, writes + 2))
    assert (after.generation, after.serial) == (writes + 1, zone.serial + writes)
    assert (after.recordset_count, after.record_count) == (writes + 2, writes)
    with site.store.read() as connection:
        found = connection.execute(
            select(journal.c.generation, journal.c.serial).order_by(journal.c.generation)
        ).all()
    assert [tuple(row) for row in found] == [(n + 1, zone.serial + n) for n in range(writes + 1)]


def test_of_rivals_for_one_recordset_one_wins(site: Site) -> None:
    """The others are told that it exists, and leave nothing."""
    zone = site.zone()
    outcomes = at_once([lambda: site.recordset(zone, "www", "A", "192.0.2.1")] * THREADS)
    assert sum(isinstance(outcome, DuplicateRecordSet) for outcome in outcomes) == THREADS - 1
    assert site.fresh(zone).generation == 2


def test_of_rivals_for_one_name_one_wins(site: Site) -> None:
    """Whatever the case of their letters, and whichever project they are of."""
    spellings = ["a.example.", "A.example.", "a.EXAMPLE.", "A.EXAMPLE."] * 2
    outcomes = at_once(
        [partial(site.zone, name, caller(f"p{n}")) for n, name in enumerate(spellings)]
    )
    assert sum(isinstance(outcome, DuplicateZone) for outcome in outcomes) == THREADS - 1


def test_rivals_do_not_exceed_a_quota(site: Site) -> None:
    """Neither that of zones nor that of records in a zone."""
    site.limit("p1", zones=3, zone_records=2)
    made = at_once([partial(site.zone, f"z{n}.example.") for n in range(THREADS)])
    assert sum(isinstance(outcome, OverQuota) for outcome in made) == THREADS - 3
    zone = next(outcome for outcome in made if not isinstance(outcome, Exception))
    added = at_once(
        [partial(site.recordset, zone, f"h{n}", "A", "192.0.2.1") for n in range(THREADS)]
    )
    assert sum(isinstance(outcome, OverQuota) for outcome in added) == THREADS - 2


@pytest.mark.parametrize("error", [BadRequest, ValueError])
def test_a_write_that_raises_leaves_nothing(store: Store, error: type[Exception]) -> None:
    """And costs those that run beside it nothing."""

    def broken(tx: Transaction) -> None:
        add_tld("broken")(tx)
        raise error("no")

    good = [partial(store.write, add_tld(f"t{n}")) for n in range(THREADS)]
    outcomes = at_once([*good, partial(store.write, broken)])
    assert outcomes[:-1] == [f"t{n}" for n in range(THREADS)]
    assert isinstance(outcomes[-1], error)
    assert tld_names(store) == {f"t{n}" for n in range(THREADS)}


def test_listeners_hear_of_what_was_committed(site: Site) -> None:
    """Each name once per commit that changed it, and nothing of what was rolled back."""
    heard: list[frozenset[str]] = []
    kinds: list[str] = []
    queued: list[None] = []
    site.store.subscribe(heard.append)
    site.store.subscribe_versions(kinds.extend)
    site.store.subscribe_tasks(lambda: queued.append(None))
    zone = site.zone("Example.org.")
    site.recordset(zone, "www", "A", "192.0.2.1")
    with pytest.raises(DuplicateRecordSet):
        site.recordset(zone, "www", "A", "192.0.2.1")

    def undone(tx: Transaction) -> None:
        tx.changed("never.")
        tx.version("never")
        tx.queued_task()
        add_tld("x")(tx)
        raise BadRequest

    with pytest.raises(BadRequest):
        site.store.write(undone)
    assert heard == [frozenset({"example.org."})] * 2
    assert kinds == ["barrier", "change"]
    site.central.exports.create(caller(), zone.id)
    assert queued == [None]


def test_a_snapshot_is_one_state(site: Site) -> None:
    """What is committed while it is open does not show in it, and a new one shows it."""
    zone = site.zone()
    counting = select(func.count()).select_from(recordsets)
    with site.store.snapshot() as snapshot:
        before = zones.get(snapshot, zone.id)
        site.recordset(zone, "www", "A", "192.0.2.1")
        assert snapshot.execute(counting).scalar_one() == 2
        assert zones.get(snapshot, zone.id) == before
        with site.store.read() as connection:
            assert connection.execute(counting).scalar_one() == 3
    with site.store.snapshot() as snapshot:
        assert snapshot.execute(counting).scalar_one() == 3
