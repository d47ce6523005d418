# SPDX-License-Identifier: Apache-2.0
"""A server is notified of so many zones at once; the others wait for their turn."""

from designate.worker.windows import HOLD, Windows


def test_a_window_lets_in_as_many_as_it_holds() -> None:
    """Each of them as often as it asks."""
    windows = Windows(lambda: 2)
    assert [windows.enter("s", zone, 1, 10.0) for zone in ("a", "b", "c", "a")] == [
        True,
        True,
        False,
        True,
    ]
    assert windows.let_in(10.0) == []
    windows.leave("s", "a", 1)
    assert windows.let_in(10.0) == [("s", "c")]


def test_lanes_take_turns() -> None:
    """One zone of another project does not wait for the hundred of the first."""
    windows = Windows(lambda: 1)
    windows.enter("s", "inside", 1, 10.0)
    for number in range(100):
        windows.enter("s", f"{number}", 1, 10.0)
    windows.enter("s", "light", 2, 10.0)
    order = []
    last = "inside"
    for _ in range(3):
        windows.leave("s", last, 1)
        ((_, last),) = windows.let_in(10.0)
        order.append(last)
    assert order == ["0", "light", "1"]


def test_servers_have_windows_of_their_own() -> None:
    """Who waits for one is told to the other at once."""
    windows = Windows(lambda: 1)
    windows.enter("slow", "a", 1, 10.0)
    assert not windows.enter("slow", "b", 1, 10.0)
    assert windows.enter("fast", "b", 1, 10.0)


def test_a_zone_that_does_not_arrive_leaves_its_place() -> None:
    """After a while, and only to another."""
    windows = Windows(lambda: 1)
    windows.enter("s", "stuck", 1, 10.0)
    assert windows.let_in(10.0 + HOLD) == []
    windows.enter("s", "next", 1, 11.0)
    assert windows.let_in(10.0 + HOLD - 0.1) == []
    assert windows.let_in(10.0 + HOLD) == [("s", "next")]
    assert not windows.enter("s", "stuck", 1, 12.0)


def test_nothing_is_remembered_of_servers_that_nobody_waits_for() -> None:
    """Whether a zone was let in or not."""
    windows = Windows(lambda: 1)
    for zone in ("a", "b"):
        windows.enter("s", zone, 1, 10.0)
    for zone in ("b", "a", "never"):
        windows.leave("s", zone, 1)
    assert windows._windows == {}
