# SPDX-License-Identifier: Apache-2.0
"""Reports for operators: projects and what they have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from designate.errors import ReportNotFound
from designate.model.context import Context
from designate.model.reports import Tenant, TenantZones
from designate.policy.enforcer import Enforcer
from designate.rules import access
from designate.storage import reports
from designate.storage.unit_of_work import Store

_COUNTS: Mapping[str, tuple[str, reports.Count]] = MappingProxyType(
    {
        "zones": ("count_zones", reports.count_zones),
        "records": ("count_records", reports.count_records),
        "tenants": ("count_tenants", reports.count_tenants),
        "zones_delayed_notify": ("count_zones_pending_notify", reports.count_waiting),
    }
)
"""By name: the rule of policy, and the query."""


@dataclass(frozen=True, slots=True)
class Reports:
    """See `contracts.reports.Reports`."""

    store: Store
    enforcer: Enforcer

    def tenants(self, ctx: Context) -> list[Tenant]:
        """See the contract."""
        self.enforcer.check(ctx, "find_tenants", access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            return reports.tenants(connection, access.scope(ctx))

    def tenant(self, ctx: Context, project_id: str) -> TenantZones:
        """See the contract."""
        self.enforcer.check(ctx, "get_tenant", access.owner_target(project_id))
        if access.scope(ctx) not in (None, project_id):
            return TenantZones(id=project_id, zones=[])
        with self.store.read() as connection:
            return TenantZones(id=project_id, zones=reports.zones_of(connection, project_id))

    def counts(self, ctx: Context, names: Sequence[str]) -> dict[str, int]:
        """See the contract."""
        for name in names:
            if name not in _COUNTS:
                raise ReportNotFound
            rule, _ = _COUNTS[name]
            self.enforcer.check(ctx, rule, access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            return {name: _COUNTS[name][1](connection, access.scope(ctx)) for name in names}
