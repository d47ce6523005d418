# SPDX-License-Identifier: Apache-2.0
"""What the deciding thread is told, by everybody else."""

import queue
import time
from dataclasses import dataclass

from designate.worker.calls import Outcome
from designate.worker.orders import Answered, Back, Silent


@dataclass(frozen=True, slots=True)
class Wake:
    """Names that may have new work. `changed`: their facts did, also where work is under way."""

    names: frozenset[str]
    changed: bool = True


Event = Wake | Answered | Silent | Back | Outcome


class Inbox:
    """Events in the order of their coming, taken many at once."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._taken_at = time.monotonic()

    def put(self, event: Event) -> None:
        """Tell something; never waits."""
        self._events.put(event)

    def wake(self) -> None:
        """End the waiting of `take`."""
        self._events.put(None)

    def untaken_for(self) -> float:
        """Seconds since somebody came to take."""
        return time.monotonic() - self._taken_at

    def take(self, timeout: float) -> list[Event]:
        """All that was told, at least after so many seconds."""
        self._taken_at = time.monotonic()
        events: list[Event] = []
        try:
            event = self._events.get(timeout=timeout) if timeout > 0 else self._events.get_nowait()
            while True:
                if event is not None:
                    events.append(event)
                event = self._events.get_nowait()
        except queue.Empty:
            return events
