# SPDX-License-Identifier: Apache-2.0
"""How a process is: live, ready, or neither, and why."""

import logging
import threading

import pytest

from designate.runtime import health
from designate.runtime.health import OK, Health, is_well


def test_a_process_is_ready_between_its_beginning_and_its_end() -> None:
    """It is live all the time."""
    mine = Health()
    phases = [mine.ready()["process"]]
    mine.begun()
    phases.append(mine.ready()["process"])
    mine.stopping()
    phases.append(mine.ready()["process"])
    assert phases == ["starting", OK, "stopping"]
    assert mine.live() == {"process": OK} and mine.is_live


def test_what_others_provide_makes_it_unready_only() -> None:
    """No restart would bring the database back."""
    mine = Health()
    mine.begun()
    mine.needs("database", lambda: "it does not answer")
    mine.turns("worker", lambda: None)
    assert mine.ready() == {"process": OK, "worker": OK, "database": "it does not answer"}
    assert not is_well(mine.ready()) and mine.is_live


def test_a_loop_that_stands_makes_it_neither(caplog: pytest.LogCaptureFixture) -> None:
    """A check that fails counts as that, and the log has the reason."""
    mine = Health()
    mine.begun()

    def broken() -> str:
        raise ValueError("hunter2")

    mine.turns("worker", broken)
    with caplog.at_level(logging.WARNING):
        assert mine.live() == {"process": OK, "worker": "failed"}
    assert not mine.is_live and "hunter2" in caplog.text


def test_a_check_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor begun again while it hangs; once it has ended, its result is told."""
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    free, calls = threading.Event(), list[int]()

    def hanging() -> None:
        calls.append(1)
        assert free.wait(10)

    mine = Health()
    mine.needs("database", hanging)
    assert "no answer" in mine.ready()["database"]
    assert "no answer" in mine.ready()["database"]
    assert len(calls) == 1
    monkeypatch.setattr(health, "PATIENCE", 10.0)
    free.set()
    assert mine.ready()["database"] == OK
    assert len(calls) == 1, "the result is fresh"
