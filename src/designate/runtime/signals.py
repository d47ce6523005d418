# SPDX-License-Identifier: Apache-2.0
"""Signals are noted, and taken one by one by the main thread."""

import os
import select
import signal
import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

ENDING = (signal.SIGTERM, signal.SIGINT)
"""Signals that end a process."""
BEGUN = 0
"""What `Signals.tell_begun` is taken for: no signal has this number."""


class Ended(Exception):
    """A signal came that ends the process."""


class Signals:
    """SIGTERM, SIGINT and `others` are noted from here on; to be made in the main thread.

    Those `overheard` are noted too, but keep the handlers that somebody else has set.

    The kernel's signal is carried by a pipe: a handler that took a lock could wait for the very
    thread that it interrupted.
    """

    def __init__(self, *others: int, overheard: Sequence[int] = ()) -> None:
        self._numbers = (*ENDING, *others)
        self._noted = frozenset({*self._numbers, *overheard, BEGUN})
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._later: deque[int] = deque()

    def __enter__(self) -> Self:
        """Begin to note signals."""
        signal.set_wakeup_fd(self._write)
        for number in self._numbers:
            signal.signal(number, _ignore)
        return self

    def wait(self, timeout: float | None = None) -> int | None:
        """The number of the next signal, at once when it came already; None when none came."""
        if self._later:
            return self._later.popleft()
        return self._next(None if timeout is None else time.monotonic() + timeout)

    def pause(self, seconds: float) -> None:
        """Let time go by; raises Ended when a signal comes, or has come, that ends the process."""
        deadline = time.monotonic() + seconds
        while (number := self._next(deadline)) is not None:
            if number in ENDING:
                raise Ended
            self._later.append(number)

    def tell_begun(self) -> None:
        """Let `wait` return BEGUN. A forked child calls this to reach its parent."""
        os.write(self._write, bytes([BEGUN]))

    def obey_at_once(self) -> None:
        """From here on signals that end the process do so by themselves, at once."""
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)

    def _next(self, deadline: float | None) -> int | None:
        while True:
            left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
            if not select.select([self._read], [], [], left)[0]:
                return None
            number = os.read(self._read, 1)[0]
            # Signals of others, such as that of reports, come through the same pipe.
            if number in self._noted:
                return number

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Further signals end the process as they do by default."""
        signal.set_wakeup_fd(-1)
        for number in self._numbers:
            signal.signal(number, signal.SIG_DFL)
        os.close(self._read)
        os.close(self._write)


def _ignore(_number: int, _frame: object) -> None:
    """The pipe tells who waits."""
