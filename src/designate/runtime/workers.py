# SPDX-License-Identifier: Apache-2.0
"""Several processes that do the same: forked, ended together, replaced when one dies."""

import logging
import os
import signal
import time
from collections.abc import Callable

from designate.runtime.signals import EndSignal

LOG = logging.getLogger(__name__)
CANNOT_START = 1
"""Status of a process whose work cannot begin: to try again is no use."""
PAUSE = 1.0
"""Seconds before one that died is replaced."""
GRACE = 30.0
"""Seconds that processes have to end."""


def run(count: int, work: Callable[[], int], ended: Callable[[], None]) -> int:
    """Do the work in so many processes until SIGTERM or SIGINT; returns the exit status.

    `work` runs until it gets such a signal itself and returns its status. Nothing may be open or
    running yet that a fork would share. One process needs no fork. Of several, `ended` is called
    once all of them have ended because of a signal.
    """
    if count == 1:
        return work()
    status = _tend(count, work)
    if status == 0:
        ended()
    return status


def _tend(count: int, work: Callable[[], int]) -> int:
    children: set[int] = set()
    with EndSignal(signal.SIGCHLD) as noted:
        try:
            while len(children) < count:
                children.add(_fork(work))
            while True:
                if noted.wait() != signal.SIGCHLD:
                    return 0
                for status in _reap(children):
                    if status == CANNOT_START:
                        return CANNOT_START
                    LOG.error("A process ended with status %d; another takes its place", status)
                    time.sleep(PAUSE)
                    children.add(_fork(work))
        finally:
            _end(children)


def _fork(work: Callable[[], int]) -> int:
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        status = work()
    except BaseException:
        # A child never returns into the code of its parent.
        LOG.exception("A process failed")
    finally:
        logging.shutdown()
        os._exit(status)
    return 0


def _reap(children: set[int]) -> list[int]:
    """The statuses of the processes that have ended, which are forgotten."""
    ended = []
    for child in tuple(children):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            children.discard(pid)
            ended.append(os.waitstatus_to_exitcode(status))
    return ended


def _end(children: set[int]) -> None:
    for child in children:
        os.kill(child, signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while children and time.monotonic() < deadline:
        _reap(children)
        time.sleep(0.01)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
