# SPDX-License-Identifier: Apache-2.0
"""What a worker is at when it begins anew, loses a name, or is asked for more."""

import time

import pytest

from designate.errors import DatabaseUnavailable
from designate.storage import work
from designate.worker.calls import Batch, Lease
from designate.worker.dispatcher import Dispatcher
from designate.worker.inbox import Wake
from tests.unit.storage.zone_rows import NAME, work_row
from tests.unit.worker.test_service import World, world

__all__ = ["world"]
WAITING = 5.0


def begun(world: World) -> Dispatcher:
    """A worker whose turns the test takes, with a call for the zone under way."""
    world.put_pool("slow")
    dispatcher: Dispatcher = world.worker._dispatcher
    world.worker._poller.start()
    world.zone()
    dispatcher._turn([Wake(frozenset({NAME}), changed=True)])
    assert world.slow.called.acquire(timeout=WAITING)
    return dispatcher


def test_who_begins_anew_lets_nothing_begin_that_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name may be somebody else's by then; one with a call under way stays ours meanwhile."""
    monkeypatch.setattr("designate.worker.dispatcher.AFTER_ERROR", 0.0)
    dispatcher = begun(world)
    job = dispatcher._jobs[NAME]
    token = work_row(world.store)["lease_token"]

    def fail(*_: object) -> object:
        monkeypatch.undo()
        raise DatabaseUnavailable

    monkeypatch.setattr(dispatcher, "_claim", fail)
    dispatcher._guarded([])
    assert (dispatcher._jobs, job.lease.ends) == ({}, 0.0)
    dispatcher._guarded([])
    assert work_row(world.store)["lease_token"] == token
    world.slow.go.set()
    deadline = time.monotonic() + WAITING
    while work_row(world.store)["lease_token"] == token:
        assert time.monotonic() < deadline
        dispatcher._guarded(dispatcher._inbox.take(0.1))
    assert work_row(world.store)["verify"] or NAME in dispatcher._jobs


def test_what_waits_for_a_server_is_forgotten(world: World) -> None:
    """Nothing comes of it later: neither a call nor a row."""
    dispatcher = begun(world)
    (lane,) = dispatcher._calls._lanes.values()
    (running,) = lane.running
    batch = Batch("waits.", "fake", lane.target, [], Lease(0.0))
    lane.waiting.append(batch)
    dispatcher._calls.forget("other.")
    assert list(lane.waiting) == [batch]
    dispatcher._calls.forget("waits.")
    assert (list(lane.waiting), dispatcher._calls.under_way()) == ([], {running})
    world.slow.go.set()


def test_a_name_that_was_lost_has_no_calls_left(world: World) -> None:
    """Those that wait are not carried out."""
    dispatcher = begun(world)
    job = dispatcher._jobs[NAME]
    dispatcher._lose({NAME})
    assert job.lease.ends == 0.0
    world.slow.go.set()


def test_a_verification_asked_for_meanwhile_is_not_forgotten(world: World) -> None:
    """Targets are told once more, although they have just been told."""
    dispatcher = begun(world)
    world.store.write(lambda tx: work.put(tx, NAME))
    dispatcher._turn([Wake(frozenset({NAME}), changed=True)])
    world.slow.go.set()
    deadline = time.monotonic() + WAITING
    while not world.slow.called.acquire(blocking=False):
        assert time.monotonic() < deadline
        dispatcher._turn(dispatcher._inbox.take(0.1))
    assert dispatcher._jobs[NAME].claim.verify
