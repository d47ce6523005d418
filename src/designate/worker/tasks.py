# SPDX-License-Identifier: Apache-2.0
"""Runs imports and exports, one after the other, as they are queued."""

import logging
import threading
from collections.abc import Callable

from designate.contracts.exports import Exports
from designate.contracts.imports import Imports

LOG = logging.getLogger(__name__)

LOOK = 10.0
"""Seconds between looks at the queue when nobody wakes us."""


class Tasks:
    """Runs from `start` to `stop`."""

    def __init__(self, imports: Imports, exports: Exports, look: float = LOOK) -> None:
        self._imports = imports
        self._exports = exports
        self._look = look
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="tasks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the queue now."""
        self._woken.set()

    def stop(self) -> None:
        """End after the task under way."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            # Both get their turn, however many of the other kind wait.
            while self._ran(self._imports.run_next) | self._ran(self._exports.run_next):
                if self._stopping:
                    return
            self._woken.wait(self._look)

    def _ran(self, run_next: Callable[[], bool]) -> bool:
        try:
            return run_next()
        except Exception:  # the thread must outlive whatever one task does
            LOG.exception("a task failed")
            return False
