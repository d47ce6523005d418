# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about the PTR records of floating IPs (API.md section 16)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.floatingips import NamedFloatingIP, PtrChange


class FloatingIPs(Protocol):
    """Operations on the PTR records of floating IPs.

    The network service's errors are those of `contracts.network.Network`.
    """

    def find(self, ctx: Context) -> list[NamedFloatingIP]:
        """The floating IPs of the caller's project with their PTR records; raises Forbidden."""

    def get(self, ctx: Context, region: str, floatingip_id: str) -> NamedFloatingIP:
        """One of them; raises NotFound, Forbidden."""

    def update(
        self, ctx: Context, region: str, floatingip_id: str, change: PtrChange
    ) -> NamedFloatingIP | None:
        """Set or remove a PTR record; None unless one was set.

        To set: a new version of the nearest reverse zone that the project of managed resources
        has, or such a zone. It takes the place of any other PTR record of the address. To remove,
        the network service is not asked: the record must be this project's.

        Raises Forbidden, MissingProject, NotFound (also: no record to remove), InvalidTTL,
        InvalidRecordSetLocation, BadRequest (the reverse zone is being deleted); and for a new
        zone InvalidZoneName, DuplicateZone, IllegalChild, IllegalParent and the scheduler's.
        """
