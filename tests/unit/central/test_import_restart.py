# SPDX-License-Identifier: Apache-2.0
"""An import whose process ends anywhere starts anew and leaves nothing behind (decision 3a.8)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest

from designate.central import imports as central_imports
from designate.model.listing import Query
from designate.storage import imports, tasks
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from tests.databases import Sqlite
from tests.unit.central.site import ADMIN, Clock, Site
from tests.unit.central.zone_files import HEAD, exported, rows_left, rrsets, upload

TEXT = HEAD + "".join(f"h{n % 7} TXT {n}\n" for n in range(15))


class Killed(BaseException):
    """The process ended."""


@dataclass
class Mortal(Clock):
    """A clock that ends its process before a transaction of choice."""

    left: int | None = None

    def __call__(self) -> datetime:
        if self.left == 0:
            raise Killed
        if self.left is not None:
            self.left -= 1
        return super().__call__()


def start(store: Store) -> None:
    """What the only process does when it starts."""

    def take_over(tx: Transaction) -> None:
        tasks.release_all(tx)
        imports.remove_abandoned_chunks(tx)

    store.write(take_over)


def killed_before(site: Site, clock: Mortal, transaction: int) -> bool:
    """Import in a process that ends before one of its transactions; False when it came through."""
    clock.left = transaction
    try:
        site.central.imports.run_next()
    except Killed:
        return True
    finally:
        clock.left = None
    return False


def test_an_import_survives_the_end_of_its_process(
    databases: Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever that is, the next process finishes it, as if nothing had been."""
    monkeypatch.setattr(central_imports, "STAGED_AT_ONCE", 3)
    ends = 0
    while True:
        engine, clock = databases.open(), Mortal()
        site = Site(engine, clock=clock)
        import_id = upload(site, TEXT)
        killed = killed_before(site, clock, ends)
        next_process = Site(engine)
        start(next_process.store)
        next_process.central.imports.run_next()
        found = next_process.central.imports.get(ADMIN, import_id)
        assert (found.status, found.message) == ("COMPLETE", "Shop.Example. imported")
        zone = next_process.central.zones.get(ADMIN, str(found.zone_id))
        assert rrsets(exported(next_process, zone)) == rrsets(TEXT)
        left = rows_left(next_process)
        assert left == {"zones": 1, "journal": 1, "recordsets": 9, "record_values": 17}
        databases.close(engine)
        if not killed:
            break
        ends += 1
    assert ends > 5, "claim, three batches, finish and the removal of the file"


def test_a_failing_import_survives_the_end_of_its_process(
    databases: Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails again, with the same reason, and leaves nothing at whatever point it was."""
    monkeypatch.setattr(central_imports, "STAGED_AT_ONCE", 3)
    ends, killed = 0, True
    while killed:
        engine, clock = databases.open(), Mortal()
        site = Site(engine, clock=clock)
        import_id = upload(site, TEXT + "last A 192.0.2.256\n")
        killed = killed_before(site, clock, ends)
        next_process = Site(engine)
        start(next_process.store)
        next_process.central.imports.run_next()
        found = next_process.central.imports.get(ADMIN, import_id)
        assert (found.status, (found.message or "")[:9]) == ("ERROR", "Malformed")
        assert rows_left(next_process) == {}
        databases.close(engine)
        ends += 1


def test_a_claimed_import_is_taken_once(site: Site) -> None:
    """While one process works on it no other does."""
    upload(site, TEXT)
    claimed = site.store.write(
        lambda tx: imports.claim(tx, "a zone that never comes to be", "somebody")
    )
    assert claimed is not None
    assert not site.central.imports.run_next()
    start(site.store)
    assert site.central.imports.run_next()


def test_imports_are_carried_out_in_their_order(site: Site) -> None:
    """The oldest that waits is next."""
    ids = [upload(site, TEXT.replace("Shop", f"Shop{n}")) for n in range(3)]
    done = []
    while site.central.imports.run_next():
        done.append([site.central.imports.get(ADMIN, each).status for each in ids])
    assert done == [
        ["COMPLETE", "PENDING", "PENDING"],
        ["COMPLETE", "COMPLETE", "PENDING"],
        ["COMPLETE", "COMPLETE", "COMPLETE"],
    ]


@dataclass
class Interrupting(Clock):
    """A clock that does something when it is asked for the third time in the thread that reads."""

    then: Callable[[], None] | None = None
    asked: int = 0

    def __call__(self) -> datetime:
        if threading.current_thread() is threading.main_thread():
            self.asked += 1
            if self.asked == 3 and self.then is not None:
                self.then()
        return super().__call__()


def test_an_import_that_is_deleted_under_way_ends(
    databases: Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the next batch it learns so, and it leaves nothing that anybody sees."""
    monkeypatch.setattr(central_imports, "STAGED_AT_ONCE", 3)
    engine, clock = databases.open(), Interrupting()
    site = Site(engine, clock=clock)
    import_id = upload(site, TEXT)
    clock.asked = 0
    clock.then = lambda: site.central.imports.delete(ADMIN, import_id)
    assert site.central.imports.run_next()
    assert clock.asked >= 3
    assert site.central.imports.find(ADMIN, Query()).items == []
    assert rows_left(site) == {}
    assert not site.central.imports.run_next()
    databases.close(engine)
