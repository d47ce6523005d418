# SPDX-License-Identifier: Apache-2.0
"""Signals are noted, whenever they come."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from designate.runtime.signals import BEGUN, Ended, Signals


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Afterwards Ctrl-C ends the tests as it did."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_came_before_the_wait_is_not_lost(number: signal.Signals) -> None:
    """It ends the wait at once."""
    with Signals() as noted:
        os.kill(os.getpid(), number)
        assert noted.wait() == number


def test_a_signal_ends_the_wait() -> None:
    """The main thread waits in the kernel and is woken there; without a signal, in time."""
    with Signals() as noted:
        assert noted.wait(0.01) is None
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM))
        timer.start()
        assert noted.wait() == signal.SIGTERM
        timer.join()


def test_a_pause_ends_with_a_signal_of_the_end_only() -> None:
    """Others are kept for later, in their order."""
    with Signals(signal.SIGHUP) as noted:
        os.kill(os.getpid(), signal.SIGHUP)
        noted.pause(0.01)
        noted.tell_begun()
        noted.pause(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Ended):
            noted.pause(10)
        assert [noted.wait(0), noted.wait(0), noted.wait(0)] == [signal.SIGHUP, BEGUN, None]


def test_signals_of_others_are_not_ours() -> None:
    """They come through the same pipe, and have handlers of their own."""
    came = list[int]()
    before = signal.signal(signal.SIGUSR2, lambda number, _frame: came.append(number))
    try:
        with Signals() as noted:
            os.kill(os.getpid(), signal.SIGUSR2)
            assert noted.wait(0.01) is None
        assert came == [signal.SIGUSR2]
    finally:
        signal.signal(signal.SIGUSR2, before)


def test_a_second_signal_of_the_end_is_left_to_the_system() -> None:
    """Its default ends the process at once."""
    with Signals() as noted:
        noted.obey_at_once()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
