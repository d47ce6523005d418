# SPDX-License-Identifier: Apache-2.0
"""What can be asked of central about recordsets (API.md section 7)."""

from typing import Protocol

from designate.model.context import Context
from designate.model.listing import Page, Query
from designate.model.recordsets import NewRecordSet, RecordSet, RecordSetChange


class RecordSets(Protocol):
    """Operations on recordsets."""

    def create(self, ctx: Context, zone_id: str, new: NewRecordSet) -> RecordSet:
        """Create a recordset as a new version of its zone.

        Raises, in the order of API.md 7.3: InvalidObject (every bad record at once), BadRequest,
        ZoneNotFound, Forbidden, OverQuota, InvalidTTL, InvalidRecordSetName,
        InvalidRecordSetLocation, DuplicateRecordSet.
        """

    def find(self, ctx: Context, zone_id: str, query: Query) -> Page[RecordSet]:
        """List the recordsets of a zone; raises ZoneNotFound, Forbidden and the list errors."""

    def find_all(self, ctx: Context, query: Query) -> Page[RecordSet]:
        """List the project's recordsets over all zones; raises Forbidden and the list errors."""

    def get(self, ctx: Context, zone_id: str, recordset_id: str) -> RecordSet:
        """Return a recordset; raises ZoneNotFound, RecordSetNotFound, Forbidden."""

    def changeable(self, ctx: Context, zone_id: str, recordset_id: str) -> RecordSet:
        """Return a recordset that somebody is about to change.

        Raises what `get` raises, and BadRequest for what `update` never changes.
        """

    def locate(self, ctx: Context, recordset_id: str) -> RecordSet:
        """Return a recordset by its id alone; raises RecordSetNotFound, Forbidden."""

    def update(
        self, ctx: Context, zone_id: str, recordset_id: str, change: RecordSetChange
    ) -> RecordSet:
        """Change a recordset as a new version of its zone; absent fields keep their values.

        Raises, in the order of API.md 7.4: ZoneNotFound, RecordSetNotFound, BadRequest (managed,
        SOA, apex NS, deleting zone), InvalidObject, Forbidden, InvalidTTL,
        InvalidRecordSetLocation, OverQuota.
        """

    def delete(self, ctx: Context, zone_id: str, recordset_id: str) -> RecordSet:
        """Remove a recordset as a new version of its zone and return it as it was.

        Raises ZoneNotFound, RecordSetNotFound, BadRequest, Forbidden.
        """
