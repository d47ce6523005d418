# SPDX-License-Identifier: Apache-2.0
"""What becomes of a transaction that failed."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from designate.storage import retries
from designate.storage.retries import LONGEST_PAUSE, LONGEST_PAUSE_OF_RIVALS, Step, next_step

DEADLOCK = DBAPIError("UPDATE", {}, Exception(1213, "deadlock"))
AWAY = DBAPIError("UPDATE", {}, Exception(2003, "no connection"))
READ_ONLY = DBAPIError("UPDATE", {}, Exception(1290, "read only"))
IN_THE_WAY = IntegrityError("INSERT", {}, Exception(1062, "duplicate"))
OURS = DBAPIError("INSERT", {}, Exception(1054, "no such column"))


@pytest.mark.parametrize(
    ("error", "facts", "step"),
    [
        (DEADLOCK, {}, Step.AGAIN),
        (DEADLOCK, {"attempt": 50}, Step.AGAIN),
        (DEADLOCK, {"late": True}, Step.GIVE_UP),
        (DEADLOCK, {"writes": 9}, Step.AGAIN),
        (DEADLOCK, {"writes": 9, "attempt": 2}, Step.APART),
        (DEADLOCK, {"divisible": True, "attempt": 2}, Step.APART),
        (AWAY, {"divisible": True, "attempt": 50}, Step.AGAIN),
        (AWAY, {"writes": 9, "attempt": 50}, Step.AGAIN),
        (READ_ONLY, {"writes": 9, "attempt": 50}, Step.AGAIN),
        (AWAY, {"late": True}, Step.GIVE_UP),
        (IN_THE_WAY, {}, Step.AGAIN),
        (IN_THE_WAY, {"writes": 9}, Step.APART),
        (IN_THE_WAY, {"attempt": 5}, Step.GIVE_UP),
        (IN_THE_WAY, {"sole_writer": True}, Step.GIVE_UP),
        (OURS, {}, Step.GIVE_UP),
        (OURS, {"writes": 9}, Step.APART),
    ],
)
def test_a_failure_has_its_step(error: Exception, facts: dict[str, Any], step: Step) -> None:
    """Rivals are met again, many of them apart; what is away is waited for; faults are told."""
    told: dict[str, Any] = {"writes": 1, "attempt": 1, "late": False, "sole_writer": False}
    divisible = {"divisible": facts.get("writes", 1) > 1}
    assert next_step(error, **(told | divisible | facts)) is step


def test_pauses_are_short_for_rivals_and_longer_for_what_is_away() -> None:
    """And never longer than that, however often it was tried."""
    for error, longest in ((DEADLOCK, LONGEST_PAUSE_OF_RIVALS), (AWAY, LONGEST_PAUSE)):
        pauses = [retries.pause(error, attempt) for attempt in (1, 5, 100, 5000) for _ in range(50)]
        assert longest / 2 < max(pauses) <= longest
