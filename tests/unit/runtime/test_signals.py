# SPDX-License-Identifier: Apache-2.0
"""A signal to end is noted, whenever it comes."""

import os
import signal
import threading

import pytest

from designate.runtime.signals import Signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_came_before_the_wait_is_not_lost(number: signal.Signals) -> None:
    """It ends the wait at once."""
    before = signal.getsignal(signal.SIGINT)
    try:
        with Signals() as end:
            os.kill(os.getpid(), number)
            assert end.wait() == number
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_signal_ends_the_wait() -> None:
    """The main thread waits in the kernel and is woken there."""
    before = signal.getsignal(signal.SIGINT)
    try:
        with Signals() as end:
            timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM))
            timer.start()
            assert end.wait() == signal.SIGTERM
            timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
