# SPDX-License-Identifier: Apache-2.0
"""What is asked of the network service about floating IPs."""

from typing import Protocol

from designate.model.context import Context
from designate.model.floatingips import FloatingIP


class Network(Protocol):
    """The floating IPs of the caller's project, `ctx.project_id`, asked with the caller's token.

    A plug-in is a class that is made without arguments, under an entry point of the group
    `designate.network_api`. Errors: NoEndpoint (the token's catalogue has no network service),
    ConfigurationError (nothing says where it is), NeutronCommunicationFailure.
    """

    def find(self, ctx: Context) -> list[FloatingIP]:
        """The floating IPs of all regions, all or none: one that fails is a failure.

        The name of a region is part of a key (`model.floatingips.REGION`): others are left out.
        """

    def get(self, ctx: Context, region: str, floatingip_id: str) -> FloatingIP:
        """One floating IP; raises NotFound, also for that of another project."""
