# SPDX-License-Identifier: Apache-2.0
"""Accepts of transfer requests over HTTP (API.md section 15)."""

from typing import Any

import falcon

from designate.api import description, fields, media, paging
from designate.api.description import operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.transfer_accepts import TransferAccepts
from designate.errors import (
    InvalidKey,
    InvalidObject,
    InvalidZoneTransferRequest,
    OverQuota,
    ZoneTransferAcceptNotFound,
    ZoneTransferRequestNotFound,
)
from designate.model.transfer_accepts import NewTransferAccept, TransferAccept

COLLECTION = paging.Collection(
    "transfer_accepts",
    filters=frozenset({"status"}),
    sort_keys=("created_at", "id", "updated_at"),
)
_PATH = "/v2/zones/tasks/transfer_accepts"
_NOUN = "transfer accept"
_NEW: dict[str, fields.Field] = {
    "key": fields.text(160),
    "zone_transfer_request_id": fields.uuid,
}
_READ_ONLY = frozenset(
    {"id", "project_id", "status", "zone_id", "created_at", "updated_at", "links"}
)


def parse_new(body: dict[str, Any]) -> NewTransferAccept:
    """Read an accept to be made; raises InvalidObject."""
    fields.refuse_unknown(_NOUN, body, (frozenset(_NEW), _READ_ONLY))
    fields.refuse_read_only(_NOUN, body, _READ_ONLY)
    values = fields.read(body, _NEW)
    if "key" not in values:
        raise InvalidObject(problems=[fields.required("key")])
    return NewTransferAccept(**values)


SHAPE = description.shown(
    "TransferAccept",
    {
        "id": description.ID,
        "zone_transfer_request_id": description.ID,
        "project_id": description.TEXT,
        "key": description.NULLABLE_TEXT,
        "status": {"enum": ["ACTIVE", "COMPLETE", "ERROR"]},
        "zone_id": description.ID,
        "created_at": description.MOMENT,
        "updated_at": description.NULLABLE_MOMENT,
        "links": description.LINKS,
    },
)
_PAGE = description.page(SHAPE, COLLECTION)
_NEW_ACCEPT = description.accepted("NewTransferAccept", _NEW, required=list(_NEW))
_TAKING = (InvalidKey, InvalidZoneTransferRequest, OverQuota, ZoneTransferRequestNotFound)


def render(accept: TransferAccept, base: str) -> dict[str, Any]:
    """Render an accept with links below `base`."""
    return {
        "id": accept.id,
        "zone_transfer_request_id": accept.zone_transfer_request_id,
        "project_id": accept.project_id,
        "key": accept.key,
        "status": accept.status,
        "zone_id": accept.zone_id,
        "created_at": media.timestamp(accept.created_at),
        "updated_at": media.timestamp(accept.updated_at),
        "links": {
            "self": f"{base}{_PATH}/{accept.id}",
            "zone": f"{base}/v2/zones/{accept.zone_id}",
        },
    }


class TransferAcceptList:
    """/v2/zones/tasks/transfer_accepts"""

    def __init__(self, accepts: TransferAccepts, links: Links, pages: paging.Paging) -> None:
        self._accepts = accepts
        self._links = links
        self._pages = pages

    @operation({200: _PAGE}, listed=COLLECTION, policy=["find_zone_transfer_accepts"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List accepts."""
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION)
        found = query, self._accepts.find(req.caller, query)
        body = paging.envelope(
            COLLECTION, base + _PATH, req.arguments, found, lambda accept: render(accept, base)
        )
        media.answer(resp, body)

    @operation(
        {201: SHAPE},
        bodies=[_NEW_ACCEPT],
        refuses=_TAKING,
        policy=["get_zone_transfer_request", "create_zone_transfer_accept"],
    )
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Take a zone over."""
        new = parse_new(media.json_object(req, _NOUN))
        accept = self._accepts.create(req.caller, new)
        media.created(resp, render(accept, self._links.base(req.env)), falcon.HTTP_201)


class TransferAcceptItem:
    """/v2/zones/tasks/transfer_accepts/{transfer_accept_id}"""

    def __init__(self, accepts: TransferAccepts, links: Links) -> None:
        self._accepts = accepts
        self._links = links

    @operation(
        {200: SHAPE}, refuses=[ZoneTransferAcceptNotFound], policy=["get_zone_transfer_accept"]
    )
    def on_get(self, req: Request, resp: falcon.Response, transfer_accept_id: str) -> None:
        """Show an accept, without the key."""
        accept_id = identifier("transfer_accept_id", transfer_accept_id)
        accept = self._accepts.get(req.caller, accept_id)
        media.answer(resp, render(accept, self._links.base(req.env)))
