# SPDX-License-Identifier: Apache-2.0
"""Runs the configured filters until exactly one pool is left."""

from collections.abc import Sequence

from designate.errors import (
    ConfigurationError,
    MultiplePoolsFound,
    NoFiltersConfigured,
    NoValidPoolFound,
)
from designate.model.pools import Pool
from designate.scheduler.filters import FILTERS, Facts


class Scheduler:
    """The filters of `[service:central] scheduler_filters`, in their order."""

    def __init__(self, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in FILTERS]
        if unknown:
            raise ConfigurationError(f"Unknown scheduler_filters: {', '.join(unknown)}")
        self._filters = [FILTERS[name] for name in names]

    def choose(self, facts: Facts) -> Pool:
        """The one pool that the filters leave.

        Raises NoFiltersConfigured, NoValidPoolFound, MultiplePoolsFound, Forbidden.
        """
        if not self._filters:
            raise NoFiltersConfigured
        left: Sequence[Pool] = facts.pools
        for keep in self._filters:
            left = keep(facts, left)
        if not left:
            raise NoValidPoolFound
        if len(left) > 1:
            raise MultiplePoolsFound
        return left[0]
