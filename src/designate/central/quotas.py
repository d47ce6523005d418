# SPDX-License-Identifier: Apache-2.0
"""Quotas: read, set, set back."""

from collections.abc import Mapping
from dataclasses import dataclass

from designate.contracts.projects import Projects
from designate.errors import Forbidden
from designate.model import changes
from designate.model.context import Context
from designate.model.quotas import QuotaChange
from designate.model.quotas import Quotas as QuotaValues
from designate.policy.enforcer import Enforcer
from designate.rules import access
from designate.storage import quotas
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Quotas:
    """See `contracts.quotas.Quotas`.

    `defaults` are the limits of the configuration. Where quotas are not `kept`, everybody has
    these for show, and setting them does nothing. `projects` knows whose limits may be set.
    """

    store: Store
    enforcer: Enforcer
    defaults: Mapping[str, int]
    projects: Projects
    kept: bool

    def get(self, ctx: Context, project_id: str | None = None) -> QuotaValues:
        """See the contract."""
        project_id = project_id or ctx.project_id
        self._check(ctx, "get_quotas", project_id)
        if not self.kept:
            return QuotaValues(**self.defaults)
        with self.store.read() as connection:
            return QuotaValues(**quotas.limits(connection, project_id, self.defaults))

    def update(self, ctx: Context, project_id: str, change: QuotaChange) -> QuotaValues:
        """See the contract."""
        if not ctx.all_projects:
            # A token of the system or of a domain is told first what it lacks.
            access.project(ctx)
        self._check(ctx, "set_quota", project_id)
        self.projects.check(ctx, project_id)
        wanted = changes.given(change)

        def write(tx: Transaction) -> QuotaValues:
            quotas.put(tx, project_id, wanted)
            return QuotaValues(**quotas.limits(tx.connection, project_id, self.defaults))

        return self.store.write(write) if self.kept else QuotaValues(**self.defaults)

    def reset(self, ctx: Context, project_id: str) -> None:
        """See the contract."""
        target = access.owner_target(project_id, all_tenants=ctx.all_projects)
        self.enforcer.check(ctx, "reset_quotas", target)
        if self.kept:
            self.store.write(lambda tx: quotas.remove(tx, project_id))

    def _check(self, ctx: Context, rule: str, project_id: str | None) -> None:
        """Policy first, then whose quotas they are."""
        target = access.owner_target(project_id, all_tenants=ctx.all_projects)
        self.enforcer.check(ctx, rule, target)
        if not ctx.all_projects and project_id != access.project(ctx):
            raise Forbidden("Quotas of another project need all-projects")
