# SPDX-License-Identifier: Apache-2.0
"""Who is alive, by looks alone: no clock of any host is compared."""

import threading
from collections.abc import Collection

import pytest

from designate.runtime.members import FORGOTTEN, LOOKS, Alone, LeaseGroup, Members

WAITING = 10.0


class Table:
    """The numbers that members raise."""

    def __init__(self) -> None:
        self.beats: dict[str, int] = {}

    def group(self, me: str) -> LeaseGroup:
        """As a member sees it."""

        def exchange() -> dict[str, int]:
            self.beats[me] = self.beats.get(me, 0) + 1
            return dict(self.beats)

        def forget(silent: dict[str, int]) -> None:
            for member, beat in silent.items():
                if self.beats.get(member) == beat:
                    del self.beats[member]

        def leave() -> None:
            del self.beats[me]

        return LeaseGroup(me, exchange, forget, leave)


def test_whoever_moves_is_alive() -> None:
    """As soon as it was seen."""
    table = Table()
    first, second = table.group("1"), table.group("2")
    assert set(first.look()) == {"1"}
    assert set(second.look()) == {"1", "2"}
    for _ in range(2 * LOOKS):
        assert set(first.look()) == {"1", "2"}
        second.look()


def test_whoever_does_not_move_is_gone_after_some_looks_and_may_come_back() -> None:
    """How long the looks take does not matter: an observer that slept cannot tell."""
    table = Table()
    first, second = table.group("1"), table.group("2")
    second.look()
    for _ in range(LOOKS):
        assert set(first.look()) == {"1", "2"}
    assert set(first.look()) == {"1"}
    second.look()
    assert set(first.look()) == {"1", "2"}


def test_whoever_leaves_is_gone_at_once() -> None:
    """And those who never said so are dropped in the end."""
    table = Table()
    first, second, third = (table.group(me) for me in "123")
    for group in (second, third):
        group.look()
    second.leave()
    assert set(first.look()) == {"1", "3"}
    for _ in range(FORGOTTEN + 2):
        first.look()
    assert set(table.beats) == {"1"}


class Scripted:
    """A group that says what it is told to, and then goes on saying the last of it."""

    def __init__(self, *looks: Collection[str] | Exception) -> None:
        self._looks = list(looks)
        self.said = 0
        self.done = threading.Event()
        self.left = False

    def look(self) -> Collection[str]:
        """The next of it."""
        self.said += 1
        found = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        if len(self._looks) == 1 and self.said > 2 * LOOKS:
            self.done.set()
        if isinstance(found, Exception):
            raise found
        return found

    def leave(self) -> None:
        """Note it."""
        self.left = True


def watched(group: Scripted) -> tuple[Members, list[frozenset[str]]]:
    """The members after all was said, and what listeners found."""
    members = Members(group, "a", 0.001)
    seen: list[frozenset[str]] = []
    members.subscribe(lambda: seen.append(members.alive))
    members.start()
    assert group.done.wait(WAITING)
    return members, seen


def test_listeners_hear_of_each_change() -> None:
    """And only of changes; at the end it leaves."""
    group = Scripted(["a"], ["a", "b"], ["a", "b"], ["a"])
    members, seen = watched(group)
    assert seen == [frozenset("ab"), frozenset("a")]
    assert members.is_gone("b")
    members.stop()
    assert group.left


def test_while_nobody_can_be_seen_the_last_that_was_known_holds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And nobody counts as gone, as in the first moments. It is logged once."""
    group = Scripted(["a", "b"], OSError("away"))
    members, seen = watched(group)
    assert seen == [frozenset("ab")]
    assert members.alive == {"a", "b"}
    assert not members.is_gone("c")
    members.stop()
    assert caplog.text.count("away") == 1


def test_whoever_is_alone_has_nothing_to_watch() -> None:
    """Whoever else may be named is gone."""
    members = Members(Alone("a"), "a", None)
    members.start()
    assert members.alive == {"a"}
    assert members.is_gone("b")
    members.stop()
