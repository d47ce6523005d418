# SPDX-License-Identifier: Apache-2.0
"""Filters that lead to the default pool."""

from collections.abc import Sequence

from designate.model.pools import Pool
from designate.scheduler.filters.facts import Facts


def default_pool(facts: Facts, _candidates: Sequence[Pool]) -> Sequence[Pool]:
    """The default pool, whatever the candidates are."""
    return facts.default


def fallback(facts: Facts, candidates: Sequence[Pool]) -> Sequence[Pool]:
    """The default pool where no candidate is left."""
    return candidates or facts.default


def in_doubt_default_pool(facts: Facts, candidates: Sequence[Pool]) -> Sequence[Pool]:
    """The default pool where it is one of several candidates."""
    if len(candidates) > 1 and any(pool.id == facts.default_pool_id for pool in candidates):
        return facts.default
    return candidates
