# SPDX-License-Identifier: Apache-2.0
"""Projects where there is no Keystone to ask."""

from designate.model.context import Context


class BelievedProjects:
    """See `contracts.projects.Projects`: whatever is named exists."""

    def check(self, ctx: Context, project_id: str) -> None:
        """See the contract."""
