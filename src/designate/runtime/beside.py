# SPDX-License-Identifier: Apache-2.0
"""One call at a time in a thread of its own, so that its owner goes on meanwhile."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Self


class Beside:
    """Carries out calls one after another; the block ends when the last has."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._idle = threading.Event()
        self._idle.set()
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        # One thread for all calls: what many threads allocate spreads over the memory. It is a
        # daemon, for which a process that ends does not wait.
        threading.Thread(target=self._run, name="beside", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._idle.wait()
        self._calls.put(None)

    def begin(self, work: Callable[[], object]) -> None:
        """Begin a call as soon as the one before has ended; raises what that one raised."""
        self.wait()
        self._idle.clear()
        self._calls.put(work)

    def wait(self) -> None:
        """Wait for the call under way; raises what it raised."""
        self._idle.wait()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self) -> None:
        while (work := self._calls.get()) is not None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised again to the owner
                self._error = error
            self._idle.set()
