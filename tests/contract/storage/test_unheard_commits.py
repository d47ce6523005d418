# SPDX-License-Identifier: Apache-2.0
"""The connection breaks around a COMMIT: each write is made once, and its writer hears of it.

The connections are cut for real, between the driver and its database.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, select, update
from sqlalchemy.pool import NullPool

from designate.errors import DatabaseUnavailable, DuplicateRecordSet
from designate.model.recordsets import RecordSetChange
from designate.model.zones import Zone, ZoneChange
from designate.storage import rows, work
from designate.storage.copies import Copies
from designate.storage.engine import open_engine
from designate.storage.tables import (
    name_locks,
    zone_task_chunks,
    zone_tasks,
    zones,
)
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from tests.contract.storage.line import WAITING, Act, Line, as_a_call, locally
from tests.contract.storage.queue import queued
from tests.databases import Databases, Served
from tests.servers.bind9 import HOST
from tests.servers.cutter import Cut, Cutter
from tests.unit.central.site import Site, caller
from tests.unit.producer.running import claimed

pytestmark = pytest.mark.parametrize("databases", ["mariadb", "postgresql"], indirect=True)

PATIENCE = 1.0


@pytest.fixture
def line(databases: Databases, engine: Engine) -> Iterator[Line]:
    """A site behind a cutter."""
    assert isinstance(databases, Served)
    admin = create_engine(databases.server.admin_url(), poolclass=NullPool)
    with Cutter((HOST, databases.server.port)) as cutter:
        url = engine.url.set(port=cutter.port)
        through = open_engine(url.render_as_string(hide_password=False))
        yield Line(Site(through), cutter, engine, admin)
        through.dispose()


# -- operations: what is to be done, and what must hold of its result ---------------------------

Check = Callable[[Any], None]
Operation = Callable[[Line], tuple[Act, Check]]


def create_zone(line: Line) -> tuple[Act, Check]:
    """The first under its last two labels, so that nobody has a row to lock."""

    def check(made: Zone) -> None:
        assert line.column(select(zones.c.id)) == [made.id]
        assert line.generations(made) == [1]

    return partial(line.site.zone, "new.first-of-its-kind.example."), check


def change_zone(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()
    change = partial(line.site.central.zones.update, caller(), zone.id, ZoneChange(ttl=77))

    def check(changed: Zone) -> None:
        assert (changed.ttl, changed.version, line.generations(zone)) == (77, 2, [1, 2])

    return change, check


def delete_zone(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()

    def check(deleted: Zone) -> None:
        assert (deleted.action, line.generations(zone)) == ("DELETE", [1, 2])

    return partial(line.site.central.zones.delete, caller(), zone.id), check


def create_recordset(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()
    before = line.ids(zone)

    def check(made: Any) -> None:
        assert line.ids(zone) - before == {made.id}
        assert line.generations(zone) == [1, 2]

    return partial(line.site.recordset, zone, "www", "A", "192.0.2.1"), check


def change_recordset(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()
    www = line.site.recordset(zone, "www", "A", "192.0.2.1")
    change = RecordSetChange(records=["192.0.2.2"])

    def check(changed: Any) -> None:
        assert (changed.version, changed.generation) == (2, 3)
        assert line.generations(zone) == [1, 2, 3]

    return partial(line.site.central.recordsets.update, caller(), zone.id, www.id, change), check


def delete_recordset(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()
    www = line.site.recordset(zone, "www", "A", "192.0.2.1")

    def check(deleted: Any) -> None:
        assert (deleted.action, line.generations(zone)) == ("DELETE", [1, 2, 3])
        assert www.id not in line.ids(zone)

    return partial(line.site.central.recordsets.delete, caller(), zone.id, www.id), check


def ask_for_export(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()

    def check(export: Any) -> None:
        assert line.column(select(zone_tasks.c.id)) == [export.id]

    return partial(line.site.central.exports.create, caller(), zone.id), check


def delete_export(line: Line) -> tuple[Act, Check]:
    export = line.site.central.exports.create(caller(), line.site.zone().id)

    def check(_: None) -> None:
        assert line.column(select(zone_tasks.c.id)) == []

    return partial(line.site.central.exports.delete, caller(), export.id), check


def claim(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()
    token, until = rows.new_id(), 1e10

    def take(tx: Transaction) -> list[work.Claim]:
        return work.claim(tx, [zone.name], token, until)

    def check(claims: list[work.Claim]) -> None:
        assert [(item.name_key, item.token) for item in claims] == [(zone.name, token)]

    return partial(line.site.store.write, take), check


def renew(line: Line) -> tuple[Act, Check]:
    zone = line.site.zone()
    old, new = rows.new_id(), rows.new_id()
    line.site.store.write(lambda tx: work.claim(tx, [zone.name], old, 1e10))

    def take(tx: Transaction) -> set[str]:
        return work.renew(tx, {zone.name: old}, new, 1e10)

    def check(kept: set[str]) -> None:
        assert kept == {zone.name}

    return partial(line.site.store.write, take), check


def step(line: Line) -> tuple[Act, Check]:
    """A page of a periodic task, with work that trips over itself."""
    period = claimed(line.site.store, "task")
    once = insert(name_locks).values(name_key="once", turn=0)

    def act() -> str | None:
        period.step("a", lambda tx: tx.write(once))
        return period.position

    def check(position: str | None) -> None:
        assert position == "a"
        # It knows its right as it is by now.
        period.finish()

    return act, check


def finish(line: Line) -> tuple[Act, Check]:
    """The end of a period, which is no loss of it."""
    period = claimed(line.site.store, "task")

    def check(nothing: None) -> None:
        assert claimed(line.site.store, "task").begin == period.end

    return period.finish, check


SLOW = (change_zone, delete_zone, change_recordset, delete_recordset, delete_export, renew)
OPERATIONS = (
    create_zone,
    create_recordset,
    ask_for_export,
    claim,
    step,
    finish,
    *(pytest.param(operation, marks=pytest.mark.slow) for operation in SLOW),
)


def cut_at_commit(line: Line, how: Cut, act: Act) -> Any:
    """Do it, and cut the connection as it is committed."""
    line.cut_commit(how)
    return act()


def cut_while_on_its_way(line: Line, act: Act, arrive: Act) -> Any:
    """Do it, and let its COMMIT come, or be lost, when the second run waits for the first."""
    line.cut_commit(Cut.HELD)
    with ThreadPoolExecutor(1) as threads:
        done = threads.submit(act)
        assert line.cutter.held.wait(WAITING)
        line.wait_for_locks()
        arrive()
        return done.result(WAITING)


@pytest.mark.parametrize("how", [Cut.BEFORE, Cut.AFTER])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_write_whose_commit_is_not_answered_is_made_once(
    line: Line, operation: Operation, how: Cut
) -> None:
    """Whether the COMMIT came through or not; its writer sees nothing of it."""
    act, check = operation(line)
    check(cut_at_commit(line, how, act))
    assert line.cutter.cuts == 1
    assert len(line.told) <= 1


@pytest.mark.parametrize("how", [Cut.BEFORE, Cut.AFTER])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_whose_commit_is_not_answered_is_no_copy_of_itself(
    line: Line, operation: Operation, how: Cut
) -> None:
    """The second run finds the first's id, and takes over what the first came to."""
    act, check = operation(line)
    with Copies(line.site.store).once(rows.new_id()):
        check(cut_at_commit(line, how, act))
    assert line.cutter.cuts == 1


