# SPDX-License-Identifier: Apache-2.0
"""The main thread of a program between its start and its end, and the limit of that end."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping

from designate.runtime.signals import ENDING, Signals
from designate.runtime.systemd import Manager

LOG = logging.getLogger(__name__)
UNFINISHED = 2
"""Status of a process whose end took too long; 1 says that one could not start."""


def attend(
    noted: Signals,
    manager: Manager,
    handlers: Mapping[int, Callable[[], None]],
    is_live: Callable[[], bool],
) -> None:
    """Handle signals until one comes that ends the process; tell the manager how it is."""
    due = _next_sign(manager)
    while (number := noted.wait(None if due is None else due - time.monotonic())) not in ENDING:
        if number is not None:
            handlers[number]()
        # However many signals come: without a sign of life the manager kills and restarts.
        if due is not None and time.monotonic() >= due:
            _tell_how_it_is(manager, is_live)
            due = _next_sign(manager)
    manager.stopping()


def _next_sign(manager: Manager) -> float | None:
    """When the manager is to be told, in monotonic seconds; None: never."""
    return None if manager.interval is None else time.monotonic() + manager.interval


def _tell_how_it_is(manager: Manager, is_live: Callable[[], bool]) -> None:
    if is_live():
        manager.alive()
    else:
        LOG.error("A loop of this process does not turn; systemd gets no sign of life")


def end_within(seconds: int) -> None:
    """End the process after so many seconds, if it does not end by itself; 0: never."""
    if seconds == 0:
        return

    def give_up() -> None:
        LOG.error("What was in flight is not finished after %d s; it is left as it is", seconds)
        logging.shutdown()
        os._exit(UNFINISHED)

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
