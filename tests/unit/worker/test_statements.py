# SPDX-License-Identifier: Apache-2.0
"""How many SQL statements it costs to publish a change of a zone."""

from typing import Any

from designate.storage import audit
from designate.storage.versions import mark_due
from tests.statements import statements
from tests.unit.storage.zone_rows import NAME, work_row
from tests.unit.worker.test_service import World, world

WRITES = 16
"""Of a zone's first version on one server: claims, observations, the confirmation, the end."""
AGAIN = 8
"""When there is nothing new to publish."""

__all__ = ["world"]


def test_a_publication_writes_little(world: World) -> None:
    """From the moment that a zone is due until it rests; what was published is not written anew."""
    world.server.serials[NAME] = 500
    world.zone()
    found = {}
    for round_, most in (("first", WRITES), ("again", AGAIN)):
        with statements(world.engine) as seen:
            if round_ == "first":
                world.worker.start()
            else:
                world.store.write(lambda tx: mark_due(tx, NAME, None))
                world.worker.wake(frozenset({NAME}))
            world.becomes(status="ACTIVE", confirmed_generation=5)
            world.rests()
        found[round_] = [one for one, _ in seen if not one.startswith("SELECT")]
        assert 0 < len(found[round_]) <= most, "\n".join(found[round_])


def _writes(seen: list[tuple[str, Any]]) -> list[str]:
    return [text for text, _ in seen if not text.startswith("SELECT")]


def test_polls_that_find_nothing_new_write_nothing(world: World) -> None:
    """However often a server is asked until it has the version."""
    world.put_pool("fake")
    world.server.serials[NAME] = 499
    world.zone()
    world.worker.start()
    _asked(world, 2)
    with statements(world.engine) as seen:
        _asked(world, len(world.server.asked) + 4)
    assert _writes(seen) == []
    world.server.serials[NAME] = 500
    world.becomes(status="ACTIVE")


def test_an_audit_that_finds_all_well_writes_no_row_of_a_server(world: World) -> None:
    """Nor of the zone: the target is told and the server asked again, and the queue is all."""
    world.put_pool("fake")
    world.server.serials[NAME] = 500
    world.zone()
    world.worker.start()
    world.becomes(status="ACTIVE", confirmed_generation=5)
    world.rests()
    asked = len(world.server.asked)
    with statements(world.engine) as seen:
        world.store.write(lambda tx: audit.doubt(tx, [NAME]))
        world.worker.wake(frozenset({NAME}))
        _asked(world, asked + 1)
        world.rests()
    assert {text.split()[1] for text in _writes(seen)} == {"zone_work"}
    assert work_row(world.store)["verify"] is None


def _asked(world: World, times: int) -> None:
    world.wait(lambda: {"times": len(world.server.asked)}, lambda f: f["times"] >= times, times)
