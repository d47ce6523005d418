# SPDX-License-Identifier: Apache-2.0
"""Waits for the signal that ends a process."""

import os
import select
import signal
from types import TracebackType
from typing import Self


class Ended(Exception):
    """A signal came that ends the process."""


class EndSignal:
    """SIGTERM, SIGINT and `others` are noted from here on; to be made in the main thread.

    The kernel's signal is carried by a pipe: a handler that took a lock could wait for the very
    thread that it interrupted.
    """

    def __init__(self, *others: int) -> None:
        self._numbers = (signal.SIGTERM, signal.SIGINT, *others)
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def __enter__(self) -> Self:
        """Begin to note signals."""
        signal.set_wakeup_fd(self._write)
        for number in self._numbers:
            signal.signal(number, _ignore)
        return self

    def wait(self) -> int:
        """Return the number of the next signal, at once when it came already."""
        return os.read(self._read, 1)[0]

    def pause(self, seconds: float) -> None:
        """Let time go by; raises Ended when a signal comes or has come."""
        if select.select([self._read], [], [], seconds)[0]:
            raise Ended

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
