# SPDX-License-Identifier: Apache-2.0
"""Writers that wait together share one transaction and one commit (decisions 3a.17, 3a.24)."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Barrier, Lock
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import IntegrityError

from designate.errors import BadRequest, DatabaseUnavailable
from designate.model.recordsets import RecordSetChange
from designate.model.zones import ZoneChange
from designate.storage.tables import journal, names
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import MAX_AT_ONCE, MAX_COMBINED, Store
from tests.contract.storage.queue import WAITING, queued
from tests.unit.central.site import Site, caller

Work = Callable[[Transaction], Any]
ZONE = "z1"
OTHER_ZONE = "z2"
DATABASE_SERVERS = ("mariadb", "postgresql")
REFUSE_FIRST = (
    "CREATE SEQUENCE commits",
    "CREATE FUNCTION refuse_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF nextval('commits') = 1 THEN RAISE EXCEPTION 'a rival' USING ERRCODE = '40P01'; END IF;"
    " RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER refuse_first AFTER INSERT ON names DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION refuse_first()",
)
"""Let the first COMMIT after an insert end as that of a deadlock does."""
REFUSE_NONE = ("DROP FUNCTION refuse_first CASCADE", "DROP SEQUENCE commits")


def add(tx: Transaction, name: str, error: Exception | None = None) -> int:
    """Insert a row and return how many there are; perhaps raise after that."""
    tx.write(insert(names).values(name_key=name, last_serial=1))
    tx.changed(name)
    if error is not None:
        raise error
    return int(tx.read(select(func.count()).select_from(names)).scalar_one())


def refuse(_tx: Transaction) -> None:
    """Break a rule before the first write."""
    raise BadRequest("refused")


def together(store: Store, works: list[Work]) -> list[Future[Any]]:
    """Have all wait while another writes to the zone, so that they are combined, in their order."""
    return queued(store, ZONE, [partial(store.write, work, zone_id=ZONE) for work in works])


def commits_of(store: Store) -> list[object]:
    """Grows by one with each commit."""
    seen: list[object] = []
    event.listen(store.engine, "commit", seen.append)
    return seen


def kept(store: Store) -> set[str]:
    """The rows that were committed."""
    with store.read() as connection:
        return set(connection.execute(select(names.c.name_key)).scalars())


def test_writers_that_wait_share_one_commit(store: Store) -> None:
    """Each sees what those before it wrote, and gets its own result."""
    commits = commits_of(store)
    found = together(store, [partial(add, name=f"n{n}.") for n in range(10)])
    assert [future.result() for future in found] == list(range(1, 11))
    assert len(commits) == 2, "that of the writer they waited for, and theirs"


def test_a_batch_has_an_end(store: Store) -> None:
    """A long queue is written in several commits."""
    commits = commits_of(store)
    found = together(store, [partial(add, name=f"n{n}.") for n in range(MAX_COMBINED + 1)])
    assert found[-1].result() == MAX_COMBINED + 1
    assert len(commits) == 3


def test_a_rule_that_fails_before_its_write_costs_the_others_nothing(store: Store) -> None:
    """They commit together; the one is told."""
    commits = commits_of(store)
    works: list[Work] = [partial(add, name="a."), refuse, partial(add, name="b.")]
    one, refused, other = together(store, works)
    assert isinstance(refused.exception(), BadRequest)
    assert (one.result(), other.result()) == (1, 2)
    assert len(commits) == 2


@pytest.mark.parametrize("error", [BadRequest("late"), ValueError("unforeseen")])
def test_a_write_that_breaks_off_is_undone_alone(store: Store, error: Exception) -> None:
    """All of the batch run again, one by one; what the one wrote is gone."""
    works: list[Work] = [
        partial(add, name="a."),
        partial(add, name="broken.", error=error),
        partial(add, name="b."),
    ]
    one, broken, other = together(store, works)
    assert broken.exception() is error
    assert (one.result(), other.result()) == (1, 2)
    assert kept(store) == {"a.", "b."}


def test_an_sql_error_is_told_to_its_writer_at_once(store: Store) -> None:
    """What stays in the way is no rival that comes and goes, and the others wait for it."""
    works: list[Work] = [
        partial(add, name="a."),
        partial(add, name="a."),
        partial(add, name="b."),
    ]
    before = time.monotonic()
    one, double, other = together(store, works)
    assert isinstance(double.exception(), IntegrityError)
    assert (one.result(), other.result()) == (1, 2)
    assert time.monotonic() - before < 2


def test_listeners_hear_once_per_commit(store: Store) -> None:
    """With all names of the batch; and, run one by one, with each that came through."""
    heard: list[set[str]] = []
    store.subscribe(lambda changed: heard.append(set(changed)))
    together(store, [partial(add, name="a."), partial(add, name="b."), refuse])
    assert heard == [{"a.", "b."}]
    works: list[Work] = [
        partial(add, name="c."),
        partial(add, name="broken.", error=BadRequest("late")),
        partial(add, name="d."),
    ]
    together(store, works)
    assert heard == [{"a.", "b."}, {"c."}, {"d."}]


def test_whoever_listens_sees_the_commit(store: Store) -> None:
    """The rows are there when the listener is called, and so is the next write's turn."""
    seen: list[set[str]] = []
    store.subscribe(lambda _names: seen.append(kept(store)))
    store.write(partial(add, name="a."))
    assert seen == [{"a."}]


