# SPDX-License-Identifier: Apache-2.0
"""States of services, as they reported them."""

from dataclasses import dataclass
from datetime import timedelta

from designate.errors import ServiceStatusNotFound
from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.service_statuses import ServiceStatus
from designate.policy.enforcer import Enforcer
from designate.storage import service_statuses
from designate.storage.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class ServiceStatuses:
    """See `contracts.service_statuses.ServiceStatuses`.

    `silence`: for how long a service may be silent before it is taken to be down.
    """

    store: Store
    enforcer: Enforcer
    silence: timedelta

    def find(self, ctx: Context, query: Query) -> Page[ServiceStatus]:
        """See the contract."""
        self.enforcer.check(ctx, "find_service_statuses", {})
        with self.store.read() as connection:
            return service_statuses.find(connection, query, self.store.now() - self.silence)

    def report(self, ctx: Context, hostname: str, services: list[str], status: str) -> None:
        """See the contract."""
        self.enforcer.check(ctx, "update_service_status", {})
        self.store.write(lambda tx: service_statuses.report(tx, hostname, services, status))

    def get(self, ctx: Context, service_id: str) -> ServiceStatus:
        """See the contract."""
        self.enforcer.check(ctx, "find_service_status", {})
        with self.store.read() as connection:
            found = service_statuses.get(connection, service_id, self.store.now() - self.silence)
        if found is None:
            raise ServiceStatusNotFound
        return found
