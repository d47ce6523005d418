# SPDX-License-Identifier: Apache-2.0
"""PTR records of floating IPs over HTTP (API.md section 16)."""

import re
from typing import Any

import falcon

from designate.api import description, fields, media
from designate.api.description import Shape, operation, reference
from designate.api.links import Links, with_arguments
from designate.api.request import Request
from designate.contracts.floatingips import FloatingIPs
from designate.errors import (
    BadRequest,
    ConfigurationError,
    DuplicateZone,
    IllegalChild,
    IllegalParent,
    InvalidRecordSetLocation,
    InvalidTTL,
    InvalidZoneName,
    MissingProject,
    NeutronCommunicationFailure,
    NoEndpoint,
)
from designate.model.floatingips import INACTIVE, NO_ACTION, REGION, NamedFloatingIP, PtrChange

_PATH = "/v2/reverse/floatingips"
_is_key = re.compile(
    rf"(?P<region>{REGION}):(?P<id>[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})"
).fullmatch
_FIELDS: dict[str, fields.Field] = {
    "ptrdname": fields.nullable(fields.domain),
    "description": fields.nullable(fields.text(160)),
    "ttl": fields.nullable(fields.ttl),
}
_KEYS = frozenset(_FIELDS)
_READ_ONLY = frozenset({"id", "address", "status", "action", "links"})


def parse(body: dict[str, Any]) -> PtrChange:
    """Read what shall be set; raises InvalidObject."""
    fields.refuse_unknown("floatingip", body, (_KEYS, _READ_ONLY))
    fields.refuse_read_only("floatingip", body, _READ_ONLY)
    values = fields.read(body, _FIELDS)
    if "ptrdname" in values:
        values["name"] = values.pop("ptrdname")
    return PtrChange(**values)


def parse_key(key: str) -> tuple[str, str]:
    """Split `region:id`; raises BadRequest."""
    found = _is_key(key)
    if found is None:
        raise BadRequest(f"{key!r} is not region:id, the id a UUID")
    return found["region"], found["id"]


SHAPE = description.shown(
    "FloatingIP",
    {
        "id": description.TEXT,
        "description": description.NULLABLE_TEXT,
        "address": description.TEXT,
        "ptrdname": description.NULLABLE_TEXT,
        "ttl": {"anyOf": [description.TTL, {"type": "null"}]},
        "action": description.ACTION,
        "status": {"enum": ["PENDING", "ACTIVE", "ERROR", INACTIVE]},
        "links": description.LINKS,
    },
)
_LIST = description.shown(
    "FloatingIPs",
    {
        "floatingips": {"type": "array", "items": reference(SHAPE)},
        "links": description.LINKS,
    },
    parts=[SHAPE],
)
_SET = Shape("FloatingIPSet", {"anyOf": [reference(SHAPE), {"type": "null"}]}, parts=[SHAPE])
_CHANGE = description.accepted("FloatingIPChange", _FIELDS)
_NEUTRON = (NeutronCommunicationFailure, NoEndpoint, ConfigurationError)
_SETTING = (
    *_NEUTRON,
    MissingProject,
    InvalidTTL,
    InvalidRecordSetLocation,
    # Of a reverse zone that has to be made.
    InvalidZoneName,
    DuplicateZone,
    IllegalChild,
    IllegalParent,
)


def render(named: NamedFloatingIP, base: str) -> dict[str, Any]:
    """Render a floating IP; without a PTR record it is inactive."""
    item, ptr = named.floatingip, named.ptr
    key = f"{item.region}:{item.id}"
    return {
        "id": key,
        "description": ptr.description if ptr else None,
        "address": item.address,
        "ptrdname": ptr.name if ptr else None,
        "ttl": ptr.ttl if ptr else None,
        "action": ptr.action if ptr else NO_ACTION,
        "status": ptr.status if ptr else INACTIVE,
        "links": {"self": f"{base}{_PATH}/{key}"},
    }


class Reverse:
    """/v2/reverse: a place with nothing to do at."""


class FloatingIPList:
    """/v2/reverse/floatingips"""

    def __init__(self, floatingips: FloatingIPs, links: Links) -> None:
        self._floatingips = floatingips
        self._links = links

    @operation({200: _LIST}, refuses=_NEUTRON, policy=["find_records"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List all floating IPs of the project: there are no pages, and filters are ignored."""
        base = self._links.base(req.env)
        body = {
            "floatingips": [render(item, base) for item in self._floatingips.find(req.caller)],
            "links": {"self": with_arguments(f"{base}{_PATH}", req.arguments)},
        }
        media.answer(resp, body)


class FloatingIPItem:
    """/v2/reverse/floatingips/{key}"""

    def __init__(self, floatingips: FloatingIPs, links: Links) -> None:
        self._floatingips = floatingips
        self._links = links

    @operation({200: SHAPE}, refuses=_NEUTRON, policy=["find_records"])
    def on_get(self, req: Request, resp: falcon.Response, key: str) -> None:
        """Show a floating IP."""
        found = self._floatingips.get(req.caller, *parse_key(key))
        media.answer(resp, render(found, self._links.base(req.env)))

    @operation({202: _SET}, bodies=[_CHANGE], refuses=_SETTING, policy=["update_floatingip"])
    def on_patch(self, req: Request, resp: falcon.Response, key: str) -> None:
        """Set or remove the PTR record; unless one was set, there is nothing to show."""
        place = parse_key(key)
        change = parse(media.json_object(req, "floatingip"))
        named = self._floatingips.update(req.caller, *place, change)
        body = render(named, self._links.base(req.env)) if named else None
        media.answer(resp, body, falcon.HTTP_202)
