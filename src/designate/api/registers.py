# SPDX-License-Identifier: Apache-2.0
"""Registers over HTTP: lists that administrators keep, each an object of a few fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import falcon
import msgspec

from designate.api import description, fields, media, paging
from designate.api.description import Operation
from designate.api.fields import Schema
from designate.api.identifiers import identifier
from designate.api.links import Links
from designate.api.request import Request
from designate.contracts.registers import Register
from designate.errors import DesignateError, InvalidObject, NotFound, Problem
from designate.model import registers as model

Entry = TypeVar("Entry", bound=model.Entry)
New = TypeVar("New", bound=msgspec.Struct)
Change = TypeVar("Change", bound=msgspec.Struct)


@dataclass(frozen=True, kw_only=True)
class Shape(Generic[New, Change]):
    """What one register's entries are.

    `fields` are those that clients set, `required` the ones that a new entry needs, `given` others
    that are shown, `once` those of them that a new entry may have; `faults` are the problems of
    fields that were read. `changed` is the status that answers a PATCH. `refuses` are the errors of
    what is created or changed, `in_use` those of what is deleted, and `absent` is that of an entry
    which is not there.
    """

    noun: str
    name: str
    collection: paging.Collection
    new: type[New]
    change: type[Change]
    once: Mapping[str, fields.Field] = field(default_factory=dict)
    fields: Mapping[str, fields.Field]
    required: tuple[str, ...]
    absent: type[NotFound]
    refuses: tuple[type[DesignateError], ...]
    in_use: tuple[type[DesignateError], ...] = ()
    given: Mapping[str, Schema] = field(default_factory=dict)
    faults: Callable[[Mapping[str, Any]], list[Problem]] = lambda values: []
    changed: str = falcon.HTTP_200

    @property
    def read_only(self) -> frozenset[str]:
        """What clients do not set."""
        return frozenset({"id", *self.given, "created_at", "updated_at", "links"})

    @property
    def path(self) -> str:
        """Where the collection is."""
        return f"/v2/{self.collection.key}"

    def parse_new(self, body: dict[str, Any]) -> New:
        """Read an entry to be created; raises InvalidObject that names all it lacks."""
        taken = {**self.once, **self.fields}
        fields.refuse_unknown(self.noun, body, (frozenset(taken), self.read_only))
        fields.refuse_read_only(self.noun, body, self.read_only - frozenset(self.once))
        values = fields.read(body, taken)
        problems = [fields.required(name) for name in self.required if name not in values]
        if problems := problems + self.faults(values):
            raise InvalidObject(problems=problems)
        return self.new(**values)

    def parse_change(self, body: dict[str, Any]) -> Change:
        """Read the changed fields of an entry; raises InvalidObject. What is read only is left."""
        fields.refuse_unknown(self.noun, body, (frozenset(self.fields), self.read_only))
        values = fields.read(body, self.fields)
        if problems := self.faults(values):
            raise InvalidObject(problems=problems)
        return self.change(**values)

    @property
    def shown(self) -> description.Shape:
        """The description of an entry."""
        entry = {
            "id": description.ID,
            **self.given,
            **{name: field.schema for name, field in self.fields.items()},
            "created_at": description.MOMENT,
            "updated_at": description.NULLABLE_MOMENT,
            "links": description.LINKS,
        }
        return description.shown(self.name, entry)

    def of_list(self) -> Mapping[str, Operation]:
        """The descriptions of what is done to the collection."""
        taken = {**self.once, **self.fields}
        new = description.accepted(f"New{self.name}", taken, self.required)
        page = description.page(self.shown, self.collection)
        return {
            "get": Operation(
                answers={200: page}, listed=self.collection, policy=[f"find_{self.collection.key}"]
            ),
            "post": Operation(
                answers={201: self.shown},
                bodies=[new],
                refuses=self.refuses,
                policy=[f"create_{self.noun}"],
            ),
        }

    def of_item(self) -> Mapping[str, Operation]:
        """The descriptions of what is done to an entry."""
        change = description.accepted(f"{self.name}Change", self.fields)
        absent = (self.absent,)
        return {
            "get": Operation(
                answers={200: self.shown}, refuses=absent, policy=[f"get_{self.noun}"]
            ),
            "patch": Operation(
                answers={int(self.changed[:3]): self.shown},
                bodies=[change],
                refuses=(*self.refuses, *absent),
                policy=[f"update_{self.noun}"],
            ),
            "delete": Operation(
                answers={204: None},
                refuses=(*self.in_use, *absent),
                policy=[f"delete_{self.noun}"],
            ),
        }

    def render(self, entry: model.Entry, base: str) -> dict[str, Any]:
        """Render an entry as it is described, with its link below `base`."""
        names = ("id", *self.given, *self.fields, "created_at", "updated_at")
        shown = {name: _plain(getattr(entry, name)) for name in names}
        return shown | {"links": {"self": f"{base}{self.path}/{entry.id}"}}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return media.timestamp(value)
    return msgspec.to_builtins(value)


class RegisterList(Generic[Entry, New, Change]):
    """/v2/COLLECTION"""

    def __init__(
        self,
        shape: Shape[New, Change],
        register: Register[Entry, New, Change],
        links: Links,
        pages: paging.Paging,
    ) -> None:
        self._shape = shape
        self._register = register
        self._links = links
        self._pages = pages
        self.operations = shape.of_list()

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the entries."""
        shape, base = self._shape, self._links.base(req.env)
        query = self._pages.query(req, shape.collection)
        page = self._register.find(req.caller, query)
        body = paging.envelope(
            shape.collection,
            base + shape.path,
            req.arguments,
            (query, page),
            lambda entry: shape.render(entry, base),
        )
        media.answer(resp, body)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Add an entry."""
        new = self._shape.parse_new(media.json_object(req, self._shape.noun))
        entry = self._register.create(req.caller, new)
        body = self._shape.render(entry, self._links.base(req.env))
        media.created(resp, body, falcon.HTTP_201)


class RegisterItem(Generic[Entry, New, Change]):
    """/v2/COLLECTION/{NOUN_id}"""

    def __init__(
        self, shape: Shape[New, Change], register: Register[Entry, New, Change], links: Links
    ) -> None:
        self._shape = shape
        self._register = register
        self._links = links
        self.operations = shape.of_item()

    def on_get(self, req: Request, resp: falcon.Response, **place: str) -> None:
        """Show an entry."""
        entry = self._register.get(req.caller, _only(place))
        media.answer(resp, self._shape.render(entry, self._links.base(req.env)))

    def on_patch(self, req: Request, resp: falcon.Response, **place: str) -> None:
        """Change an entry; what is read only may be repeated."""
        shape, entry_id, base = self._shape, _only(place), self._links.base(req.env)
        body = media.json_object(req, shape.noun)
        change = shape.parse_change(body)
        guarded = {key: value for key, value in body.items() if key in shape.read_only}
        if guarded:
            stored = shape.render(self._register.get(req.caller, entry_id), base)
            fields.refuse_changed(shape.noun, guarded, stored)
        entry = self._register.update(req.caller, entry_id, change)
        media.answer(resp, shape.render(entry, base), shape.changed)

    def on_delete(self, req: Request, resp: falcon.Response, **place: str) -> None:
        """Remove an entry."""
        self._register.delete(req.caller, _only(place))
        resp.status = falcon.HTTP_204


def _only(place: Mapping[str, str]) -> str:
    """The one identifier of the path."""
    ((name, text),) = place.items()
    return identifier(name, text)
