# SPDX-License-Identifier: Apache-2.0
"""One call at a time in a thread of its own, so that its owner goes on meanwhile."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Beside:
    """Carries out calls one after another; the block ends when the last has."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            self._thread.join()

    def begin(self, work: Callable[[], object]) -> None:
        """Begin a call as soon as the one before has ended; raises what that one raised."""
        self.wait()
        # A daemon: a process that ends does not wait for it.
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait for the call under way; raises what it raised."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again to the owner
            self._error = error
