# SPDX-License-Identifier: Apache-2.0
"""Zones over HTTP: /v2/zones (API.md section 6)."""

import ipaddress
from typing import Any

import falcon

from designate.api import description, fields, media, paging
from designate.api.description import operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.zones import Zones
from designate.errors import (
    BadRequest,
    DuplicateZone,
    DuplicateZoneAttribute,
    IllegalChild,
    IllegalParent,
    InvalidObject,
    InvalidTTL,
    InvalidZoneName,
    NoValidPoolFound,
    OverQuota,
    PoolNotFound,
    ZoneHasSubZone,
    ZoneIsShared,
    ZoneNotFound,
)
from designate.model import zones as model
from designate.model.zones import NewZone, Zone, ZoneChange
from designate.rules import zone_types

COLLECTION = paging.Collection(
    "zones",
    filters=frozenset({"name", "type", "email", "status", "description", "ttl"}),
    sort_keys=("created_at", "id", "updated_at", "name", "tenant_id", "serial", "ttl", "status"),
)

_PORT = fields.integer(1, 65535)


def _masters(key: str, value: Any) -> list[str]:
    """Field: addresses with an optional port; the port of DNS goes without saying."""
    if not isinstance(value, list):
        raise InvalidObject(f"{key} must be a list of addresses, not {value!r:.100}")
    return [_master(fields.text(255)(key, master)) for master in value]


