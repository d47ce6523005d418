# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central for reports (API.md section 24)."""

from collections.abc import Sequence
from typing import Protocol

from designate.model.context import Context
from designate.model.reports import Tenant, TenantZones


class Reports(Protocol):
    """Reports on the caller's project; with all-projects on every project."""

    def tenants(self, ctx: Context) -> list[Tenant]:
        """The projects that have zones, by id; raises Forbidden."""

    def tenant(self, ctx: Context, project_id: str) -> TenantZones:
        """The zones of a project; none of those that the caller does not see. Raises Forbidden."""

    def counts(self, ctx: Context, names: Sequence[str]) -> dict[str, int]:
        """How many there are: "zones", "records" (those that are not managed), "tenants", and
        "zones_delayed_notify" (those that wait for name servers).

        Raises ReportNotFound, Forbidden.
        """
