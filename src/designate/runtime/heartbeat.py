# SPDX-License-Identifier: Apache-2.0
"""Says again and again that this process is alive, and at its end that it has stopped."""

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)
RETRY = 1.0
"""Seconds after a report that failed."""
GRACE = 5.0
"""Seconds that the last report has when the process ends."""


class Heartbeat:
    """Calls `report` from `start` to `stop`, every `interval` seconds, in a thread of its own.

    `report` is told whether the process goes on; unless it `says_end`, it ends in silence. What
    `report` raises is logged, once until it succeeds again, and tried again.
    """

    def __init__(
        self, report: Callable[[bool], None], interval: float, *, says_end: bool = True
    ) -> None:
        self._report = report
        self._interval = interval
        self._says_end = says_end
        self._end = threading.Event()
        self._fails = False
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin, with a report at once."""
        self._thread.start()

    def stop(self) -> None:
        """Make the last report; it is given up when it takes too long."""
        self._end.set()
        self._thread.join(GRACE)

    def _run(self) -> None:
        self._attempt(goes_on=True)
        while not self._end.wait(self._pause()):
            self._attempt(goes_on=True)
        if self._says_end:
            self._attempt(goes_on=False)

    def _pause(self) -> float:
        return min(self._interval, RETRY) if self._fails else self._interval

    def _attempt(self, *, goes_on: bool) -> None:
        try:
            self._report(goes_on)
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever is away
            if not self._fails:
                LOG.warning("This process could not report itself: %s", error)
            self._fails = True
        else:
            self._fails = False


def report_end(report: Callable[[bool], None]) -> None:
    """Make the last report for processes that have ended; given up when it takes too long."""

    def attempt() -> None:
        try:
            report(False)  # noqa: FBT003 - see `Heartbeat`
        except Exception as error:  # noqa: BLE001 - the edge of the thread
            LOG.warning("The end could not be reported: %s", error)

    thread = threading.Thread(target=attempt, name="heartbeat", daemon=True)
    thread.start()
    thread.join(GRACE)