def _master(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise InvalidObject(f"A master is an address without blanks, not {text!r:.100}")
    if text.startswith("["):
        return _bracketed(text)
    address, _, port = text.partition(":")
    if not (port.isascii() and port.isdecimal()):
        if text.count(":") == 1:
            raise InvalidObject(f"The port of the master {text!r:.100} is not a number")
        return text  # a name, an IPv4 address, a bare IPv6 address
    if not address:
        raise InvalidObject(f"The master {text!r:.100} has no address")
    number = _PORT("The port of a master", port)
    return address if number == 53 else f"{address}:{number}"


def _bracketed(text: str) -> str:
    """An IPv6 address in brackets, with a port or without."""
    address, bracket, rest = text[1:].partition("]")
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        bracket = ""
    if not bracket or (rest and rest[0] != ":"):
        raise InvalidObject(f"The master {text!r:.100} is not [IPv6 address]:port")
    number = _PORT("The port of a master", rest[1:]) if rest else 53
    return address if number == 53 else f"[{address}]:{number}"


_CHANGEABLE: dict[str, fields.Field] = {
    "email": fields.email,
    "ttl": fields.ttl,
    "description": fields.nullable(fields.text(160)),
    "attributes": fields.mapping(50),
    "masters": fields.Field(_masters, {"type": "array", "items": fields.text(255).schema}),
}
_NEW: dict[str, fields.Field] = {
    **_CHANGEABLE,
    "name": fields.domain,
    "type": fields.choice(model.PRIMARY, model.SECONDARY, model.CATALOG),
    "pool_id": fields.uuid,
    "email": fields.nullable(fields.email),
}
_READ_ONLY = frozenset(
    {
        "id", "serial", "shared", "status", "action", "status_reason", "version", "created_at",
        "updated_at", "transferred_at", "links",
    }
)  # fmt: skip
_GUARDED = _READ_ONLY | {"name", "type", "pool_id", "project_id"}


def parse_new(body: dict[str, Any]) -> NewZone:
    """Read a zone to be created; raises InvalidObject.

    `pool_id` is read and left to the scheduler; `project_id` must be null, sudo chooses the owner.
    """
    fields.refuse_unknown("zone", body, (frozenset(_NEW), _READ_ONLY, frozenset({"project_id"})))
    fields.refuse_read_only("zone", body, _READ_ONLY)
    if body.get("project_id") is not None:
        raise InvalidObject("['project_id'] of a zone cannot be set")
    values = fields.read(body, _NEW)
    zone_type = values.get("type", model.PRIMARY)
    problems = [] if "name" in values else [fields.required("name")]
    problems += zone_types.lacking(zone_type, values) + zone_types.unfitting(zone_type, values)
    if problems:
        raise InvalidObject(problems=problems)
    values.pop("pool_id", None)
    values["email"] = values.get("email") or ""
    return NewZone(**values)


def parse_change(body: dict[str, Any]) -> ZoneChange:
    """Read the changed fields of a zone; raises InvalidObject. Guarded keys are not looked at."""
    fields.refuse_unknown("zone", body, (frozenset(_CHANGEABLE), _GUARDED))
    return ZoneChange(**fields.read(body, _CHANGEABLE))


def parse_pool(body: dict[str, Any]) -> str | None:
    """Read where a zone is to move, None where that is not said; raises InvalidObject.

    The body is a zone of which nothing else counts.
    """
    fields.refuse_unknown("zone", body, (frozenset(_NEW), _READ_ONLY, frozenset({"project_id"})))
    found = fields.read(body, {**_NEW, "pool_id": fields.nullable(fields.uuid)}).get("pool_id")
    return None if found is None else str(found)


def check_guarded(body: dict[str, Any], stored: dict[str, Any]) -> None:
    """Refuse changes of what stays as it is: what is sent may only repeat what is `stored`.

    Raises InvalidObject, and BadRequest when the name or the owner is sent at all.
    """
    guarded = {key: value for key, value in body.items() if key in _GUARDED}
    fields.refuse_changed("zone", guarded, stored)
    if repeated := [key for key in ("name", "project_id") if key in guarded]:
        raise BadRequest(f"{repeated!r} of a zone cannot be sent with an update")


SHAPE = description.shown(
    "Zone",
    {
        "id": description.ID,
        "pool_id": description.ID,
        "project_id": description.NULLABLE_TEXT,
        "name": description.TEXT,
        "email": description.TEXT,
        "description": description.NULLABLE_TEXT,
        "ttl": description.TTL,
        "serial": {"type": "integer", "minimum": 1, "maximum": 2**32 - 1},
        "shared": {"type": "boolean"},
        "status": description.STATUS,
        "action": description.ACTION,
        "status_reason": description.NULLABLE_TEXT,
        "version": description.VERSION,
        "attributes": description.MAPPING,
        "type": {"enum": [model.PRIMARY, model.SECONDARY, model.CATALOG]},
        "masters": {"type": "array", "items": description.TEXT},
        "created_at": description.MOMENT,
        "updated_at": description.NULLABLE_MOMENT,
        "transferred_at": description.NULLABLE_MOMENT,
        "links": description.LINKS,
    },
)
_PAGE = description.page(SHAPE, COLLECTION)
_NEW_ZONE = description.accepted("NewZone", _NEW, required=["name"])
_ZONE_CHANGE = description.accepted("ZoneChange", _CHANGEABLE)


def render(zone: Zone, base: str) -> dict[str, Any]:
    """Render a zone with links below `base`."""
    return {
        "id": zone.id,
        "pool_id": zone.pool_id,
        "project_id": zone.project_id,
        "name": zone.name,
        "email": zone.email,
        "description": zone.description,
        "ttl": zone.ttl,
        "serial": zone.serial,
        "shared": zone.shared,
        "status": zone.status,
        "action": zone.action,
        "status_reason": zone.status_reason,
        "version": zone.version,
        "attributes": zone.attributes,
        "type": zone.type,
        "masters": zone.masters,
        "created_at": media.timestamp(zone.created_at),
        "updated_at": media.timestamp(zone.updated_at),
        "transferred_at": media.timestamp(zone.transferred_at),
        "links": {"self": f"{base}/v2/zones/{zone.id}"},
    }


_CREATING = (
    *(DuplicateZone, DuplicateZoneAttribute, IllegalChild, IllegalParent, InvalidTTL),
    *(InvalidZoneName, NoValidPoolFound, OverQuota, PoolNotFound),
)
_CHANGING = (DuplicateZoneAttribute, InvalidTTL, ZoneNotFound)


class ZoneList:
    """/v2/zones"""

    def __init__(self, zones: Zones, links: Links, pages: paging.Paging) -> None:
        self._zones = zones
        self._links = links
        self._pages = pages

    @operation({200: _PAGE}, listed=COLLECTION, policy=["find_zones"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List zones."""
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION)
        found = query, self._zones.find(req.caller, query)
        body = paging.envelope(
            COLLECTION, f"{base}/v2/zones", req.arguments, found, lambda zone: render(zone, base)
        )
        media.answer(resp, body)

    @operation(
        {202: SHAPE},
        bodies=[_NEW_ZONE],
        refuses=_CREATING,
        policy=["create_zone", "use_blacklisted_zone", "use_low_ttl", "zone_create_forced_pool"],
    )
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Create a zone."""
        new = parse_new(media.json_object(req, "zone"))
        zone = self._zones.create(req.caller, new)
        media.created(resp, render(zone, self._links.base(req.env)))


class ZoneItem:
    """/v2/zones/{zone_id}"""

    def __init__(self, zones: Zones, links: Links) -> None:
        self._zones = zones
        self._links = links

    @operation({200: SHAPE}, refuses=[ZoneNotFound], policy=["get_zone"])
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Show a zone."""
        zone = self._zones.get(req.caller, identifier("zone_id", zone_id))
        media.answer(resp, render(zone, self._links.base(req.env)))

    @operation(
        {202: SHAPE},
        bodies=[_ZONE_CHANGE],
        refuses=_CHANGING,
        policy=["update_zone", "use_low_ttl"],
    )
    def on_patch(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Change a zone: 202 even where nothing has to be published, as clients insist."""
        zone_id = identifier("zone_id", zone_id)
        base = self._links.base(req.env)
        body = media.json_object(req, "zone")
        change = parse_change(body)
        if not _GUARDED.isdisjoint(body):
            check_guarded(body, render(self._zones.get(req.caller, zone_id), base))
        zone = self._zones.update(req.caller, zone_id, change)
        media.answer(resp, render(zone, base), falcon.HTTP_202)

    @operation(
        {202: SHAPE},
        refuses=[ZoneNotFound, ZoneHasSubZone, ZoneIsShared],
        policy=["delete_zone", "hard_delete"],
    )
    def on_delete(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Begin the deletion of a zone; it is gone when its servers no longer have it."""
        zone = self._zones.delete(req.caller, identifier("zone_id", zone_id))
        media.answer(resp, render(zone, self._links.base(req.env)), falcon.HTTP_202)


_POOL_MOVE = description.accepted("PoolMove", _NEW)
_STARTED = description.Shape("Started", {"const": ""})


class _Task:
    """Something that is done to a zone as a whole and leaves no object behind (API.md 11)."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones


class ZoneAbandon(_Task):
    """/v2/zones/{zone_id}/tasks/abandon"""

    @operation(
        {204: None}, refuses=[ZoneNotFound, ZoneHasSubZone, ZoneIsShared], policy=["abandon_zone"]
    )
    def on_post(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Forget a zone, and leave its name servers as they are."""
        self._zones.abandon(req.caller, identifier("zone_id", zone_id))
        resp.status = falcon.HTTP_204


class ZonePoolMove(_Task):
    """/v2/zones/{zone_id}/tasks/pool_move"""

    @operation(
        {202: _STARTED},
        bodies=[_POOL_MOVE],
        refuses=[DuplicateZone, NoValidPoolFound, ZoneNotFound],
        policy=["pool_move_zone", "zone_create_forced_pool"],
    )
    def on_post(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Let another pool serve a zone; the answer is an empty string, as clients know it."""
        zone_id = identifier("zone_id", zone_id)
        pool_id = parse_pool(media.json_object(req, "zone"))
        self._zones.move(req.caller, zone_id, pool_id)
        media.answer(resp, "", falcon.HTTP_202)


class ZoneXfr(_Task):
    """/v2/zones/{zone_id}/tasks/xfr"""

    @operation({202: _STARTED}, refuses=[ZoneNotFound], policy=["xfr_zone"])
    def on_post(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Have a secondary zone fetched from its masters; a body means nothing."""
        self._zones.transfer_in(req.caller, identifier("zone_id", zone_id))
        media.answer(resp, "", falcon.HTTP_202)
