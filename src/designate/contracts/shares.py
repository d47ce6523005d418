# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about shares of zones (API.md section 9)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.shares import Share


class Shares(Protocol):
    """Operations on shares."""

    def create(self, ctx: Context, zone_id: str, target_project_id: str) -> Share:
        """Share a zone with a project.

        Raises, in this order: InvalidProject, ZoneNotFound, Forbidden, BadRequest (the zone is
        being deleted), MissingProject, BadRequest (the target owns the zone), DuplicateSharedZone.
        """

    def find(self, ctx: Context, zone_id: str, query: Query) -> Page[Share]:
        """List the shares of a zone: all for its owner, else those with the caller's project.

        Of a zone that the caller does not see there are none. Raises Forbidden and the list errors.
        """

    def get(self, ctx: Context, zone_id: str, share_id: str) -> Share:
        """Return a share; raises SharedZoneNotFound, Forbidden."""

    def delete(self, ctx: Context, zone_id: str, share_id: str) -> None:
        """Take a share back.

        Raises SharedZoneNotFound, Forbidden, SharedZoneHasSubZone, SharedZoneHasRecordSets.
        """
