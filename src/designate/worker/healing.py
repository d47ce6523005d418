# SPDX-License-Identifier: Apache-2.0
"""Servers that are ahead of us: found by their serial, healed by moving past it (3a.4).

What is ahead may as well be somebody else's zone in the place of ours, which no serial moves: the
targets are told of the zone anew.
"""

import logging
import time
from collections import deque
from collections.abc import Collection

from designate.model.zones import SECONDARY
from designate.storage.servers import Incarnation
from designate.wire.serial import is_newer
from designate.worker.ledger import Ledger

LOG = logging.getLogger(__name__)

AT_MOST = 3
PERIOD = 60.0
"""Times that a zone is moved within so many seconds: two masters must not drive each other on."""


class Healing:
    """Places serials that are not the current one, and remembers which zones to move."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._moved: dict[str, deque[float]] = {}
        self._waiting: dict[str, tuple[Incarnation, int]] = {}

    def place(
        self, seen: Collection[tuple[Incarnation, int]]
    ) -> dict[tuple[str, int], tuple[int | None, bool]]:
        """By zone and serial that a server serves: its generation, and whether it is ahead of us.

        A serial that no kept version had is behind when it is older than ours: the server will
        take ours. Else it is ahead, and no version of ours would ever reach the server.
        """
        if not seen:
            return {}
        known = self._ledger.generations_of({(zone.id, serial) for zone, serial in seen})
        found: dict[tuple[str, int], tuple[int | None, bool]] = {}
        for zone, serial in seen:
            generation, current = known[zone.id, serial]
            ahead = not (current is None or serial == current or is_newer(current, serial))
            found[zone.id, serial] = (None if ahead else generation, ahead)
            if ahead and zone.type != SECONDARY:
                self._waiting[zone.id] = (zone, serial)
        return found

    def heal(self) -> None:
        """Move the zones whose servers are ahead, each a few times a minute at most."""
        now = time.monotonic()
        for zone, serial in self._waiting.values():
            moved = self._moved.setdefault(zone.id, deque(maxlen=AT_MOST))
            if len(moved) == AT_MOST and now - moved[0] < PERIOD:
                LOG.error("%s: still behind serial %d after moving past it", zone.name, serial)
                continue
            moved.append(now)
            LOG.warning(
                "%s: a server is ahead with serial %d; moving past it, targets are told anew",
                zone.name,
                serial,
            )
            self._ledger.move_past(zone, serial, f"a server was ahead with serial {serial}")
        self._waiting.clear()
        for zone_id in [key for key, moved in self._moved.items() if now - moved[-1] > PERIOD]:
            del self._moved[zone_id]
