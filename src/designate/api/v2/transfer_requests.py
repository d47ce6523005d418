# SPDX-License-Identifier: Apache-2.0
"""Requests to transfer a zone over HTTP (API.md section 14)."""

from typing import Any

import falcon

from designate.api import description, fields, media, paging
from designate.api.description import operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.transfer_requests import TransferRequests
from designate.errors import (
    DuplicateZoneTransferRequest,
    NotFound,
    ZoneNotFound,
    ZoneTransferRequestNotFound,
)
from designate.model.transfer_requests import (
    NewTransferRequest,
    TransferRequest,
    TransferRequestChange,
)

COLLECTION = paging.Collection(
    "transfer_requests",
    filters=frozenset({"status"}),
    sort_keys=("created_at", "id", "updated_at"),
    counted=False,
)
_PATH = "/v2/zones/tasks/transfer_requests"
_NOUN = "transfer request"
_CHANGEABLE: dict[str, fields.Field] = {
    "target_project_id": fields.nullable(fields.project),
    "description": fields.nullable(fields.text(160)),
}
_READ_ONLY = frozenset(
    {
        "id", "zone_id", "project_id", "key", "status", "zone_name", "created_at", "updated_at",
        "links",
    }
)  # fmt: skip
_KEYS = frozenset(_CHANGEABLE)


def parse_new(body: dict[str, Any]) -> NewTransferRequest:
    """Read a request to be made; raises InvalidObject."""
    fields.refuse_unknown(_NOUN, body, (_KEYS, _READ_ONLY))
    fields.refuse_read_only(_NOUN, body, _READ_ONLY)
    return NewTransferRequest(**fields.read(body, _CHANGEABLE))


def parse_change(body: dict[str, Any]) -> TransferRequestChange:
    """Read the changed fields of a request; raises InvalidObject. Others are not looked at."""
    fields.refuse_unknown(_NOUN, body, (_KEYS, _READ_ONLY))
    return TransferRequestChange(**fields.read(body, _CHANGEABLE))


def check_guarded(body: dict[str, Any], stored: dict[str, Any]) -> None:
    """Raise InvalidObject when what stays as it is differs from what is `stored`."""
    guarded = {key: value for key, value in body.items() if key in _READ_ONLY}
    fields.refuse_changed(_NOUN, guarded, stored)


_SHOWN: dict[str, fields.Schema] = {
    "id": description.ID,
    "zone_id": description.ID,
    "project_id": description.TEXT,
    "target_project_id": description.NULLABLE_TEXT,
    "description": description.NULLABLE_TEXT,
    "key": {"type": ["string", "null"], "pattern": "^[A-Z0-9]{8}$"},
    "status": {"enum": ["ACTIVE", "COMPLETE", "ERROR"]},
    "zone_name": description.TEXT,
    "created_at": description.MOMENT,
    "updated_at": description.NULLABLE_MOMENT,
    "links": description.LINKS,
}
_REDUCED = ("id", "zone_id", "description", "status", "zone_name", "links")
SHAPE = description.shown("TransferRequest", _SHOWN, required=_REDUCED)
_PAGE = description.page(SHAPE, COLLECTION)
_NEW_REQUEST = description.accepted("NewTransferRequest", _CHANGEABLE)
_CHANGE = description.accepted("TransferRequestChange", _CHANGEABLE)
_OFFERING = (DuplicateZoneTransferRequest, ZoneNotFound)
_ABSENT = (ZoneTransferRequestNotFound,)


def render(request: TransferRequest, base: str) -> dict[str, Any]:
    """Render a request with links below `base`; the reduced one lacks what it may not tell."""
    whole = {
        "id": request.id,
        "zone_id": request.zone_id,
        "project_id": request.project_id,
        "target_project_id": request.target_project_id,
        "description": request.description,
        "key": request.key,
        "status": request.status,
        "zone_name": request.zone_name,
        "created_at": media.timestamp(request.created_at),
        "updated_at": media.timestamp(request.updated_at),
        "links": {"self": f"{base}{_PATH}/{request.id}"},
    }
    if not request.reduced:
        return whole
    return {key: whole[key] for key in _REDUCED}


class TransferRequestTask:
    """/v2/zones/{zone_id}/tasks/transfer_requests"""

    def __init__(self, requests: TransferRequests, links: Links) -> None:
        self._requests = requests
        self._links = links

    @operation({}, refuses=[NotFound])
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """There is nothing to see here: requests are listed for all zones."""
        raise NotFound

    @operation(
        {201: SHAPE},
        bodies=[_NEW_REQUEST],
        is_body_required=False,
        refuses=_OFFERING,
        policy=["get_zone", "create_zone_transfer_request"],
    )
    def on_post(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Offer a zone; the body may be empty."""
        zone_id = identifier("zone_id", zone_id)
        new = parse_new(media.json_object(req, _NOUN, required=False))
        request = self._requests.create(req.caller, zone_id, new)
        media.created(resp, render(request, self._links.base(req.env)), falcon.HTTP_201)


class TransferRequestList:
    """/v2/zones/tasks/transfer_requests"""

    def __init__(self, requests: TransferRequests, links: Links, pages: paging.Paging) -> None:
        self._requests = requests
        self._links = links
        self._pages = pages

    @operation({200: _PAGE}, listed=COLLECTION, policy=["find_zone_transfer_requests"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List requests."""
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION)
        found = query, self._requests.find(req.caller, query)
        body = paging.envelope(
            COLLECTION, base + _PATH, req.arguments, found, lambda request: render(request, base)
        )
        media.answer(resp, body)


class TransferRequestItem:
    """/v2/zones/tasks/transfer_requests/{zone_transfer_request_id}"""

    def __init__(self, requests: TransferRequests, links: Links) -> None:
        self._requests = requests
        self._links = links

    @operation(
        {200: SHAPE},
        refuses=_ABSENT,
        policy=["get_zone_transfer_request", "get_zone_transfer_request_detailed"],
    )
    def on_get(self, req: Request, resp: falcon.Response, zone_transfer_request_id: str) -> None:
        """Show a request."""
        request = self._requests.get(req.caller, _identifier(zone_transfer_request_id))
        media.answer(resp, render(request, self._links.base(req.env)))

    @operation(
        {200: SHAPE},
        bodies=[_CHANGE],
        refuses=_ABSENT,
        policy=["update_zone_transfer_request"],
    )
    def on_patch(self, req: Request, resp: falcon.Response, zone_transfer_request_id: str) -> None:
        """Change a request."""
        request_id = _identifier(zone_transfer_request_id)
        base = self._links.base(req.env)
        body = media.json_object(req, _NOUN)
        change = parse_change(body)
        if not _READ_ONLY.isdisjoint(body):
            check_guarded(body, render(self._requests.get(req.caller, request_id), base))
        request = self._requests.update(req.caller, request_id, change)
        media.answer(resp, render(request, base))

    @operation({204: None}, refuses=_ABSENT, policy=["delete_zone_transfer_request"])
    def on_delete(self, req: Request, resp: falcon.Response, zone_transfer_request_id: str) -> None:
        """Withdraw a request."""
        self._requests.delete(req.caller, _identifier(zone_transfer_request_id))
        resp.status = falcon.HTTP_204


def _identifier(text: str) -> str:
    return identifier("zone_transfer_request_id", text)
