# SPDX-License-Identifier: Apache-2.0
"""The schedule of periodic tasks."""

import threading
import time
from dataclasses import dataclass, field

import pytest

from designate.producer.schedule import Schedule, Stopping

WAITING = 10.0


@dataclass(eq=False)
class Counting:
    """A task that counts its runs up to a number, and then says so."""

    interval: float
    until: int = 1
    name: str = "counting"
    runs: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, stopping: Stopping) -> None:
        """Count."""
        assert not stopping()
        self.runs += 1
        if self.runs == self.until:
            self.done.set()


class Failing(Counting):
    """A task that fails after it has counted."""

    def run(self, stopping: Stopping) -> None:
        """Count and fail."""
        super().run(stopping)
        raise ValueError("broken")


@dataclass(eq=False)
class Endless:
    """A task that goes on until it is told to stop."""

    interval: float = 0.001
    name: str = "endless"
    began: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, stopping: Stopping) -> None:
        """Go on."""
        self.began.set()
        deadline = time.monotonic() + WAITING
        while not stopping() and time.monotonic() < deadline:
            time.sleep(0.001)
        self.ended.set()


def test_each_task_runs_at_its_own_interval() -> None:
    """A frequent task does not wait for a rare one, nor bring it forward."""
    often, rarely = Counting(0.002, until=20), Counting(3600.0)
    schedule = Schedule([rarely, often])
    schedule.start()
    assert often.done.wait(WAITING)
    schedule.stop()
    assert rarely.runs == 0


def test_a_task_that_fails_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Neither its own later runs nor other tasks suffer."""
    failing, other = Failing(0.002, until=3, name="purge"), Counting(0.002, until=3)
    schedule = Schedule([failing, other])
    schedule.start()
    assert failing.done.wait(WAITING)
    assert other.done.wait(WAITING)
    schedule.stop()
    assert "purge failed" in caplog.text
    assert "ValueError: broken" in caplog.text


def test_it_stops_at_once() -> None:
    """While it waits for an hour, in the middle of a long run, and without any task."""
    endless = Endless()
    began = time.monotonic()
    for tasks in ([Counting(3600.0)], [endless], []):
        schedule = Schedule(tasks)
        schedule.start()
        if endless in tasks:
            assert endless.began.wait(WAITING)
        schedule.stop()
    assert endless.ended.is_set()
    assert time.monotonic() - began < WAITING / 2
