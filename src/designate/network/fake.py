# SPDX-License-Identifier: Apache-2.0
"""Floating IPs of a cloud without Neutron: those that the configuration names."""

from designate.conf.fake_network import Settings
from designate.errors import NotFound
from designate.model.context import Context
from designate.model.floatingips import FloatingIP


class Fake:
    """See `contracts.network.Network`. What is put into `allocated`, by project, is there."""

    def __init__(self, settings: Settings) -> None:
        self.allocated: dict[str, list[FloatingIP]] = {}
        for item in settings.floatingips:
            found = FloatingIP(region=item.region, id=item.id, address=item.address)
            self.allocated.setdefault(item.project_id, []).append(found)

    def find(self, ctx: Context) -> list[FloatingIP]:
        """See the contract."""
        return list(self.allocated.get(ctx.project_id or "", ()))

    def get(self, ctx: Context, region: str, floatingip_id: str) -> FloatingIP:
        """See the contract."""
        for item in self.find(ctx):
            if (item.region, item.id) == (region, floatingip_id):
                return item
        raise NotFound
