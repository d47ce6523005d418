# SPDX-License-Identifier: Apache-2.0
"""Threads that wait for the broker in the place of others, who can leave.

oslo.messaging blocks for as long as a socket lets it. Whoever calls hands the call to a thread and
waits for what comes of it, or for as long as it likes.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class Errand:
    """A call on its way: what came of it, once `done`."""

    __slots__ = ("_error", "_result", "abandoned", "done", "work")

    def __init__(self, work: "Callable[[Errand], Any]") -> None:
        self.work = work
        self.done = threading.Event()
        self.abandoned = False
        self._result: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Carry it out, unless nobody waits for it any more."""
        try:
            if not self.abandoned:
                self._result = self.work(self)
        except BaseException as error:  # noqa: BLE001 - raised again to who waits
            self._error = error
        self.done.set()

    def outcome(self) -> Any:
        """What came of it; raises what was raised."""
        if self._error is not None:
            raise self._error
        return self._result


class Courier:
    """As many threads as there are errands at once; the one that was busy last is the next."""

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[Errand | None]] = []
        self._lock = threading.Lock()
        self._closed = False

    def send(self, work: Callable[[Errand], Any]) -> Errand:
        """Begin a call."""
        errand = Errand(work)
        with self._lock:
            inbox = self._idle.pop() if self._idle else None
        if inbox is None:
            inbox = SimpleQueue()
            # A daemon, since it may wait for a broker that never answers.
            threading.Thread(target=self._carry, args=(inbox,), name="courier", daemon=True).start()
        inbox.put(errand)
        return errand

    def close(self) -> None:
        """End the threads that are idle, and the others when they are."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for inbox in idle:
            inbox.put(None)

    def _carry(self, inbox: "SimpleQueue[Errand | None]") -> None:
        while (errand := inbox.get()) is not None:
            errand.run()
            del errand
            with self._lock:
                if self._closed:
                    return
                self._idle.append(inbox)
