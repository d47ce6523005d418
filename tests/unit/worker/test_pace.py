# SPDX-License-Identifier: Apache-2.0
"""A name rests between looks, the longer the more names are busy."""

from collections.abc import Iterator
from itertools import islice

from designate.worker.pace import LONGEST_REST, REST, Pace


def test_a_first_look_waits_for_nothing() -> None:
    """However busy other names are."""
    pace = Pace()
    pace.looked([f"{n}." for n in range(1000)], 10.0)
    assert set(pace.rested({"new."}, 10.0)) == {"new."}
    assert pace.next_rested({"new.", "1."}) <= 10.0


def test_one_busy_name_rests_for_a_moment() -> None:
    """And no longer, so that its changes come one by one when they are made one by one."""
    pace = Pace()
    pace.looked({"a."}, 10.0)
    assert set(pace.rested({"a."}, 10.0 + REST / 2)) == set()
    assert pace.next_rested({"a."}) == 10.0 + REST
    assert set(pace.rested({"a."}, 10.0 + REST)) == {"a."}


def test_many_busy_names_take_turns() -> None:
    """All of them together are looked at once in REST seconds, and each within LONGEST_REST."""
    pace = Pace()
    names = {f"{n}." for n in range(20)}
    pace.looked(names, 10.0)
    assert set(pace.rested(names, 10.0 + 19 * REST)) == set()
    assert set(pace.rested(names, 10.0 + 20.5 * REST)) == names
    crowd = {f"{n}." for n in range(1000)}
    pace.looked(crowd, 20.0)
    assert pace.next_rested(crowd) == 20.0 + LONGEST_REST


def test_names_that_fell_quiet_are_forgotten() -> None:
    """They slow nobody down, and take no memory."""
    pace = Pace()
    pace.looked([f"{n}." for n in range(1000)], 10.0)
    pace.looked({"a."}, 10.0 + LONGEST_REST)
    assert set(pace.rested({"a."}, 10.0 + LONGEST_REST + REST)) == {"a."}


def test_no_more_names_are_looked_at_than_are_asked_for() -> None:
    """Besides those that rest."""
    pace = Pace()
    names = dict.fromkeys(f"{n}." for n in range(1000))
    pace.looked(list(names)[:30], 10.0)
    looked_at: list[str] = []

    def each() -> Iterator[str]:
        for name in names:
            looked_at.append(name)
            yield name

    assert list(islice(pace.rested(each(), 10.0), 5)) == list(names)[30:35]
    assert len(looked_at) == 35
