# SPDX-License-Identifier: Apache-2.0
"""A line to the database that is cut when a test says so, and a way past it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, select, text

from designate.model.zones import Zone
from designate.storage import rows
from designate.storage.copies import Copies
from designate.storage.tables import journal, recordsets, zones
from tests.servers.cutter import Cut, Cutter
from tests.unit.central.site import Site

Act = Callable[[], Any]
COMMIT = {"mysql": b"\x03COMMIT", "postgresql": b"COMMIT\0"}
"""What a driver says to commit; other statements name READ COMMITTED."""
WAITING = 20.0
LOCK_WAITS = {
    "mysql": "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
}
"""How many transactions wait for another's lock."""
LOOK = 0.12
"""Seconds between looks: MariaDB tells what it told before to who asks within a tenth of one."""


@dataclass(slots=True)
class Line:
    """A site whose connections to the database run through a cutter, and a way past it."""

    site: Site
    cutter: Cutter
    direct: Engine
    admin: Engine
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site.store.subscribe_versions(self.told.extend)

    def wait_for_locks(self) -> None:
        """Wait until a transaction waits for another's lock."""
        deadline = time.monotonic() + WAITING
        while not self._some_wait():
            assert time.monotonic() < deadline
            time.sleep(LOOK)

    def _some_wait(self) -> bool:
        with self.admin.connect() as connection:
            statement = text(LOCK_WAITS[self.admin.dialect.name])
            return int(connection.execute(statement).scalar_one()) > 0

    def cut_commit(self, how: Cut, *, skip: int = 0) -> None:
        """Cut the next connection that commits, or a later one."""
        self.told.clear()
        self.cutter.arm(COMMIT[self.direct.dialect.name], how, skip=skip)

    def column(self, statement: Any) -> list[Any]:
        """What is committed."""
        with self.direct.connect() as connection:
            return list(connection.execute(statement).scalars())

    def generations(self, zone: Zone) -> list[int]:
        """The versions in the zone's journal; its newest is the zone's."""
        statement = select(journal.c.generation).where(journal.c.zone_id == zone.id)
        found = self.column(statement.order_by(journal.c.generation))
        assert self.column(select(zones.c.generation).where(zones.c.id == zone.id)) == found[-1:]
        return found

    def ids(self, zone: Zone) -> set[str]:
        """Of the zone's recordsets."""
        return set(self.column(select(recordsets.c.id).where(recordsets.c.zone_id == zone.id)))


def locally(_: Line, act: Act) -> Act:
    """The act as it is."""
    return act


def as_a_call(line: Line, act: Act) -> Act:
    """The act as what a call of another process comes to."""
    call_id = rows.new_id()

    def carry_out() -> Any:
        with Copies(line.site.store).once(call_id):
            return act()

    return carry_out
