# SPDX-License-Identifier: Apache-2.0
"""What a worker is at when it begins anew, loses a name, or is asked for more."""

import threading
import time

import pytest

from designate.backends.base import ZoneRef
from designate.backends.fake import Fake
from designate.errors import DatabaseUnavailable
from designate.model.pools import Target
from designate.storage import work
from designate.worker.calls import Batch, Lease
from designate.worker.dispatcher import Dispatcher
from designate.worker.inbox import Wake
from tests.unit.storage.zone_rows import NAME, work_row
from tests.unit.worker.test_service import World, world

__all__ = ["world"]
WAITING = 5.0


class Counting(Fake):
    """A backend that counts its calls; the first lasts until it is let go."""

    def __init__(self) -> None:
        self.called = threading.Semaphore(0)
        self.go = threading.Event()
        self.calls = 0

    def create_zone(self, zone: ZoneRef, target: Target) -> None:
        """Count, and wait."""
        self.calls += 1
        self.called.release()
        assert self.go.wait(WAITING)


def begun(world: World, backend: Counting) -> Dispatcher:
    """A worker whose turns the test takes, with a call for the zone under way."""
    world.put_pool("fake")
    dispatcher: Dispatcher = world.worker._dispatcher
    dispatcher._backends["fake"] = backend  # type: ignore[index]
    world.worker._poller.start()
    world.zone()
    dispatcher._turn([Wake(frozenset({NAME}), changed=True)])
    assert backend.called.acquire(timeout=WAITING)
    return dispatcher


def test_who_begins_anew_lets_nothing_begin_that_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name may be somebody else's by then; one with a call under way stays ours meanwhile."""
    monkeypatch.setattr("designate.worker.dispatcher.AFTER_ERROR", 0.0)
    backend = Counting()
    dispatcher = begun(world, backend)
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
    backend.go.set()
    deadline = time.monotonic() + WAITING
    while work_row(world.store)["lease_token"] == token:
        assert time.monotonic() < deadline
        dispatcher._guarded(dispatcher._inbox.take(0.1))
    assert work_row(world.store)["verify"] or NAME in dispatcher._jobs


def test_what_waits_for_a_server_is_forgotten(world: World) -> None:
    """Nothing comes of it later: neither a call nor a row."""
    backend = Counting()
    dispatcher = begun(world, backend)
    (lane,) = dispatcher._calls._lanes.values()
    (running,) = lane.running
    batch = Batch("waits.", "fake", lane.target, [], Lease(0.0))
    lane.waiting.append(batch)
    dispatcher._calls.forget("other.")
    assert list(lane.waiting) == [batch]
    dispatcher._calls.forget("waits.")
    assert (list(lane.waiting), dispatcher._calls.under_way()) == ([], {running})
    backend.go.set()


def test_a_name_that_was_lost_has_no_calls_left(world: World) -> None:
    """Those that wait are not carried out."""
    backend = Counting()
    dispatcher = begun(world, backend)
    job = dispatcher._jobs[NAME]
    dispatcher._lose({NAME})
    assert job.lease.ends == 0.0
    backend.go.set()


def test_a_verification_asked_for_meanwhile_is_not_forgotten(world: World) -> None:
    """Targets are told once more, although they have just been told."""
    backend = Counting()
    dispatcher = begun(world, backend)
    world.store.write(lambda tx: work.put(tx, NAME))
    dispatcher._turn([Wake(frozenset({NAME}), changed=True)])
    backend.go.set()
    deadline = time.monotonic() + WAITING
    while backend.calls < 2:
        assert time.monotonic() < deadline
        dispatcher._turn(dispatcher._inbox.take(0.1))
    assert dispatcher._jobs[NAME].claim.verify
