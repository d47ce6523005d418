# SPDX-License-Identifier: Apache-2.0
"""Zone imports over HTTP (API.md section 13)."""

from collections.abc import Iterable
from typing import Any

import falcon
import msgspec

from designate.api import description, fields, media, paging
from designate.api.description import Shape, operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.imports import Imports
from designate.errors import (
    BadRequest,
    InvalidJson,
    NoValidPoolFound,
    PoolNotFound,
    UnsupportedContentType,
    ZoneImportNotFound,
)
from designate.model.imports import ZoneImport

COLLECTION = paging.Collection(
    "imports",
    filters=frozenset({"status", "message", "zone_id"}),
    sort_keys=("created_at", "id", "updated_at"),
)
_PATH = "/v2/zones/tasks/imports"
_attributes = fields.mapping(50)
_MOST_ATTRIBUTES = 1 << 20
"""Bytes of JSON: more than so many attributes have, however they are escaped."""


class _Body(msgspec.Struct):
    """What means nothing is not made; what does, once it is looked at."""

    zonefile: msgspec.Raw
    attributes: msgspec.Raw = msgspec.Raw(b"null")


_decode = msgspec.json.Decoder(_Body).decode


def parse_json(body: bytes) -> tuple[bytes, dict[str, str]]:
    """Read a zone file and the new zone's attributes out of JSON; other keys mean nothing.

    Raises BadRequest, and InvalidObject for attributes that are no object of texts. A zone file
    that is not text is passed on as it is written: the import reports it.
    """
    try:
        given = _decode(body)
        zone_file, attributes = bytes(given.zonefile), bytes(given.attributes)
        if len(attributes) > _MOST_ATTRIBUTES:
            raise BadRequest(f"attributes are more than {_MOST_ATTRIBUTES} bytes")
        named = media.decode(attributes)
        if zone_file.startswith(b'"'):
            zone_file = media.decode(zone_file).encode()
    except msgspec.ValidationError:
        raise BadRequest("zonefile is missing") from None
    except (InvalidJson, ValueError, RecursionError) as error:
        raise BadRequest(str(error)) from error
    return zone_file, _attributes("attributes", named) if named is not None else {}


SHAPE = description.shown(
    "ZoneImport",
    {
        "id": description.ID,
        "status": description.TASK_STATUS,
        "message": description.NULLABLE_TEXT,
        "progress": {
            "type": "object",
            "properties": dict.fromkeys(("records", "bytes", "total_bytes"), description.COUNT),
        },
        "zone_id": description.NULLABLE_ID,
        "project_id": description.TEXT,
        "created_at": description.MOMENT,
        "updated_at": description.NULLABLE_MOMENT,
        "version": description.VERSION,
        "links": description.LINKS,
    },
)
_PAGE = description.page(SHAPE, COLLECTION)
_ZONE_FILE = Shape("ZoneFile", description.TEXT, media.DNS)
_WITH_ATTRIBUTES = Shape(
    "ZoneFileWithAttributes",
    {
        "type": "object",
        "properties": {"zonefile": description.TEXT, "attributes": _attributes.schema},
        "required": ["zonefile"],
    },
)


def render(zone_import: ZoneImport, base: str) -> dict[str, Any]:
    """Render an import; it links to its zone once there is one."""
    place = {"self": f"{base}{_PATH}/{zone_import.id}"}
    if zone_import.zone_id is not None:
        place["zone"] = f"{base}/v2/zones/{zone_import.zone_id}"
    return {
        "id": zone_import.id,
        "status": zone_import.status,
        "message": zone_import.message,
        "progress": {
            "records": zone_import.records_done,
            "bytes": zone_import.bytes_done,
            "total_bytes": zone_import.bytes_total,
        },
        "zone_id": zone_import.zone_id,
        "project_id": zone_import.project_id,
        "created_at": media.timestamp(zone_import.created_at),
        "updated_at": media.timestamp(zone_import.updated_at),
        "version": zone_import.version,
        "links": place,
    }


class ImportList:
    """/v2/zones/tasks/imports"""

    def __init__(self, imports: Imports, links: Links, pages: paging.Paging) -> None:
        self._imports = imports
        self._links = links
        self._pages = pages

    @operation({200: _PAGE}, listed=COLLECTION, policy=["find_zone_imports"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List imports."""
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION)
        found = query, self._imports.find(req.caller, query)
        body = paging.envelope(
            COLLECTION, base + _PATH, req.arguments, found, lambda item: render(item, base)
        )
        media.answer(resp, body)

    @operation(
        {202: SHAPE},
        bodies=[_ZONE_FILE, _WITH_ATTRIBUTES],
        refuses=[NoValidPoolFound, PoolNotFound],
        policy=["create_zone_import", "create_zone"],
    )
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Take a zone file; plain text is passed on as it arrives and never held whole."""
        zone_file, attributes = _body(req)
        zone_import = self._imports.create(req.caller, zone_file, attributes)
        media.created(resp, render(zone_import, self._links.base(req.env)))


def _body(req: Request) -> tuple[Iterable[bytes], dict[str, str]]:
    given = media.media_type(req)
    if given == media.DNS:
        return media.utf8(media.pieces(req)), {}
    if given == media.JSON:
        zone_file, attributes = parse_json(b"".join(media.pieces(req)))
        return [zone_file], attributes
    raise UnsupportedContentType(f"A zone file is sent as {media.DNS} or {media.JSON}")


class ImportItem:
    """/v2/zones/tasks/imports/{import_id}"""

    def __init__(self, imports: Imports, links: Links) -> None:
        self._imports = imports
        self._links = links

    @operation({200: SHAPE}, refuses=[ZoneImportNotFound], policy=["get_zone_import"])
    def on_get(self, req: Request, resp: falcon.Response, import_id: str) -> None:
        """Show an import and how far it is."""
        zone_import = self._imports.get(req.caller, identifier("import_id", import_id))
        media.answer(resp, render(zone_import, self._links.base(req.env)))

    @operation({204: None}, refuses=[ZoneImportNotFound], policy=["delete_zone_import"])
    def on_delete(self, req: Request, resp: falcon.Response, import_id: str) -> None:
        """Forget an import; its zone stays."""
        self._imports.delete(req.caller, identifier("zone_import_id", import_id))
        resp.status = falcon.HTTP_204
