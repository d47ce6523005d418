# SPDX-License-Identifier: Apache-2.0
"""Zone shares over HTTP (API.md section 9)."""

from typing import Any

import falcon

from designate.api import description, fields, media, paging
from designate.api.description import operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.shares import Shares
from designate.errors import (
    DuplicateSharedZone,
    InvalidObject,
    InvalidProject,
    KeystoneCommunicationFailure,
    SharedZoneHasRecordSets,
    SharedZoneHasSubZone,
    SharedZoneNotFound,
    ZoneNotFound,
)
from designate.model.shares import Share

COLLECTION = paging.Collection(
    "shared_zones",
    filters=frozenset({"target_project_id"}),
    sort_keys=("created_at", "updated_at"),
    counted=False,
)
_NEW: dict[str, fields.Field] = {"target_project_id": fields.project}
_READ_ONLY = frozenset({"id", "zone_id", "project_id", "created_at", "updated_at", "links"})


def parse_new(body: dict[str, Any]) -> str:
    """Read the project that a zone is to be shared with; raises InvalidObject."""
    fields.refuse_unknown("shared_zone", body, (frozenset(_NEW), _READ_ONLY))
    fields.refuse_read_only("shared_zone", body, _READ_ONLY)
    values = fields.read(body, _NEW)
    if not values:
        raise InvalidObject(problems=[fields.required("target_project_id")])
    return str(values["target_project_id"])


SHAPE = description.shown(
    "SharedZone",
    {
        "id": description.ID,
        "zone_id": description.ID,
        "project_id": description.TEXT,
        "target_project_id": description.TEXT,
        "created_at": description.MOMENT,
        "updated_at": description.NULLABLE_MOMENT,
        "links": description.LINKS,
    },
)
_PAGE = description.page(SHAPE, COLLECTION)
_NEW_SHARE = description.accepted("NewSharedZone", _NEW, required=["target_project_id"])
_SHARING = (DuplicateSharedZone, InvalidProject, KeystoneCommunicationFailure, ZoneNotFound)


def render(share: Share, base: str) -> dict[str, Any]:
    """Render a share with links below `base`."""
    zone = f"{base}/v2/zones/{share.zone_id}"
    return {
        "id": share.id,
        "zone_id": share.zone_id,
        "project_id": share.project_id,
        "target_project_id": share.target_project_id,
        "created_at": media.timestamp(share.created_at),
        "updated_at": media.timestamp(share.updated_at),
        "links": {"self": f"{zone}/shares/{share.id}", "zone": zone},
    }


class ShareList:
    """/v2/zones/{zone_id}/shares"""

    def __init__(self, shares: Shares, links: Links, pages: paging.Paging) -> None:
        self._shares = shares
        self._links = links
        self._pages = pages

    @operation(
        {200: _PAGE},
        listed=COLLECTION,
        refuses=[ZoneNotFound],
        policy=["find_zone_shares", "find_project_zone_share"],
    )
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """List the shares of a zone."""
        zone_id = identifier("zone_id", zone_id)
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION)
        found = query, self._shares.find(req.caller, zone_id, query)
        body = paging.envelope(
            COLLECTION,
            f"{base}/v2/zones/{zone_id}/shares",
            req.arguments,
            found,
            lambda share: render(share, base),
        )
        media.answer(resp, body)

    @operation({201: SHAPE}, bodies=[_NEW_SHARE], refuses=_SHARING, policy=["share_zone"])
    def on_post(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Share a zone; clients have never been told where the share is."""
        zone_id = identifier("zone_id", zone_id)
        target = parse_new(media.json_object(req, "shared_zone"))
        share = self._shares.create(req.caller, zone_id, target)
        media.answer(resp, render(share, self._links.base(req.env)), falcon.HTTP_201)


class ShareItem:
    """/v2/zones/{zone_id}/shares/{zone_share_id}"""

    def __init__(self, shares: Shares, links: Links) -> None:
        self._shares = shares
        self._links = links

    @operation({200: SHAPE}, refuses=[SharedZoneNotFound, ZoneNotFound], policy=["get_zone_share"])
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str, zone_share_id: str) -> None:
        """Show a share."""
        share = self._shares.get(req.caller, *_identifiers(zone_id, zone_share_id))
        media.answer(resp, render(share, self._links.base(req.env)))

    @operation(
        {204: None},
        refuses=[
            SharedZoneHasRecordSets,
            SharedZoneHasSubZone,
            SharedZoneNotFound,
            ZoneNotFound,
        ],
        policy=["unshare_zone"],
    )
    def on_delete(
        self, req: Request, resp: falcon.Response, zone_id: str, zone_share_id: str
    ) -> None:
        """Take a share back."""
        self._shares.delete(req.caller, *_identifiers(zone_id, zone_share_id))
        resp.status = falcon.HTTP_204


def _identifiers(zone_id: str, share_id: str) -> tuple[str, str]:
    return identifier("zone_id", zone_id), identifier("zone_share_id", share_id)
