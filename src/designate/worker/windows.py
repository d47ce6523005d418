# SPDX-License-Identifier: Apache-2.0
"""How many zones a server is notified of at once: the others wait, and lanes take turns.

Whoever sends a server fifty thousand NOTIFYs has it work them off in its own order, for as long as
it takes. Here it is given as many as keep it busy, so that the next one is always near its turn.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from designate.model.work import Lane

HOLD = 2.0
"""Seconds after which a zone that has not arrived leaves its place to another."""


@dataclass(slots=True)
class _Window:
    inside: dict[str, float] = field(default_factory=dict)
    waiting: dict[Lane, dict[str, None]] = field(default_factory=dict)

    def next(self) -> str:
        """The zone whose turn it is; its lane is the last one then."""
        lane, zones = next(iter(self.waiting.items()))
        zone_id = next(iter(zones))
        del self.waiting[lane], zones[zone_id]
        if zones:
            self.waiting[lane] = zones
        return zone_id


class Windows:
    """One for each server, of as many places as are said now; times are monotonic seconds."""

    def __init__(self, places: Callable[[], int]) -> None:
        self._places = places
        self._windows: dict[str, _Window] = {}

    def enter(self, server: str, zone_id: str, lane: Lane, now: float) -> bool:
        """Whether the server may hear of the zone now; else the zone waits for `let_in`."""
        window = self._windows.setdefault(server, _Window())
        if zone_id in window.inside:
            return True
        if not window.waiting and len(window.inside) < self._places():
            window.inside[zone_id] = now
            return True
        window.waiting.setdefault(lane, {})[zone_id] = None
        return False

    def leave(self, server: str, zone_id: str, lane: Lane) -> None:
        """The zone is there, or nobody waits for it any more."""
        window = self._windows.get(server)
        if window is None:
            return
        window.inside.pop(zone_id, None)
        waiting = window.waiting.get(lane)
        if waiting is not None:
            waiting.pop(zone_id, None)
            if not waiting:
                del window.waiting[lane]
        if not window.inside and not window.waiting:
            del self._windows[server]

    def let_in(self, now: float) -> list[tuple[str, str]]:
        """Servers and zones that they may hear of now."""
        found = []
        for server, window in self._windows.items():
            while window.waiting and self._has_room(window, now):
                zone_id = window.next()
                window.inside[zone_id] = now
                found.append((server, zone_id))
        return found

    def _has_room(self, window: _Window, now: float) -> bool:
        if len(window.inside) < self._places():
            return True
        first, since = next(iter(window.inside.items()))
        if now - since < HOLD:
            return False
        del window.inside[first]
        return True
