# SPDX-License-Identifier: Apache-2.0
"""Names that become due by themselves: when it is looked for them, and that none is forgotten."""

import math
from dataclasses import replace

import pytest

from designate.errors import DatabaseUnavailable
from designate.storage import servers
from designate.storage.servers import ABSENT, DOUBT
from designate.worker import sweeps
from designate.worker.dispatcher import Dispatcher
from designate.worker.orders import Back
from designate.worker.sweeps import ALWAYS, LOOK, Sweeps
from tests.statements import statements
from tests.unit.storage.zone_rows import add_work, work_row
from tests.unit.worker.test_service import World, world
from tests.unit.worker.zones import row

__all__ = ["world"]
LATER = 4e9
SERVER = "bind9/192.0.2.1#53"


def idle(world: World) -> Dispatcher:
    """A worker whose turns the test takes."""
    world.worker._poller.start()
    return world.worker._dispatcher


def wait_for_it(world: World, number: int) -> list[str]:
    """Have names wait for a server."""
    names = [f"z{n}.example." for n in range(number)]
    for name in names:
        add_work(world.store, name, due_at=LATER)
    failed = [
        row(name, SERVER, DOUBT, error_code="target_unreachable", error_text="away")
        for name in names
    ]
    moved = [replace(one, name_key=one.zone_id) for one in failed]
    world.store.write(lambda tx: servers.put(tx, moved))
    return names


def test_a_return_is_not_forgotten_when_the_database_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps go on where they were when it answers again."""
    monkeypatch.setattr(sweeps, "STEP", 2)
    monkeypatch.setattr("designate.worker.dispatcher.AFTER_ERROR", 0.0)
    names = wait_for_it(world, 5)
    dispatcher = idle(world)
    ledger = dispatcher._ledger
    wake, calls = ledger.wake_waiting, list[object]()

    def fails_at_first(*args: object) -> object:
        calls.append(args)
        if len(calls) in (1, 3):
            raise DatabaseUnavailable
        return wake(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "wake_waiting", fails_at_first)
    monkeypatch.setattr(dispatcher, "_claim", lambda now: set())
    dispatcher._guarded([Back(SERVER)])
    for _ in range(4):
        assert dispatcher._sweeps.next_time() == 0.0
        dispatcher._guarded([])
    assert (len(calls), dispatcher._sweeps.next_time()) == (5, math.inf)
    assert all(work_row(world.store, name)["due_at"] < LATER for name in names)


def test_a_turn_that_fails_at_its_start_has_heard_of_a_return(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came with it is not told twice."""
    monkeypatch.setattr("designate.worker.dispatcher.AFTER_ERROR", 0.0)
    (name,) = wait_for_it(world, 1)
    dispatcher = idle(world)
    free_own = dispatcher._ledger.free_own

    def fail(but: set[str]) -> None:
        monkeypatch.setattr(dispatcher._ledger, "free_own", free_own)
        raise DatabaseUnavailable

    monkeypatch.setattr(dispatcher._ledger, "free_own", fail)
    monkeypatch.setattr(dispatcher, "_claim", lambda now: set())
    dispatcher._begin_anew = True
    dispatcher._guarded([Back(SERVER)])
    assert work_row(world.store, name)["due_at"] == LATER
    dispatcher._guarded([])
    assert work_row(world.store, name)["due_at"] < LATER


def test_targets_are_looked_at_when_a_pool_has_changed(world: World) -> None:
    """And once in a while; all pools cost one statement, and none when nothing happened."""
    swept = Sweeps(idle(world)._ledger)
    assert counted(world, swept, 0.0) == ["pools", "zone_servers"]
    assert counted(world, swept, LOOK / 2) == []
    assert counted(world, swept, LOOK) == ["pools"]
    world.put_pool("fake")
    add_work(world.store, "old.", due_at=None)
    old = replace(row("old", SERVER, config_version=1), name_key="old.", pool_id="pool")
    gone = replace(old, zone_id="gone", state=ABSENT)
    world.store.write(lambda tx: servers.put(tx, [old, gone]))
    assert swept.outdated(2 * LOOK)
    assert work_row(world.store, "old.")["due_at"] is not None
    # At once for the next of them, then only when there is a reason.
    assert counted(world, swept, 2 * LOOK + sweeps.AGAIN) == ["pools", "zone_servers"]
    assert counted(world, swept, 4 * LOOK) == ["pools"]
    assert counted(world, swept, 4 * LOOK + ALWAYS) == ["pools", "zone_servers"]


def counted(world: World, swept: Sweeps, now: float) -> list[str]:
    """The tables that a look without a find reads first."""
    with statements(world.engine) as seen:
        assert not swept.outdated(now)
    return [text.split("FROM ")[1].split()[0] for text, _ in seen]
