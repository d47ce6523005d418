# SPDX-License-Identifier: Apache-2.0
"""Runs the configured filters until exactly one pool is left."""

from collections.abc import Callable, Mapping, Sequence

from designate.errors import (
    BadRequest,
    ConfigurationError,
    MultiplePoolsFound,
    NoFiltersConfigured,
    NoServersConfigured,
    NoValidPoolFound,
)
from designate.model.context import Context
from designate.model.pools import Pool
from designate.scheduler.filters import FILTERS, Facts, Filter


class Scheduler:
    """The filters of `[service:central] scheduler_filters`, in their order."""

    def __init__(
        self,
        names: Sequence[str],
        default_pool_id: str,
        known: Mapping[str, Filter] = FILTERS,
    ) -> None:
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ConfigurationError(f"Unknown scheduler_filters: {', '.join(unknown)}")
        self._filters = [known[name] for name in names]
        self._default_pool_id = default_pool_id

    def choose(
        self,
        ctx: Context,
        attributes: Mapping[str, str],
        pools: Sequence[Pool],
        may_force: Callable[[], None],
    ) -> Pool:
        """The one pool that the filters leave of those the caller may use.

        `may_force` raises Forbidden unless the caller may name the pool. Raises
        NoFiltersConfigured, NoValidPoolFound, MultiplePoolsFound, Forbidden, BadRequest (the pool
        needs a TSIG key), NoServersConfigured.
        """
        if not self._filters:
            raise NoFiltersConfigured
        visible = [
            pool for pool in pools if ctx.all_projects or pool.project_id in (None, ctx.project_id)
        ]
        facts = Facts(attributes, visible, self._default_pool_id, may_force)
        left: Sequence[Pool] = visible
        for keep in self._filters:
            left = keep(facts, left)
        if not left:
            raise NoValidPoolFound
        if len(left) > 1:
            raise MultiplePoolsFound
        return self.usable(left[0])

    def usable(self, pool: Pool) -> Pool:
        """The pool, if zones may be put there; raises BadRequest, NoServersConfigured."""
        if pool.id != self._default_pool_id and not pool.owns_tsigkey:
            raise BadRequest(f"The pool {pool.name} needs a TSIG key of scope POOL")
        if not pool.ns_records:
            raise NoServersConfigured
        return pool
