# SPDX-License-Identifier: Apache-2.0
"""What a filter is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from designate.model.pools import Pool


@dataclass(frozen=True, slots=True)
class Facts:
    """The new zone's attributes, the pools the project may see, and the default among them.

    `may_force` raises Forbidden unless the caller may choose a pool.
    """

    attributes: Mapping[str, str]
    pools: Sequence[Pool]
    default_pool_id: str
    may_force: Callable[[], None]

    @property
    def default(self) -> list[Pool]:
        """The default pool, if it exists and is visible."""
        return [pool for pool in self.pools if pool.id == self.default_pool_id]


Filter = Callable[[Facts, Sequence[Pool]], Sequence[Pool]]


class PoolFilter(Protocol):
    """A filter that another package brings: a class that is made without arguments."""

    def keep(self, facts: Facts, pools: Sequence[Pool]) -> Sequence[Pool]:
        """The pools that are left of those which the filters before it have left."""
