# SPDX-License-Identifier: Apache-2.0
"""What becomes of a transaction that failed: run again, its writes one by one, or given up."""

import random
from enum import Enum, auto

from designate.storage import failures

MAX_CONFLICTS = 5
"""Attempts while a row is in the way: a rival's is found, and a rule met, the next time."""
MAX_LOST = 2
"""Attempts of many writes together that lose to a rival.

Of two nodes of a Galera cluster, one that commits ever again while the other's transaction runs
always wins. One write alone is short enough to come in between.
"""
LONGEST_PAUSE = 0.5
LONGEST_PAUSE_OF_RIVALS = 0.1


class Step(Enum):
    """What is to be done next."""

    AGAIN = auto()
    APART = auto()
    GIVE_UP = auto()


def next_step(
    error: Exception, *, writes: int, attempt: int, late: bool, sole_writer: bool, divisible: bool
) -> Step:
    """After an attempt with so many writes; `late`: their time is up.

    `divisible`: they, or the one that it is, can be done in smaller parts.
    """
    if failures.is_transient(error):
        if divisible and attempt >= MAX_LOST and failures.is_lost_to_rival(error):
            return Step.APART
        return Step.GIVE_UP if late else Step.AGAIN
    if writes > 1:
        # Who stood in the way of one of many shows when it is run alone.
        return Step.APART
    # A sole writer has no rivals: what is in its way stays there.
    may_go = not sole_writer and failures.is_conflict(error) and attempt < MAX_CONFLICTS
    return Step.AGAIN if may_go and not late else Step.GIVE_UP


def pause(error: Exception, attempt: int) -> float:
    """Seconds until the next attempt: any below a bound that rises, so that rivals part."""
    is_rival = failures.is_lost_to_rival(error)
    longest = LONGEST_PAUSE_OF_RIVALS if is_rival else LONGEST_PAUSE
    return random.uniform(0, min(0.01 * 2 ** min(attempt, 10), longest))
