# SPDX-License-Identifier: Apache-2.0
"""A worker that stood still while somebody took its names over."""

import time
from collections.abc import Callable

from designate.storage import work
from designate.worker.dispatcher import Dispatcher
from designate.worker.inbox import Event, Wake
from tests.unit.storage.zone_rows import NAME, work_row, zone_row
from tests.unit.worker.test_service import World, world

__all__ = ["world"]
HINT = Wake(frozenset({NAME}), changed=True)


def test_what_it_judges_late_is_not_written(world: World) -> None:
    """Its lease went while it looked at its server, before it noticed that time had passed."""
    dispatcher = claimed(world)
    events = answers(world, dispatcher, 500)
    taken_over(world)
    dispatcher._turn(events)
    left(world, dispatcher)


def test_it_renews_before_it_judges(world: World) -> None:
    """Its lease is old: what is lost is no longer worked on, and no answer is looked at."""
    dispatcher = claimed(world)
    events = answers(world, dispatcher, 500)
    taken_over(world)
    dispatcher._jobs[NAME].lease.ends = time.monotonic()
    dispatcher._next_renewal = 0.0
    dispatcher._settle = never  # type: ignore[method-assign, assignment]
    dispatcher._turn(events)
    left(world, dispatcher)


def test_a_hint_of_a_name_that_rests_is_no_claim_that_was_lost(world: World) -> None:
    """Only a name that was seen free can be lost to another."""
    world.worker._poller.start()
    dispatcher: Dispatcher = world.worker._dispatcher
    dispatcher._turn([HINT])
    assert claims(world, "lost") == 0
    world.zone()
    choose = dispatcher._claims.choose

    def lose(*args: object) -> list[str]:
        names = choose(*args)  # type: ignore[arg-type]
        taken_over(world)
        return names

    dispatcher._claims.choose = lose  # type: ignore[method-assign, assignment]
    dispatcher._claims.look_at(0.0)
    dispatcher._turn([])
    assert (claims(world, "won"), claims(world, "lost")) == (0, 1)


def claimed(world: World) -> Dispatcher:
    """A worker whose turns the test takes, with the zone in work; its server is behind."""
    world.put_pool("fake")
    world.server.serials[NAME] = 499
    world.zone()
    world.worker._poller.start()
    dispatcher: Dispatcher = world.worker._dispatcher
    until(dispatcher, lambda: bool(world.server.asked))
    return dispatcher


def until(dispatcher: Dispatcher, probe: Callable[[], bool]) -> None:
    """Take turns until it is so."""
    deadline = time.monotonic() + 8
    while not probe():
        assert time.monotonic() < deadline
        dispatcher._turn(dispatcher._inbox.take(0.02))


def answers(world: World, dispatcher: Dispatcher, serial: int) -> list[Event]:
    """The next answer of the server, with this serial; it has not been looked at yet."""
    world.server.serials[NAME] = serial
    dispatcher._watches._poller.nudge(NAME)
    found: list[Event] = []
    deadline = time.monotonic() + 8
    while not any(getattr(getattr(e, "verdict", None), "serial", 0) == serial for e in found):
        assert time.monotonic() < deadline
        found += dispatcher._inbox.take(1.0)
    return found


def taken_over(world: World) -> None:
    """Another worker has the name."""
    token = work_row(world.store)["lease_token"]
    world.store.write(lambda tx: work.take_over(tx, {NAME: token or ""}))
    assert world.store.write(lambda tx: work.claim(tx, [NAME], "other", time.time() + 30))


def left(world: World, dispatcher: Dispatcher) -> None:
    """The zone is as it was; the name is its holder's, and to be verified."""
    assert NAME not in dispatcher._jobs
    assert zone_row(world.store)["status"] == "PENDING"
    row = work_row(world.store)
    assert (row["lease_token"], row["verify"]) == ("other", 1)


def claims(world: World, outcome: str) -> float | None:
    """How many claims came to this."""
    return world.registry.get_sample_value("designate_work_claims_total", {"outcome": outcome})


def never(names: set[str]) -> None:
    """Nothing is left to settle."""
    assert not names
