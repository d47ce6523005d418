# SPDX-License-Identifier: Apache-2.0
"""A call of another process is carried out once, however often it arrives, and wherever."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from designate.central.leftovers import Leftovers
from designate.errors import CallRepeated, DuplicateRecordSet, DuplicateTld
from designate.model.recordsets import RecordSetChange
from designate.storage import rows
from designate.storage.copies import Copies
from designate.storage.tables import calls as table
from designate.storage.tables import journal, tlds
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from tests.contract.storage.queue import queued
from tests.contract.storage.test_transactions import add_tld, at_once, tld_names
from tests.unit.central.site import Site, caller

WAITING = 20.0


def called(store: Store, call_id: str, act: Callable[[], object]) -> Callable[[], object]:
    """The act as what a call of this id comes to, in the process of this store."""

    def carry_out() -> object:
        with Copies(store).once(call_id):
            return act()

    return carry_out


def test_a_call_that_arrives_again_changes_nothing(store: Store, engine: Engine) -> None:
    """In the same process and in another; another call does."""
    call_id = rows.new_id()
    called(store, call_id, lambda: store.write(add_tld("a")))()
    for other in (store, Store(engine)):
        again = called(other, call_id, partial(other.write, add_tld("b")))
        with pytest.raises(CallRepeated):
            again()
    called(store, rows.new_id(), lambda: store.write(add_tld("c")))()
    assert tld_names(store) == {"a", "c"}


def test_an_update_is_not_made_again_over_a_later_one(site: Site, engine: Engine) -> None:
    """As it would be when a copy of its message arrives late."""
    zone = site.zone()
    made = site.recordset(zone, "www", "A", "192.0.2.1")

    def change(to: Site, address: str) -> object:
        new = RecordSetChange(records=[address])
        return to.central.recordsets.update(caller(), zone.id, made.id, new)

    first, elsewhere = rows.new_id(), Site(engine)
    called(site.store, first, partial(change, site, "192.0.2.2"))()
    called(site.store, rows.new_id(), partial(change, site, "192.0.2.3"))()
    with pytest.raises(CallRepeated):
        called(elsewhere.store, first, partial(change, elsewhere, "192.0.2.2"))()
    found = site.central.recordsets.get(caller(), zone.id, made.id)
    assert found.records == ["192.0.2.3"]
    assert found.generation == 4


def test_of_copies_that_are_carried_out_at_once_one_is_made(site: Site, engine: Engine) -> None:
    """Each in a process of its own; the others wait until it is known what becomes of that one."""
    zone = site.zone()
    call_id, together = rows.new_id(), Barrier(4)

    def create(at: Site) -> object:
        together.wait(WAITING)
        return at.recordset(zone, "www", "A", "192.0.2.1")

    sites = [Site(engine) for _ in range(4)]
    found = at_once([called(each.store, call_id, partial(create, each)) for each in sites])
    assert sorted(type(each).__name__ for each in found) == ["CallRepeated"] * 3 + ["RecordSet"]
    with engine.connect() as connection:
        generations = select(journal.c.generation).where(journal.c.zone_id == zone.id)
        assert sorted(connection.execute(generations).scalars()) == [1, 2]


def test_a_call_may_have_several_transactions(store: Store) -> None:
    """All of them are of its first arrival."""
    with Copies(store).once(rows.new_id()):
        for name in ("a", "b", "c"):
            store.write(add_tld(name))
    assert tld_names(store) == {"a", "b", "c"}


def refuse(_: Transaction) -> None:
    """A write that breaks a rule."""
    raise DuplicateRecordSet


def test_what_failed_may_be_made_when_it_arrives_again(store: Store) -> None:
    """A call whose transaction was undone by no rule has left nothing, its id neither."""
    call_id = rows.new_id()

    def fail(_: Transaction) -> None:
        raise ValueError("a fault of ours")

    with pytest.raises(ValueError, match="of ours"):
        called(store, call_id, lambda: store.write(fail))()
    called(store, call_id, lambda: store.write(add_tld("a")))()
    assert tld_names(store) == {"a"}


def test_what_was_refused_is_refused_for_good(store: Store, engine: Engine) -> None:
    """Its caller may have made way for it since, for an attempt of its own."""
    call_id = rows.new_id()
    with pytest.raises(DuplicateRecordSet):
        called(store, call_id, lambda: store.write(refuse))()
    other = Store(engine)
    with pytest.raises(CallRepeated):
        called(other, call_id, partial(other.write, add_tld("a")))()
    assert tld_names(store) == set()


def test_a_copy_that_would_be_refused_says_nothing(store: Store, engine: Engine) -> None:
    """What it finds is what the first has left: whether it reads that first, or in a write."""
    call_id, other = rows.new_id(), Store(engine)

    def read() -> None:
        with other.read() as connection:
            assert connection.execute(select(tlds.c.name)).first() is not None
        raise DuplicateTld

    called(store, call_id, lambda: store.write(add_tld("a")))()
    for again in (read, partial(other.write, refuse)):
        with pytest.raises(CallRepeated):
            called(other, call_id, again)()


def test_a_refusal_before_any_write_leaves_nothing(store: Store, engine: Engine) -> None:
    """As of who asks for what is not there."""

    def read() -> None:
        raise DuplicateTld

    with pytest.raises(DuplicateTld):
        called(store, rows.new_id(), read)()
    with engine.connect() as connection:
        assert connection.execute(select(table.c.id)).all() == []


def test_a_copy_among_writers_that_share_a_transaction_harms_nobody(site: Site) -> None:
    """It is refused, the others are carried out."""
    zone = site.zone()
    ids = [rows.new_id() for _ in range(6)]
    writers = [
        called(site.store, each, partial(site.recordset, zone, f"h{n}", "A", "192.0.2.1"))
        for n, each in enumerate(ids)
    ]
    writers[0]()
    copy, *made = queued(site.store, zone.id, writers)
    assert isinstance(copy.exception(), CallRepeated)
    assert sorted(future.result().generation for future in made) == [3, 4, 5, 6, 7]


def test_ids_are_forgotten_after_an_hour(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step, the oldest first; younger ones stay."""
    monkeypatch.setattr("designate.central.leftovers.AT_ONCE", 2)
    now = store.now()
    for minutes in (90, 80, 70, 61, 59):
        then = now - timedelta(minutes=minutes)
        old = Store(engine, partial(lambda it: it, then))
        called(old, f"of {minutes} minutes ago", partial(old.write, add_tld(str(minutes))))()
    task = Leftovers(Store(engine, lambda: now))
    assert [task.run_next() for _ in range(3)] == [True, True, False]
    with engine.connect() as connection:
        assert list(connection.execute(select(table.c.id)).scalars()) == ["of 59 minutes ago"]
