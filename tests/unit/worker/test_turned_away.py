# SPDX-License-Identifier: Apache-2.0
"""A zone whose only target has too much to do to be told of it."""

from typing import Any

import pytest
from sqlalchemy import update

from designate.storage.tables import zone_state
from designate.worker import calls
from designate.worker.dispatcher import Dispatcher
from tests.unit.storage.zone_rows import NAME, add_zone, work_row, zone_row
from tests.unit.worker.test_service import World, world
from tests.unit.worker.test_standstill import HINT, until

__all__ = ["world"]
OTHER = "other.example."


@pytest.fixture
def dispatcher(world: World, monkeypatch: pytest.MonkeyPatch) -> Dispatcher:
    """A worker whose turns the test takes, and whose target takes long over another zone."""
    monkeypatch.setattr(calls, "WAITING", 0)
    monkeypatch.setattr(calls, "SLOW", 0.0)
    world.put_pool("slow")
    add_zone(world.store, zone_id=OTHER, name=OTHER)
    world.worker._poller.start()
    made: Dispatcher = world.worker._dispatcher
    until(made, lambda: OTHER in made._jobs)
    assert world.slow.called.acquire(timeout=5)
    return made


@pytest.mark.parametrize("action", ["CREATE", "DELETE"])
def test_a_zone_that_nobody_serves_yet_waits_unasked(
    world: World, dispatcher: Dispatcher, action: str
) -> None:
    """It is PENDING, not in ERROR for servers that answer as they must; then it has its turn."""
    zone(world, 0, action=action)
    dispatcher._turn([HINT])
    assert NAME not in dispatcher._jobs
    assert work_row(world.store)["lease_token"] is None
    assert zone_row(world.store)["status"] == "PENDING"
    assert world.server.asked == []
    world.slow.go.set()
    until(dispatcher, lambda: NAME in world.server.asked)


def test_a_zone_that_is_served_is_asked_for(world: World, dispatcher: Dispatcher) -> None:
    """What its name servers have is learnt whatever its target has to do."""
    zone(world, 4)
    dispatcher._turn([HINT])
    until(dispatcher, lambda: NAME in world.server.asked)
    world.slow.go.set()


def zone(world: World, confirmed: int, **more: Any) -> None:
    """Have a zone that is due, and that is served at this generation."""
    world.zone(**more)
    state = zone_state.c
    confirms = update(zone_state).where(state.zone_id == "zone")
    world.store.write(lambda tx: tx.write(confirms.values(confirmed_generation=confirmed)))
