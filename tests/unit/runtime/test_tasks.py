# SPDX-License-Identifier: Apache-2.0
"""Queues are emptied when they are woken, each by itself, whatever one of them does."""

import threading

from designate.runtime.tasks import Tasks


class Waiting:
    """A queue with some items."""

    def __init__(self, log: list[str], name: str, items: int, *, broken: bool = False) -> None:
        self.log, self.name, self.items, self.broken = log, name, items, broken
        self.empty = threading.Event()

    def run_next(self) -> bool:
        """Take one item."""
        if self.broken:
            self.empty.set()
            raise RuntimeError("broken")
        if not self.items:
            self.empty.set()
            return False
        self.items -= 1
        self.log.append(self.name)
        return True


def test_queues_are_emptied() -> None:
    """Each by itself."""
    log: list[str] = []
    imports, exports = Waiting(log, "import", 3), Waiting(log, "export", 2)
    tasks = Tasks((imports, exports))
    tasks.start()
    assert imports.empty.wait(5)
    assert exports.empty.wait(5)
    tasks.stop()
    assert sorted(log) == ["export"] * 2 + ["import"] * 3


def test_a_long_import_does_not_hold_up_an_export() -> None:
    """The export ends while the import is under way."""
    release, log = threading.Event(), list[str]()

    class Long:
        """An import that takes as long as the test wants."""

        def run_next(self) -> bool:
            """Wait for the test."""
            release.wait(5)
            return False

    exports = Waiting(log, "export", 2)
    tasks = Tasks((Long(), exports))
    tasks.start()
    assert exports.empty.wait(5)
    assert not release.is_set()
    assert log == ["export"] * 2
    release.set()
    tasks.stop()


def test_a_wake_up_looks_again_at_once() -> None:
    """Without waiting for the timer."""
    log: list[str] = []
    waiting = Waiting(log, "import", 0)
    tasks = Tasks((waiting,), look=60.0)
    tasks.start()
    assert waiting.empty.wait(5)
    waiting.empty.clear()
    waiting.items = 1
    tasks.wake()
    assert waiting.empty.wait(5)
    tasks.stop()
    assert log == ["import"]


def test_a_lost_wake_up_costs_time_only() -> None:
    """The queue is looked at now and then."""
    log: list[str] = []
    waiting = Waiting(log, "import", 0)
    tasks = Tasks((waiting,), look=0.01)
    tasks.start()
    waiting.items = 1
    waiting.empty.clear()
    assert waiting.empty.wait(5)
    tasks.stop()
    assert log == ["import"]


def test_a_task_that_fails_does_not_end_the_others() -> None:
    """It is logged."""
    log: list[str] = []
    broken, fine = Waiting(log, "broken", 1, broken=True), Waiting(log, "fine", 1)
    tasks = Tasks((broken, fine))
    tasks.start()
    assert fine.empty.wait(5)
    tasks.stop()
    assert log == ["fine"]
