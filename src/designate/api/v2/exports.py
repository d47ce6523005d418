# SPDX-License-Identifier: Apache-2.0
"""Zone exports over HTTP (API.md section 12)."""

from typing import Any

import falcon

from designate.api import description, media, paging
from designate.api.description import Shape, operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.exports import Exports
from designate.errors import OverQuota, ZoneExportNotFound, ZoneNotFound
from designate.model.exports import ZoneExport

COLLECTION = paging.Collection(
    "exports",
    filters=frozenset({"status", "message", "zone_id"}),
    sort_keys=("created_at", "id", "updated_at"),
)
_PATH = "/v2/zones/tasks/exports"


SHAPE = description.shown(
    "ZoneExport",
    {
        "id": description.ID,
        "status": description.TASK_STATUS,
        "message": description.NULLABLE_TEXT,
        "location": description.NULLABLE_TEXT,
        "zone_id": description.NULLABLE_ID,
        "project_id": description.TEXT,
        "created_at": description.MOMENT,
        "updated_at": description.NULLABLE_MOMENT,
        "version": description.VERSION,
        "links": description.LINKS,
    },
)
_PAGE = description.page(SHAPE, COLLECTION)
_TEXT = Shape("ZoneText", description.TEXT, media.DNS)


def render(export: ZoneExport, base: str) -> dict[str, Any]:
    """Render an export; it links to its text once there is one."""
    place = {"self": f"{base}{_PATH}/{export.id}"}
    if export.location is not None and export.location.startswith("designate://"):
        place["export"] = f"{base}{_PATH}/{export.id}/export"
    return {
        "id": export.id,
        "status": export.status,
        "message": export.message,
        "location": export.location,
        "zone_id": export.zone_id,
        "project_id": export.project_id,
        "created_at": media.timestamp(export.created_at),
        "updated_at": media.timestamp(export.updated_at),
        "version": export.version,
        "links": place,
    }


class ExportTask:
    """/v2/zones/{zone_id}/tasks/export"""

    def __init__(self, exports: Exports, links: Links) -> None:
        self._exports = exports
        self._links = links

    @operation({202: SHAPE}, refuses=[OverQuota, ZoneNotFound], policy=["create_zone_export"])
    def on_post(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Ask for a zone's text; a body means nothing."""
        export = self._exports.create(req.caller, identifier("zone_id", zone_id))
        media.created(resp, render(export, self._links.base(req.env)))


class ExportList:
    """/v2/zones/tasks/exports"""

    def __init__(self, exports: Exports, links: Links, pages: paging.Paging) -> None:
        self._exports = exports
        self._links = links
        self._pages = pages

    @operation({200: _PAGE}, listed=COLLECTION, policy=["find_zone_exports"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List exports."""
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION)
        found = query, self._exports.find(req.caller, query)
        body = paging.envelope(
            COLLECTION, base + _PATH, req.arguments, found, lambda export: render(export, base)
        )
        media.answer(resp, body)


class ExportItem:
    """/v2/zones/tasks/exports/{export_id}"""

    def __init__(self, exports: Exports, links: Links) -> None:
        self._exports = exports
        self._links = links

    @operation({200: SHAPE}, refuses=[ZoneExportNotFound], policy=["get_zone_export"])
    def on_get(self, req: Request, resp: falcon.Response, export_id: str) -> None:
        """Show an export."""
        export = self._exports.get(req.caller, identifier("export_id", export_id))
        media.answer(resp, render(export, self._links.base(req.env)))

    @operation({204: None}, refuses=[ZoneExportNotFound], policy=["delete_zone_export"])
    def on_delete(self, req: Request, resp: falcon.Response, export_id: str) -> None:
        """Forget an export."""
        self._exports.delete(req.caller, identifier("zone_export_id", export_id))
        resp.status = falcon.HTTP_204


class ExportText:
    """/v2/zones/tasks/exports/{export_id}/export"""

    writes = media.DNS

    def __init__(self, exports: Exports) -> None:
        self._exports = exports

    @operation(
        {200: _TEXT},
        refuses=[ZoneExportNotFound, ZoneNotFound],
        policy=["zone_export", "get_zone_export", "get_zone"],
    )
    def on_get(self, req: Request, resp: falcon.Response, export_id: str) -> None:
        """Send the zone as it is now, piece by piece."""
        text = self._exports.text(req.caller, identifier("export_id", export_id))
        media.answer_text(resp, text)