@pytest.mark.parametrize("arrive", [Cutter.release, Cutter.drop])
def test_a_copy_of_a_call_waits_for_a_commit_that_is_under_way(
    line: Line, arrive: Callable[[Cutter], None]
) -> None:
    """Whoever of the two comes to make it, the other hears that it is made."""
    zone, call_id, elsewhere = line.site.zone(), rows.new_id(), Site(line.direct)
    line.cut_commit(Cut.HELD)

    def create(site: Site) -> Any:
        with Copies(site.store).once(call_id):
            return site.recordset(zone, "www", "A", "192.0.2.1")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(create, line.site)
        assert line.cutter.held.wait(WAITING)
        copy = threads.submit(create, elsewhere)
        line.wait_for_locks()
        arrive(line.cutter)
        errors = [each.exception(WAITING) for each in (first, copy)]
    assert sorted(type(error).__name__ for error in errors) == ["CallRepeated", "NoneType"]
    assert line.generations(zone) == [1, 2]


@pytest.mark.parametrize("arrive", [Cutter.release, Cutter.drop])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_commit_that_is_still_under_way_is_waited_for(
    line: Line, operation: Operation, arrive: Callable[[Cutter], None]
) -> None:
    """The second run holds what the first has locked before it looks for it."""
    act, check = operation(line)
    check(cut_while_on_its_way(line, act, partial(arrive, line.cutter)))
    assert len(line.told) <= 1


@pytest.mark.parametrize("how", [Cut.BEFORE, Cut.AFTER])
@pytest.mark.parametrize("commit", [0, 1, 2])
def test_an_import_is_queued_once(line: Line, how: Cut, commit: int) -> None:
    """Its file is stored in pieces, each committed by itself, and then its task."""
    body = [b"x" * (1 << 18), b"y" * 10]
    line.cut_commit(how, skip=commit)
    queued_task = line.site.central.imports.create(caller(), body, {})
    assert line.cutter.cuts == 1
    assert line.column(select(zone_tasks.c.id)) == [queued_task.id]
    pieces = select(zone_task_chunks.c.body).order_by(zone_task_chunks.c.ordinal)
    assert b"".join(line.column(pieces)) == b"".join(body)


