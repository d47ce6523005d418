# SPDX-License-Identifier: Apache-2.0
"""Which period of a task is due, and who may take it."""

import math
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from designate.producer import turns
from designate.producer.periods import SILENCE
from designate.producer.turns import AHEAD, PATIENCE, Rests, Watched
from designate.storage.periods import Progress


@dataclass(frozen=True)
class Timed:
    """What of a task decides when it is due."""

    interval: int
    missed: int = 0


def at(done: int, beat: int = 0, goal: int | None = None, holder: str | None = None) -> Progress:
    """A row."""
    return Progress(shard=0, done=done, goal=goal, position=None, holder=holder, beat=beat)


@given(st.integers(1, 100_000), st.floats(1e9, 4e9), st.integers(0, 50))
def test_a_task_begins_with_the_period_under_way(interval: int, now: float, missed: int) -> None:
    """And has it done when it ends, not before."""
    task = Timed(interval, missed)
    row = at(turns.first(task, now))
    assert turns.goal(task, row, now) is None
    following = turns.following(task, row, now)
    assert now < following <= now + interval
    assert turns.goal(task, row, following) == following


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.lists(st.integers(0, 30_000)))
def test_periods_are_without_gap_or_overlap_whenever_somebody_looks(
    interval: int, later: int, pauses: list[int]
) -> None:
    """Also when the interval is changed under way, and the clock set back."""
    now, row = 2_000_000_000, at(turns.first(Timed(interval), 2_000_000_000))
    for number, pause in enumerate(pauses):
        now += pause if number % 5 else -pause
        task = Timed(interval if number < len(pauses) / 2 else later, missed=1_000_000)
        for _ in range(3):
            if (goal := turns.goal(task, row, now)) is None:
                break
            assert turns.begin(task, row, now) == row.done < goal <= now
            assert goal - row.done <= task.interval
            row = at(goal)


def test_too_many_missed_periods_are_left_out() -> None:
    """The oldest of them."""
    task = Timed(10, missed=3)
    assert turns.begin(task, at(0), 105.0) == 70
    assert turns.goal(task, at(0), 105.0) == 80
    assert turns.begin(task, at(90), 105.0) == 90


def test_other_tasks_make_up_for_all_of_them_at_once() -> None:
    """In one run, which ends with the newest."""
    task = Timed(10)
    assert (turns.begin(task, at(0), 105.0), turns.goal(task, at(0), 105.0)) == (0, 100)


def test_a_clock_that_was_far_ahead_puts_nothing_off() -> None:
    """What does not make up for missed periods goes on with the newest one."""
    task, now = Timed(10), 10_005.0
    ahead = at(20_000)
    assert (turns.begin(task, ahead, now), turns.goal(task, ahead, now)) == (9_990, 10_000)
    assert turns.goal(task, at(10_000), now) is None
    nodes_differ = at(10_000 + int(AHEAD))
    assert turns.goal(task, nodes_differ, now) is None
    assert turns.goal(Timed(10, missed=3), ahead, now) is None
    assert turns.goal(task, at(20_000, goal=20_010), now) == 20_010


def test_a_period_under_way_stays_what_it_is() -> None:
    """Whatever the clock says."""
    for missed in (0, 3):
        row = at(0, goal=20)
        assert turns.goal(Timed(10, missed), row, 1e9) == 20
        assert turns.begin(Timed(10, missed), row, 1e9) == 0


def test_who_may_take_a_period() -> None:
    """Its owner at once, others when the owner does not begin, from the living after a silence."""
    now = [0.0]
    watched = Watched(lambda: now[0])
    row = at(0)
    watched.see([row])
    assert watched.is_free(row, own=True, lives=False)
    assert not watched.is_free(row, own=False, lives=False)
    assert not watched.is_free(row, own=True, lives=True)
    now[0] = PATIENCE
    watched.see([row])
    assert watched.is_free(row, own=False, lives=False)
    assert not watched.is_free(row, own=True, lives=True)
    now[0] = SILENCE
    watched.see([row])
    assert watched.is_free(row, own=False, lives=True)
    moved = at(0, beat=1)
    watched.see([moved])
    assert not watched.is_free(moved, own=False, lives=True)


def test_a_rest_that_has_ended_hurries_nobody() -> None:
    """Its part may be somebody else's by now, for whom nobody looks all the time."""
    now = [0.0]
    rests = Rests(lambda: now[0])
    assert rests.shortest == math.inf
    rests.begin(0, 10.0)
    rests.begin(64, 15.0)
    now[0] = 4.0
    assert (rests.shortest, rests.is_over(0)) == (6.0, False)
    now[0] = 12.0
    assert rests.shortest == 3.0
    now[0] = 20.0
    assert rests.shortest == math.inf
    assert rests.is_over(0)
