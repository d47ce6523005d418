# SPDX-License-Identifier: Apache-2.0
"""Signs of life: at once, again and again, and a last one at the end."""

import logging
import threading
import time

import pytest

from designate.runtime import heartbeat
from designate.runtime.heartbeat import Heartbeat, report_end

PATIENCE = 10.0


class Told:
    """What was reported, and a way to wait for so many reports."""

    def __init__(self) -> None:
        self.reports = list[bool]()
        self._came = threading.Condition()

    def __call__(self, goes_on: bool) -> None:  # noqa: FBT001
        with self._came:
            self.reports.append(goes_on)
            self._came.notify_all()

    def wait(self, number: int) -> None:
        """Until there were so many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.reports) >= number, PATIENCE)


def test_a_process_reports_itself_at_once_and_again_and_its_end() -> None:
    """The end does not wait for the interval."""
    told = Told()
    beating = Heartbeat(told, 0.01)
    beating.start()
    told.wait(3)
    beating.stop()
    assert told.reports[:3] == [True] * 3
    assert told.reports[-1] is False and told.reports.count(False) == 1
    slow = Told()
    resting = Heartbeat(slow, 3600.0)
    resting.start()
    slow.wait(1)
    resting.stop()
    assert slow.reports == [True, False]


def test_what_fails_is_told_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Until it succeeds: then the next failure is news."""
    told, fails = Told(), threading.Event()
    fails.set()

    def report(goes_on: bool) -> None:  # noqa: FBT001
        told(goes_on)
        if fails.is_set():
            raise OSError("no route")

    with caplog.at_level(logging.WARNING):
        beating = Heartbeat(report, 0.01)
        beating.start()
        told.wait(3)
        fails.clear()
        told.wait(len(told.reports) + 2)
        fails.set()
        told.wait(len(told.reports) + 2)
        beating.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "This process could not report itself: no route"
    ] * 2


def test_a_report_that_hangs_does_not_keep_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last report is given up."""
    monkeypatch.setattr(heartbeat, "GRACE", 0.05)
    hangs, told = threading.Event(), Told()

    def report(goes_on: bool) -> None:  # noqa: FBT001
        told(goes_on)
        hangs.wait(PATIENCE)

    beating = Heartbeat(report, 3600.0)
    beating.start()
    told.wait(1)
    began = time.monotonic()
    beating.stop()
    assert time.monotonic() - began < PATIENCE / 2
    hangs.set()


def test_one_of_several_ends_in_silence() -> None:
    """The last report is made for all of them by somebody else."""
    told = Told()
    beating = Heartbeat(told, 3600.0, says_end=False)
    beating.start()
    told.wait(1)
    beating.stop()
    assert told.reports == [True]
    report_end(told)
    assert told.reports == [True, False]


def test_an_end_that_cannot_be_reported_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The process ends all the same."""

    def report(goes_on: bool) -> None:  # noqa: FBT001
        raise OSError("no route")

    report_end(report)
    assert [record.getMessage() for record in caplog.records] == [
        "The end could not be reported: no route"
    ]