def test_a_writer_alone_that_fails_late_leaves_nothing(store: Store) -> None:
    """No name is told, and the next write finds the database as it was."""
    heard: list[frozenset[str]] = []
    store.subscribe(heard.append)
    with pytest.raises(BadRequest):
        store.write(partial(add, name="a.", error=BadRequest("late")))
    assert (kept(store), heard) == (set(), [])
    assert store.write(partial(add, name="a.")) == 1


def test_the_end_of_the_leader_is_told_to_those_it_leads(store: Store) -> None:
    """Nobody waits for ever, nothing of the batch is kept, and those behind are led by another."""

    class Ended(BaseException):
        pass

    def end(_tx: Transaction) -> None:
        raise Ended

    filling: list[Work] = [partial(add, name=f"n{n}.") for n in range(MAX_COMBINED - 2)]
    works: list[Work] = [partial(add, name="a."), end, *filling, partial(add, name="b.")]
    leader, *led, behind = together(store, works)
    assert isinstance(leader.exception(), Ended)
    assert all(isinstance(future.exception(), DatabaseUnavailable) for future in led)
    assert behind.result() == 1
    assert kept(store) == {"b."}


def test_all_changes_of_a_zone_share_one_commit(site: Site) -> None:
    """Whatever kind they are of, each makes a version of its own."""
    zone = site.zone()
    old = site.recordset(zone, "old", "A", "192.0.2.1")
    www = site.recordset(zone, "www", "A", "192.0.2.1")
    commits = commits_of(site.store)
    central, ctx = site.central, caller()
    changes: list[Callable[[], Any]] = [
        partial(site.recordset, zone, "new", "A", "192.0.2.1"),
        partial(central.recordsets.update, ctx, zone.id, www.id, RecordSetChange(ttl=60)),
        partial(central.recordsets.delete, ctx, zone.id, old.id),
        partial(central.zones.update, ctx, zone.id, ZoneChange(ttl=77)),
        partial(central.zones.delete, ctx, zone.id),
    ]
    for future in queued(site.store, zone.id, changes):
        future.result()
    assert len(commits) == 2
    with site.store.read() as connection:
        made = connection.execute(select(journal.c.generation).order_by(journal.c.generation))
        assert list(made.scalars()) == list(range(1, 9))


@pytest.mark.parametrize("databases", DATABASE_SERVERS, indirect=True)
def test_writers_of_other_zones_do_not_wait(store: Store) -> None:
    """Nor does one that names no zone, while a zone's transaction is open."""
    commits = commits_of(store)

    def meanwhile(tx: Transaction) -> int:
        with ThreadPoolExecutor(2) as threads:
            other = threads.submit(store.write, partial(add, name="other."), zone_id=OTHER_ZONE)
            alone = threads.submit(store.write, partial(add, name="alone."))
            other.result(WAITING)
            alone.result(WAITING)
        return add(tx, "one.")

    assert store.write(meanwhile, zone_id=ZONE) == 3
    assert len(commits) == 3


@pytest.mark.parametrize("databases", DATABASE_SERVERS, indirect=True)
def test_few_transactions_write_at_once(store: Store) -> None:
    """However many zones are written to: more would only wait for one another."""
    inside, most = 0, 0
    lock = Lock()
    full = Barrier(MAX_AT_ONCE)

    def work(_tx: Transaction) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        full.wait(WAITING)
        with lock:
            inside -= 1

    zones = range(2 * MAX_AT_ONCE)
    with ThreadPoolExecutor(len(zones)) as threads:
        for written in [threads.submit(store.write, work, zone_id=str(zone)) for zone in zones]:
            written.result(WAITING)
    assert most == MAX_AT_ONCE


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_batch_whose_commit_is_refused_is_run_again(store: Store) -> None:
    """As a whole, since it was none of its writers' fault."""
    define(store, *REFUSE_FIRST)
    commits = commits_of(store)
    heard: list[frozenset[str]] = []
    store.subscribe(heard.append)
    one, other = together(store, [partial(add, name="a."), partial(add, name="b.")])
    define(store, *REFUSE_NONE)
    assert (one.result(), other.result()) == (1, 2)
    assert kept(store) == {"a.", "b."}
    assert heard == [{"a.", "b."}]
    assert len(commits) == 3 + 1, "one is that of the definitions' end"


def define(store: Store, *statements: str) -> None:
    """Change what the database does."""
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
