# SPDX-License-Identifier: Apache-2.0
"""Which servers are silent or away, judged once for all the zones they have.

A server that is away is tried once in a while, not by each of its zones, and when it is back all
of them hear of it.
"""

from dataclasses import dataclass

FIRST_TRY = 0.5
LAST_TRY = 5.0
FACTOR = 1.5


@dataclass(slots=True)
class Away:
    """A server that is away: when it is tried next, in monotonic seconds, and how long it is."""

    since: float
    next_try: float
    pause: float = FIRST_TRY

    @classmethod
    def at(cls, now: float) -> "Away":
        """A server found to be away now."""
        return cls(since=now, next_try=now + FIRST_TRY)

    def due(self, now: float) -> bool:
        """Whether to try it now; if so, the next time is put off."""
        if now < self.next_try:
            return False
        self.pause = min(self.pause * FACTOR, LAST_TRY)
        self.next_try = now + self.pause
        return True


SILENT_AFTER = 1.5
"""Seconds without any answer to queries that were sent."""
FORGOTTEN_AFTER = 1800.0
"""Seconds after which nobody asks any more for a server that no zone asked for."""


class Silence:
    """The name servers that do not answer."""

    def __init__(self) -> None:
        self._unanswered: dict[str, float] = {}
        self._away: dict[str, Away] = {}
        self._wanted: dict[str, float] = {}

    def is_away(self, server: str) -> bool:
        """Whether the server is known to be silent."""
        return server in self._away

    def asked(self, server: str, now: float) -> bool:
        """Note a query; True when the server has just been found silent."""
        self._wanted[server] = now
        first = self._unanswered.setdefault(server, now)
        if server in self._away or now - first < SILENT_AFTER:
            return False
        self._away[server] = Away.at(now)
        return True

    def wanted(self, server: str, now: float) -> None:
        """Note that a zone waits for the server."""
        self._wanted[server] = now

    def heard(self, server: str) -> bool:
        """Note an answer; True when the server was silent until now."""
        self._unanswered.pop(server, None)
        return self._away.pop(server, None) is not None

    def to_try(self, now: float) -> list[str]:
        """Silent servers to be asked once more now."""
        for server in [s for s in self._away if now - self._wanted[s] > FORGOTTEN_AFTER]:
            del self._away[server], self._unanswered[server]
        return [server for server, away in self._away.items() if away.due(now)]

    def next_try(self) -> float | None:
        """When the next silent server is to be tried."""
        return min((away.next_try for away in self._away.values()), default=None)
