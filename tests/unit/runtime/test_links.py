# SPDX-License-Identifier: Apache-2.0
"""A parent asks its child."""

import os
import signal
import threading

import pytest

from designate.runtime.links import Link
from designate.runtime.signals import Signals


def test_a_child_answers_until_its_parent_is_gone() -> None:
    """An answer that comes late is not taken for another question's; the end is as SIGTERM."""
    before = signal.getsignal(signal.SIGINT)
    slow, begun = threading.Event(), threading.Event()

    def answer(question: str) -> object:
        if question == "slow":
            begun.set()
            assert slow.wait(10)
        return {"asked": question}

    try:
        with Signals() as noted:
            link = Link()
            link.serve(answer)
            assert link.ask("first", 10) == {"asked": "first"}
            assert link.ask("slow", 0.01) is None
            assert begun.wait(10)
            slow.set()
            assert link.ask("third", 10) == {"asked": "third"}
            link.close()
            assert noted.wait(10) == signal.SIGTERM
            assert link.ask("fourth", 1) is None
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_answer_that_fails_or_hangs_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """Also one that fails as a pipe does: the parent is still there."""
    asked, go_on = threading.Event(), threading.Event()

    def answer(question: str) -> object:
        if question == "fails":
            raise ConnectionResetError("the database")
        if question == "hangs":
            asked.set()
            assert go_on.wait(10)
        return question

    before = signal.getsignal(signal.SIGINT)
    try:
        with Signals() as noted:
            link = Link()
            link.serve(answer)
            assert link.ask("fails", 10) is None
            assert "ConnectionResetError: the database" in caplog.text
            assert link.ask("live", 10) == "live"
            assert link.ask("hangs", 0.01) is None
            assert asked.wait(10)
            assert link.ask("hangs", 10) is None, "it is being answered"
            assert link.ask("live", 10) == "live"
            go_on.set()
            link.close()
            assert noted.wait(10) == signal.SIGTERM
    finally:
        signal.signal(signal.SIGINT, before)


def test_no_child_keeps_the_parents_end_of_another() -> None:
    """Else it would not be seen that the parent is gone."""
    first, second = Link(), Link()
    first.keep_parents_end()
    second.keep_childs_end([first])
    assert first.ask("anything", 0.1) is None
    assert os.getppid() > 0
