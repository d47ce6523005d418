# SPDX-License-Identifier: Apache-2.0
"""Exports: ask for a zone's text, and fetch it."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from designate.errors import BadRequest, ZoneExportNotFound
from designate.model.context import Context
from designate.model.exports import COMPLETE, ZoneExport
from designate.model.listing import Page, Query
from designate.policy.enforcer import Enforcer
from designate.rules import access, quota
from designate.storage import exports, quotas, rows, tasks, zones
from designate.storage.tables.tasks import EXPORT
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store
from designate.wire import zonefile

_IN_MEMORY = 1 << 20
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Exports:
    """See `contracts.exports.Exports`."""

    store: Store
    enforcer: Enforcer
    limits: Mapping[str, int]

    def create(self, ctx: Context, zone_id: str) -> ZoneExport:
        """See the contract."""
        export_id = rows.ordered_id()

        def write(tx: Transaction) -> ZoneExport:
            zone = access.visible(ctx, zones.get(tx.connection, zone_id, ctx.project_id))
            self.enforcer.check(ctx, "create_zone_export", access.zone_target(zone))
            project_id = access.project(ctx)
            limits = quotas.limits(tx.connection, zone.project_id, self.limits)
            quota.check(limits, api_export_size=zone.recordset_count)
            values = {"id": export_id, "task_type": EXPORT, "project_id": project_id}
            tasks.add(tx, values | {"zone_id": zone.id, "context": "{}", "attributes": "{}"})
            return ZoneExport(
                id=export_id, project_id=project_id, zone_id=zone.id, created_at=tx.now
            )

        return self.store.write(write)

    def find(self, ctx: Context, query: Query) -> Page[ZoneExport]:
        """See the contract."""
        self.enforcer.check(ctx, "find_zone_exports", access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            page = tasks.find(connection, EXPORT, query, access.scope(ctx))
        return Page([exports.export_of(row) for row in page.items], page.total)

    def get(self, ctx: Context, export_id: str) -> ZoneExport:
        """See the contract."""
        self.enforcer.check(ctx, "get_zone_export", access.owner_target(ctx.project_id))
        with self.store.read() as connection:
            row = tasks.get(connection, EXPORT, export_id, access.scope(ctx))
        if row is None:
            raise ZoneExportNotFound
        return exports.export_of(row)

    def text(self, ctx: Context, export_id: str) -> Iterator[str]:
        """See the contract."""
        self.enforcer.check(ctx, "zone_export", access.owner_target(ctx.project_id))
        export = self.get(ctx, export_id)
        if export.status != COMPLETE:
            raise BadRequest("The export is not complete")
        with self.store.read() as connection:
            zone = access.visible(ctx, zones.get(connection, export.zone_id, ctx.project_id))
        self.enforcer.check(ctx, "get_zone", access.zone_target(zone))
        return self._text(zone.id)

    def zone_text(self, ctx: Context, zone_id: str) -> Iterator[str]:
        """See the contract."""
        self.enforcer.check(ctx, "zone_export", {})
        with self.store.read() as connection:
            zone = access.visible(ctx, zones.get(connection, zone_id, ctx.project_id))
        return self._text(zone.id)

    def _text(self, zone_id: str) -> Iterator[str]:
        """Render from one snapshot into a spool: a slow client does not hold the snapshot."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="") as spool:
            with self.store.snapshot() as connection:
                zone = zones.get_any(connection, zone_id)
                if zone is not None:
                    records = exports.records(connection, zone)
                    # Not writelines(): that holds all of them in memory before it looks.
                    for line in zonefile.write(zone.name, zone.ttl, records):
                        spool.write(line)
            spool.seek(0)
            while piece := spool.read(_PIECE):
                yield piece

    def delete(self, ctx: Context, export_id: str) -> None:
        """See the contract."""
        self.enforcer.check(ctx, "delete_zone_export", access.owner_target(ctx.project_id))

        def write(tx: Transaction) -> None:
            if tasks.get(tx.connection, EXPORT, export_id, access.scope(ctx)) is None:
                raise ZoneExportNotFound
            tasks.remove(tx, export_id)

        self.store.write(write)

    def run_next(self) -> bool:
        """See the contract."""
        return self.store.write(_complete_next)


def _complete_next(tx: Transaction) -> bool:
    row = tasks.claim(tx, EXPORT, rows.new_id())
    if row is None:
        return False
    location = f"designate://v2/zones/tasks/exports/{row.id}/export"
    tasks.update_task(tx, row.id, status=COMPLETE, location=location)
    return True
