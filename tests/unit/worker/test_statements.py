# SPDX-License-Identifier: Apache-2.0
"""How many SQL statements it costs to publish a change of a zone."""

from designate.storage.versions import mark_due
from tests.statements import statements
from tests.unit.storage.zone_rows import NAME
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
