# SPDX-License-Identifier: Apache-2.0
"""Which of those that wait come next: one after the other, each lane as often as it weighs."""

from collections.abc import Mapping, Sequence
from itertools import islice

from designate.model.work import Lane


def in_turn(waiting: Mapping[Lane, Sequence[str]], weights: Mapping[Lane, int]) -> list[str]:
    """All of them in the order of their turns; a lane without a weight has one turn in a round.

    However many wait in one lane, another's first is among the first of all.
    """
    order: list[str] = []
    queues = [(iter(names), max(weights.get(lane, 1), 1)) for lane, names in waiting.items()]
    while queues:
        left = []
        for names, weight in queues:
            turns = list(islice(names, weight))
            order += turns
            if len(turns) == weight:
                left.append((names, weight))
        queues = left
    return order


def most_of_one(free: int) -> int:
    """How many places one may have of those that all have in common: as many as are left.

    So one alone gets half, two a third each, and whoever comes finds some (the dynamic threshold
    of shared buffers, Choudhury and Hahne, 1998).
    """
    return max(free, 1)
