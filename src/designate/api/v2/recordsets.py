# SPDX-License-Identifier: Apache-2.0
"""Recordsets over HTTP: in a zone, and over all zones (API.md section 7)."""

from typing import Any

import falcon

from designate.api import description, fields, media, paging
from designate.api.description import operation
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.recordsets import RecordSets
from designate.errors import (
    DuplicateRecordSet,
    InvalidObject,
    InvalidRecordSetLocation,
    InvalidRecordSetName,
    InvalidTTL,
    OverQuota,
    Problem,
    RecordSetNotFound,
    ZoneNotFound,
)
from designate.model.recordsets import NewRecordSet, RecordSet, RecordSetChange
from designate.rdata import names

COLLECTION = paging.Collection(
    "recordsets",
    filters=frozenset(
        {"name", "type", "ttl", "data", "status", "description", "zone_id", "action"}
    ),
    sort_keys=("created_at", "id", "updated_at", "zone_id", "tenant_id", "name", "type", "ttl"),
)

_CHANGEABLE: dict[str, fields.Field] = {
    "records": fields.texts(65535),
    "ttl": fields.nullable(fields.ttl),
    "description": fields.nullable(fields.text(160)),
}
_NEW: dict[str, fields.Field] = {
    **_CHANGEABLE,
    "name": fields.host,
    # Which types there are is not known here: any text passes.
    "type": fields.nullable(fields.text(255)),
}
_READ_ONLY = frozenset(
    {
        "id", "zone_id", "zone_name", "project_id", "status", "action", "version", "created_at",
        "updated_at", "links",
    }
)  # fmt: skip
_GUARDED = _READ_ONLY | {"name", "type"}

_CHANGEABLE_KEYS = frozenset(_CHANGEABLE)
_NEW_KEYS = frozenset(_NEW)


def parse_new(body: dict[str, Any]) -> NewRecordSet:
    """Read a recordset to be created; raises InvalidObject."""
    fields.refuse_unknown("recordset", body, (_NEW_KEYS, _READ_ONLY))
    fields.refuse_read_only("recordset", body, _READ_ONLY)
    values = fields.read(body, _NEW)
    problems = [] if "name" in values else [fields.required("name")]
    if values.get("type") is None:
        message = "'None' is not a valid record type"
        problems.append(Problem(("recordset", "type"), message, "value", [None]))
    if problems:
        raise InvalidObject(problems=problems)
    new = NewRecordSet(**values)
    if new.type == "NS" and not names.is_domain(new.name):
        raise InvalidObject(f"name is invalid: an NS recordset cannot be at {new.name!r}")
    if new.type == "SRV" and not names.is_srv(new.name):
        raise InvalidObject(f"name is invalid: {new.name!r} is not _service._protocol.name.")
    return new


def parse_change(body: dict[str, Any]) -> RecordSetChange:
    """Read the changed fields of a recordset; raises InvalidObject.

    Guarded keys are not looked at.
    """
    fields.refuse_unknown("recordset", body, (_CHANGEABLE_KEYS, _GUARDED))
    return RecordSetChange(**fields.read(body, _CHANGEABLE))


def check_guarded(body: dict[str, Any], stored: dict[str, Any]) -> None:
    """Raise InvalidObject when what stays as it is differs from what is `stored`."""
    guarded = {key: value for key, value in body.items() if key in _GUARDED}
    fields.refuse_changed("recordset", guarded, stored)


SHAPE = description.shown(
    "RecordSet",
    {
        "id": description.ID,
        "zone_id": description.ID,
        "project_id": description.NULLABLE_TEXT,
        "name": description.TEXT,
        "zone_name": description.TEXT,
        "type": description.TEXT,
        "records": {"type": "array", "items": description.TEXT},
        "description": description.NULLABLE_TEXT,
        "ttl": {"anyOf": [description.TTL, {"type": "null"}]},
        "status": description.STATUS,
        "action": description.ACTION,
        "version": description.VERSION,
        "created_at": description.MOMENT,
        "updated_at": description.NULLABLE_MOMENT,
        "links": description.LINKS,
    },
)
_PAGE = description.page(SHAPE, COLLECTION)
_NEW_RECORDSET = description.accepted("NewRecordSet", _NEW, required=["name", "type"])
_RECORDSET_CHANGE = description.accepted("RecordSetChange", _CHANGEABLE)
_ABSENT = (RecordSetNotFound, ZoneNotFound)
_PLACING = (
    *(InvalidRecordSetLocation, InvalidRecordSetName, InvalidTTL, OverQuota, ZoneNotFound),
    DuplicateRecordSet,
)


def render(recordset: RecordSet, base: str) -> dict[str, Any]:
    """Render a recordset with links below `base`: always the one in its zone."""
    return {
        "id": recordset.id,
        "zone_id": recordset.zone_id,
        "project_id": recordset.project_id,
        "name": recordset.name,
        "zone_name": recordset.zone_name,
        "type": recordset.type,
        "records": recordset.records,
        "description": recordset.description,
        "ttl": recordset.ttl,
        "status": recordset.status,
        "action": recordset.action,
        "version": recordset.version,
        "created_at": media.timestamp(recordset.created_at),
        "updated_at": media.timestamp(recordset.updated_at),
        "links": {"self": _place(recordset, base)},
    }


def _place(recordset: RecordSet, base: str) -> str:
    return f"{base}/v2/zones/{recordset.zone_id}/recordsets/{recordset.id}"


