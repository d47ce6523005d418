# SPDX-License-Identifier: Apache-2.0
"""A server is found silent once, tried once in a while, and welcomed once."""

import itertools

from designate.worker.silence import FORGOTTEN_AFTER, LAST_TRY, SILENT_AFTER, Away, Silence


def silent_at(now: float) -> Silence:
    """A server `s` that was found silent at `now`."""
    silence = Silence()
    silence.asked("s", now - SILENT_AFTER)
    assert silence.asked("s", now)
    return silence


def test_a_server_is_silent_after_a_while_without_any_answer() -> None:
    """Found out once, not with each query."""
    silence = Silence()
    found = [silence.asked("s", now) for now in (0.0, 1.0, SILENT_AFTER, 2.0)]
    assert found == [False, False, True, False]
    assert silence.is_away("s")


def test_an_answer_in_between_begins_the_while_anew() -> None:
    """The answer to any zone's query counts."""
    silence = Silence()
    silence.asked("s", 0.0)
    assert not silence.heard("s")
    assert not silence.asked("s", SILENT_AFTER)


def test_a_silent_server_that_answers_is_back_once() -> None:
    """Its zones hear of it at the first answer."""
    silence = silent_at(10.0)
    assert [silence.heard("s"), silence.heard("s")] == [True, False]
    assert not silence.is_away("s")


def test_silent_servers_are_tried_at_growing_pauses() -> None:
    """However many zones wait for them."""
    silence = silent_at(0.0)
    tries = [tenth for tenth in range(1, 600) if silence.to_try(tenth / 10)]
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert tries[0] <= 6
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 10 * LAST_TRY + 1


def test_a_server_that_no_zone_asks_for_is_forgotten() -> None:
    """Servers leave pools."""
    silence = silent_at(0.0)
    assert silence.to_try(FORGOTTEN_AFTER + 1) == []
    assert silence.next_try() is None


def test_a_server_away_is_due_when_its_pause_is_over() -> None:
    """Asking puts the next time off."""
    away = Away.at(5.0)
    assert not away.due(5.1)
    assert away.due(6.0)
    assert not away.due(6.0)
