# SPDX-License-Identifier: Apache-2.0
"""Lanes take turns, by their weight."""

from designate.model.work import Lane
from designate.rules.fairness import in_turn, most_of_one


def test_lanes_take_turns() -> None:
    """In the order in which they were found; each keeps its own order."""
    waiting: dict[Lane, list[str]] = {1: ["a", "b", "c"], None: ["x"], 2: ["p", "q"]}
    assert in_turn(waiting, {}) == ["a", "x", "p", "b", "q", "c"]


def test_a_crowd_does_not_come_before_one() -> None:
    """Whichever stands first."""
    crowd = [str(n) for n in range(50_000)]
    assert in_turn({1: crowd, 2: ["alone"]}, {})[:2] == ["0", "alone"]
    assert in_turn({2: ["alone"], 1: crowd}, {})[:2] == ["alone", "0"]


def test_a_lane_has_as_many_turns_as_it_weighs() -> None:
    """In each round; a weight below one counts as one."""
    waiting: dict[Lane, list[str]] = {1: ["a", "b", "c", "d"], 2: ["p", "q", "r"]}
    assert in_turn(waiting, {1: 2, 2: 0}) == ["a", "b", "p", "c", "d", "q", "r"]


def test_nobody_takes_all_places() -> None:
    """One alone gets half of them, two get a third each, and the last place can be had."""
    held = [0, 0]
    while held[0] < most_of_one(900 - sum(held)):
        held[0] += 1
    assert held[0] == 450
    while held[1] < most_of_one(900 - sum(held)):
        held[1] += 1
    assert held[1] == 225
    assert most_of_one(0) == 1
