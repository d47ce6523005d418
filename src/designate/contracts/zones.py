# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about zones (API.md section 6)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.zones import NewZone, Zone, ZoneChange


class Zones(Protocol):
    """Operations on zones."""

    def create(self, ctx: Context, new: NewZone) -> Zone:
        """Create a zone for the caller's project, with its apex SOA and NS recordsets.

        Raises, in the order of API.md 6.3: Forbidden, MissingProject, OverQuota, InvalidZoneName,
        InvalidTTL, DuplicateZone, IllegalChild, IllegalParent, NoValidPoolFound,
        MultiplePoolsFound, NoServersConfigured.
        """

    def find(self, ctx: Context, query: Query) -> Page[Zone]:
        """List own zones and those shared with the project; all zones with all-projects.

        Raises InvalidSortKey, MarkerNotFound, BadRequest (unknown filter), Forbidden.
        """

    def get(self, ctx: Context, zone_id: str) -> Zone:
        """Return a zone; raises ZoneNotFound (also for a foreign zone), Forbidden."""

    def update(self, ctx: Context, zone_id: str, change: ZoneChange) -> Zone:
        """Change a zone as a new version.

        Raises ZoneNotFound, BadRequest (the zone is being deleted), Forbidden, InvalidTTL,
        InvalidObject (a field that the zone's type does not have).
        """

    def delete(self, ctx: Context, zone_id: str) -> Zone:
        """Mark a zone for deletion; it is gone when enough servers no longer have it.

        Raises ZoneNotFound, Forbidden, ZoneIsShared, ZoneHasSubZone.
        """

    def abandon(self, ctx: Context, zone_id: str) -> None:
        """Forget a zone at once; name servers are told nothing, and keep it.

        Raises, in this order: Forbidden, ZoneNotFound, ZoneIsShared, ZoneHasSubZone.
        """

    def move(self, ctx: Context, zone_id: str, pool_id: str | None) -> None:
        """Let another pool serve a zone, one that the scheduler chooses without `pool_id`.

        The servers of the old pool keep the zone until those of the new one serve it. Raises, in
        this order: ZoneNotFound, Forbidden, BadRequest (the pool is unknown, has the zone already,
        or needs a TSIG key), the errors of the scheduler, NoServersConfigured, BadRequest (the zone
        is being deleted), DuplicateZone.
        """

    def transfer_in(self, ctx: Context, zone_id: str) -> None:
        """Have a SECONDARY zone fetched from its masters anew.

        Raises ZoneNotFound, Forbidden, BadRequest (the zone is PRIMARY or is being deleted).
        """