@pytest.mark.parametrize("how", [Cut.BEFORE, Cut.AFTER])
@pytest.mark.parametrize("words", [b"INSERT INTO journal", b"UPDATE zones"])
def test_a_connection_that_breaks_before_the_commit_costs_nothing(
    line: Line, how: Cut, words: bytes
) -> None:
    """The write is made by another connection."""
    act, check = create_recordset(line)
    line.cutter.arm(words, how)
    check(act())
    assert line.cutter.cuts == 1


@pytest.mark.parametrize("how", [Cut.BEFORE, Cut.AFTER])
@pytest.mark.parametrize("asked", [locally, as_a_call])
def test_a_batch_whose_commit_is_not_answered_is_made_once(
    line: Line, asked: Callable[[Line, Act], Act], how: Cut
) -> None:
    """Each writer of it gets its own result; a rule that was broken is broken once."""
    zone = line.site.zone()
    names = [f"h{n}" for n in range(8)]
    line.cut_commit(how, skip=1)
    acts = [partial(line.site.recordset, zone, name, "A", "192.0.2.1") for name in names]
    writers = [asked(line, act) for act in acts]
    *made, double = queued(line.site.store, zone.id, [*writers, asked(line, acts[0])])
    assert isinstance(double.exception(), DuplicateRecordSet)
    assert [future.result().generation for future in made] == list(range(2, 10))
    assert line.generations(zone) == list(range(1, 10))
    assert line.told == ["change"] * 8
    assert line.cutter.cuts == 1


@pytest.mark.parametrize("how", [Cut.BEFORE, Cut.AFTER])
@pytest.mark.parametrize("asked", [locally, as_a_call])
def test_writers_of_a_broken_batch_hear_of_their_own(
    line: Line, asked: Callable[[Line, Act], Act], how: Cut
) -> None:
    """The COMMIT of one that is not answered says nothing of those after it."""
    zone = line.site.zone()
    before = line.ids(zone)

    def broken(tx: Transaction) -> None:
        tx.write(update(zones).values(ttl=7))
        raise ValueError("a fault of ours")

    acts = [partial(line.site.recordset, zone, f"h{n}", "A", "192.0.2.1") for n in range(3)]
    writers = [asked(line, act) for act in acts]
    breaks = partial(line.site.store.write, broken, zone_id=zone.id)
    line.cut_commit(how, skip=1)
    fault, *made = queued(line.site.store, zone.id, [breaks, *writers])
    assert isinstance(fault.exception(), ValueError)
    assert {future.result().id for future in made} == line.ids(zone) - before
    assert line.generations(zone) == [1, 2, 3, 4]
    assert line.told == ["change"] * 3
    assert line.cutter.cuts == 1


def test_every_commit_may_be_lost_for_a_while(line: Line) -> None:
    """Each run leaves something to look for; all are looked for, and one comes true."""
    zone = line.site.zone()
    for how in (Cut.BEFORE, Cut.AFTER, Cut.BEFORE):
        act = partial(line.site.recordset, zone, f"h{line.cutter.cuts}", "A", "192.0.2.1")
        cut_at_commit(line, how, act)
    assert line.generations(zone) == [1, 2, 3, 4]


def test_a_call_that_is_given_up_is_no_copy_of_itself(line: Line) -> None:
    """What it does afterwards, such as to clean up, is done, and its caller hears why it ended."""
    store = Store(line.site.store.engine, patience=0)

    def act() -> None:
        try:
            store.write(lambda tx: tx.write(insert(name_locks).values(name_key="a", turn=0)))
        except DatabaseUnavailable:
            store.write(lambda tx: tx.write(insert(name_locks).values(name_key="b", turn=0)))
            raise

    line.cut_commit(Cut.AFTER)
    with pytest.raises(DatabaseUnavailable), Copies(store).once(rows.new_id()):
        act()
    assert line.column(select(name_locks.c.name_key).order_by(name_locks.c.name_key)) == ["a", "b"]


def test_a_database_that_is_away_is_said_to_be(line: Line) -> None:
    """Readers and writers hear of it in time, and both go on when it is back."""
    zone = line.site.zone()
    store = Store(line.site.store.engine, patience=PATIENCE)
    line.cutter.refusing = True
    line.cutter.cut_all()
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        store.write(lambda tx: tx.read(select(1)), zone_id=zone.id)
    with pytest.raises(DatabaseUnavailable), store.read() as connection:
        connection.execute(select(1))
    with pytest.raises(DatabaseUnavailable), store.snapshot() as connection:
        connection.execute(select(1))
    assert time.monotonic() - began < WAITING
    line.cutter.refusing = False
    line.site.recordset(zone, "www", "A", "192.0.2.1")
    assert line.generations(zone) == [1, 2]
