# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about quotas (API.md section 20)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.quotas import QuotaChange
from designate.model.quotas import Quotas as QuotaValues


class Quotas(Protocol):
    """Operations on quotas.

    One rule for all of them: those of another project need all-projects, or sudo to it. Each
    raises Forbidden, and MissingProject where the caller has no project and not all of them.
    """

    def get(self, ctx: Context, project_id: str | None = None) -> QuotaValues:
        """Return the limits of a project, by default the caller's; any project has some."""

    def update(self, ctx: Context, project_id: str, change: QuotaChange) -> QuotaValues:
        """Set limits of a project, all or none; raises InvalidProject."""

    def reset(self, ctx: Context, project_id: str) -> None:
        """Set all limits of any project back to those of the configuration.

        It needs no switch, as upstream: clients send none.
        """
