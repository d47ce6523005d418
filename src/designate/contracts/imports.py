# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about zone imports (API.md section 13)."""

from collections.abc import Iterable
from typing import Protocol

from designate.model.context import Context
from designate.model.imports import ZoneImport
from designate.model.listing import Page, Query


class Imports(Protocol):
    """Operations on zone imports."""

    def create(self, ctx: Context, body: Iterable[bytes], attributes: dict[str, str]) -> ZoneImport:
        """Store a zone file, given in pieces, and queue its import.

        The file is durable when this returns. `attributes` are the new zone's scheduler hints.
        Raises Forbidden, MissingProject, NoValidPoolFound, and what `body` raises.
        """

    def find(self, ctx: Context, query: Query) -> Page[ZoneImport]:
        """List the project's imports; raises Forbidden and the list errors."""

    def get(self, ctx: Context, import_id: str) -> ZoneImport:
        """Return an import; raises ZoneImportNotFound, Forbidden."""

    def delete(self, ctx: Context, import_id: str) -> None:
        """Forget the task, not the zone; raises ZoneImportNotFound, Forbidden."""

    def run_next(self) -> bool:
        """Carry out an import that waits, to COMPLETE or ERROR; False when none waits.

        Projects take turns; of each the oldest comes first.
        An import that an ended process left half done starts anew.
        """
