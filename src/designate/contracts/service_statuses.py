# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about the states of services (API.md section 23)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.service_statuses import ServiceStatus


class ServiceStatuses(Protocol):
    """Operations on states of services."""

    def find(self, ctx: Context, query: Query) -> Page[ServiceStatus]:
        """List the services that have reported themselves; raises Forbidden and the list errors."""

    def report(self, ctx: Context, hostname: str, services: list[str], status: str) -> None:
        """Note that services of a host are UP or STOPPED; raises Forbidden."""

    def get(self, ctx: Context, service_id: str) -> ServiceStatus:
        """Return the state of a service on a host; raises ServiceStatusNotFound, Forbidden."""