class RecordSetList:
    """/v2/zones/{zone_id}/recordsets"""

    def __init__(self, recordsets: RecordSets, links: Links, pages: paging.Paging) -> None:
        self._recordsets = recordsets
        self._links = links
        self._pages = pages

    @operation(
        {200: _PAGE},
        listed=COLLECTION,
        refuses=[ZoneNotFound],
        policy=["find_recordsets", "get_zone"],
    )
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """List the recordsets of a zone."""
        zone_id = identifier("zone_id", zone_id)
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION, count=not req.caller.hide_counts)
        found = query, self._recordsets.find(req.caller, zone_id, query)
        body = paging.envelope(
            COLLECTION,
            f"{base}/v2/zones/{zone_id}/recordsets",
            req.arguments,
            found,
            lambda recordset: render(recordset, base),
        )
        media.answer(resp, body)

    @operation(
        {201: SHAPE, 202: SHAPE},
        bodies=[_NEW_RECORDSET],
        refuses=_PLACING,
        policy=["create_recordset", "use_low_ttl"],
    )
    def on_post(self, req: Request, resp: falcon.Response, zone_id: str) -> None:
        """Create a recordset; without records there is nothing to publish, and no wait."""
        zone_id = identifier("zone_id", zone_id)
        new = parse_new(media.json_object(req, "recordset"))
        recordset = self._recordsets.create(req.caller, zone_id, new)
        status = falcon.HTTP_202 if recordset.records else falcon.HTTP_201
        media.created(resp, render(recordset, self._links.base(req.env)), status)


class RecordSetItem:
    """/v2/zones/{zone_id}/recordsets/{recordset_id}"""

    def __init__(self, recordsets: RecordSets, links: Links) -> None:
        self._recordsets = recordsets
        self._links = links

    @operation({200: SHAPE}, refuses=_ABSENT, policy=["get_recordset"])
    def on_get(self, req: Request, resp: falcon.Response, zone_id: str, recordset_id: str) -> None:
        """Show a recordset."""
        place = _identifiers(zone_id, recordset_id)
        recordset = self._recordsets.get(req.caller, *place)
        media.answer(resp, render(recordset, self._links.base(req.env)))

    @operation(
        {200: SHAPE, 202: SHAPE},
        bodies=[_RECORDSET_CHANGE],
        refuses=[*_PLACING, RecordSetNotFound],
        policy=["update_recordset", "use_low_ttl", "edit_managed_records"],
    )
    def on_put(self, req: Request, resp: falcon.Response, zone_id: str, recordset_id: str) -> None:
        """Change a recordset; absent keys keep their values.

        What never changes says so before what is wrong with the change (API.md 7.4).
        """
        place = _identifiers(zone_id, recordset_id)
        base = self._links.base(req.env)
        try:
            body = media.json_object(req, "recordset")
            change = parse_change(body)
        except InvalidObject:
            self._recordsets.changeable(req.caller, *place)
            raise
        if not _GUARDED.isdisjoint(body):
            check_guarded(body, render(self._recordsets.changeable(req.caller, *place), base))
        recordset = self._recordsets.update(req.caller, *place, change)
        status = falcon.HTTP_202 if recordset.records else falcon.HTTP_200
        media.answer(resp, render(recordset, base), status)

    @operation({202: SHAPE}, refuses=_ABSENT, policy=["delete_recordset", "edit_managed_records"])
    def on_delete(
        self, req: Request, resp: falcon.Response, zone_id: str, recordset_id: str
    ) -> None:
        """Remove a recordset and show it as it was."""
        recordset = self._recordsets.delete(req.caller, *_identifiers(zone_id, recordset_id))
        media.answer(resp, render(recordset, self._links.base(req.env)), falcon.HTTP_202)


def _identifiers(zone_id: str, recordset_id: str) -> tuple[str, str]:
    return identifier("zone_id", zone_id), identifier("recordset_id", recordset_id)


class AllRecordSets:
    """/v2/recordsets"""

    def __init__(self, recordsets: RecordSets, links: Links, pages: paging.Paging) -> None:
        self._recordsets = recordsets
        self._links = links
        self._pages = pages

    @operation({200: _PAGE}, listed=COLLECTION, policy=["find_recordsets"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the recordsets of the project, whatever their zone."""
        base = self._links.base(req.env)
        query = self._pages.query(req, COLLECTION, count=not req.caller.hide_counts)
        found = query, self._recordsets.find_all(req.caller, query)
        body = paging.envelope(
            COLLECTION,
            f"{base}/v2/recordsets",
            req.arguments,
            found,
            lambda recordset: render(recordset, base),
        )
        media.answer(resp, body)


_REDIRECTION = description.shown("RecordSetRedirection", {"links": description.LINKS})


class RecordSetById:
    """/v2/recordsets/{recordset_id}"""

    def __init__(self, recordsets: RecordSets, links: Links) -> None:
        self._recordsets = recordsets
        self._links = links

    @operation({301: _REDIRECTION}, refuses=[RecordSetNotFound], policy=["get_recordset"])
    def on_get(self, req: Request, resp: falcon.Response, recordset_id: str) -> None:
        """Say in which zone the recordset is."""
        recordset_id = identifier("recordset_id", recordset_id)
        recordset = self._recordsets.locate(req.caller, recordset_id)
        place = _place(recordset, self._links.base(req.env))
        resp.set_header("Location", place)
        media.answer(resp, {"links": {"self": place}}, falcon.HTTP_301)
