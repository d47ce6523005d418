# SPDX-License-Identifier: Apache-2.0
"""Lets the zone's attribute `pool_id` name the pool."""

from collections.abc import Sequence

from designate.model.pools import Pool
from designate.scheduler.filters.facts import Facts


def pool_id_attribute(facts: Facts, candidates: Sequence[Pool]) -> Sequence[Pool]:
    """The named pool if it is visible and the caller may choose; raises Forbidden otherwise."""
    wanted = facts.attributes.get("pool_id")
    if wanted is None:
        return candidates
    if not any(pool.id == wanted for pool in facts.pools):
        return []
    facts.may_force()
    return [pool for pool in candidates if pool.id == wanted]
