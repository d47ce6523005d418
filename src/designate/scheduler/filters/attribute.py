# SPDX-License-Identifier: Apache-2.0
"""Keeps the pools that have the attributes the zone asks for."""

from collections.abc import Sequence

from designate.model.pools import Pool
from designate.scheduler.filters.facts import Facts

_TRUE = frozenset({"1", "t", "true", "on", "y", "yes"})
_FALSE = frozenset({"0", "f", "false", "off", "n", "no"})


def attribute(facts: Facts, candidates: Sequence[Pool]) -> Sequence[Pool]:
    """Pools with every requested attribute; a pool without attributes always stays."""
    wanted = {key: value for key, value in facts.attributes.items() if key != "pool_id"}
    return [pool for pool in candidates if _matches(pool, wanted)]


def _matches(pool: Pool, wanted: dict[str, str]) -> bool:
    if not pool.attributes:
        return True
    return all(
        key in pool.attributes and _equal(pool.attributes[key], value)
        for key, value in wanted.items()
    )


def _equal(one: str, other: str) -> bool:
    words = {one.lower(), other.lower()}
    return one == other or words <= _TRUE or words <= _FALSE
