# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about zone exports (API.md section 12)."""

from collections.abc import Iterator
from typing import Protocol

from designate.model.context import Context
from designate.model.exports import ZoneExport
from designate.model.listing import Page, Query


class Exports(Protocol):
    """Operations on zone exports."""

    def create(self, ctx: Context, zone_id: str) -> ZoneExport:
        """Ask for a zone's text; raises ZoneNotFound, Forbidden, MissingProject, OverQuota."""

    def find(self, ctx: Context, query: Query) -> Page[ZoneExport]:
        """List the project's exports; raises Forbidden and the list errors."""

    def get(self, ctx: Context, export_id: str) -> ZoneExport:
        """Return an export; raises ZoneExportNotFound, Forbidden."""

    def text(self, ctx: Context, export_id: str) -> Iterator[str]:
        """Yield the zone as master-file text of this moment, in pieces (API.md 12.1).

        Raises, before the first piece: ZoneExportNotFound, Forbidden, BadRequest (not COMPLETE),
        ZoneNotFound.
        """

    def zone_text(self, ctx: Context, zone_id: str) -> Iterator[str]:
        """Yield a zone as master-file text, without an export; for administrators.

        Raises, before the first piece: Forbidden, ZoneNotFound.
        """

    def delete(self, ctx: Context, export_id: str) -> None:
        """Forget an export; raises ZoneExportNotFound, Forbidden."""

    def run_next(self) -> bool:
        """Carry out the oldest export that waits, to COMPLETE or ERROR; False when none waits."""
