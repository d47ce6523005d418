# SPDX-License-Identifier: Apache-2.0
"""Picks one of the candidates by chance."""

from collections.abc import Sequence
from random import choice

from designate.model.pools import Pool
from designate.scheduler.filters.facts import Facts


def random(_facts: Facts, candidates: Sequence[Pool]) -> Sequence[Pool]:
    """One of the candidates, or none where there is none."""
    return [choice(candidates)] if candidates else []
