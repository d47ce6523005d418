# SPDX-License-Identifier: Apache-2.0
"""One tenant's mass of changes does not delay another's one, from the queue to the servers."""

import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from designate.model.work import lane_of
from designate.storage import rows
from designate.storage.tables import zone_state, zone_work, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.storage.versions import mark_due
from tests.unit.storage.zone_rows import NAME, NOON, add_zone, zone_row
from tests.unit.worker.nameserver import NameServer
from tests.unit.worker.test_service import World

CROWD = 50_000
BOUND = 3.0
"""Seconds that one change may take while the mass is under way."""


class Serials(dict[str, int]):
    """A server that has every zone at the serial that the rows give it."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> int:
        return 500


def zone_of(number: int) -> dict[str, Any]:
    """The row of a zone of the heavy project, changed and not confirmed."""
    name = f"{number}.heavy.example."
    return {
        **dict.fromkeys(("refresh", "retry", "expire", "minimum", "ttl"), 600),
        **dict.fromkeys(("attributes", "masters"), "{}"),
        **dict.fromkeys(("recordset_count", "record_count", "shard", "turn"), 0),
        "id": rows.new_id(),
        "pool_id": "pool",
        "project_id": "heavy",
        "name": name,
        "name_key": name,
        "reverse_key": name[::-1],
        "type": "PRIMARY",
        "email": "admin@example.org",
        "mname": "ns1.example.org.",
        "ns_version": 1,
        "serial": 500,
        "generation": 5,
        "status": "PENDING",
        "action": "UPDATE",
        "version": 1,
        "created_at": NOON,
        "deleted": LIVE,
    }


def _crowd(store: Store) -> None:
    """So many zones of one project, all of them changed a while ago."""
    made = [zone_of(number) for number in range(CROWD)]
    due = {"shard": 0, "wanted": 1, "attempts": 0, "lane": lane_of("heavy")}
    due["due_at"] = due["since"] = int(time.time()) - 60

    def write(tx: Transaction) -> None:
        tx.write(insert(zones), made)
        state = [{"zone_id": zone["id"], "confirmed_generation": 4} for zone in made]
        tx.write(insert(zone_state), state)
        tx.write(insert(zone_work), [{"name_key": zone["name_key"], **due} for zone in made])

    store.write(write)


def _left(store: Store) -> int:
    with store.read() as connection:
        waiting = select(func.count()).where(zone_work.c.lane == lane_of("heavy"))
        return connection.execute(waiting).scalar_one()


@pytest.mark.slow
def test_one_change_is_active_while_fifty_thousand_wait(tmp_path: Path) -> None:
    """Soon after it was made, not after all that was made before it."""
    with NameServer() as server:
        server.serials = Serials()
        world = World(tmp_path, server)
        _crowd(world.store)
        world.worker.start()
        world.wait(lambda: {"left": _left(world.store)}, lambda f: f["left"] < CROWD - 500, "some")
        add_zone(world.store, project_id="light")
        began = time.monotonic()
        world.store.write(lambda tx: mark_due(tx, NAME, lane_of("light")))
        world.worker.wake(frozenset({NAME}))
        world.becomes(status="ACTIVE")
        assert time.monotonic() - began < BOUND
        assert _left(world.store) > CROWD // 2
        assert zone_row(world.store)["confirmed_generation"] == 5
        world.worker.stop()
        world.engine.dispose()
