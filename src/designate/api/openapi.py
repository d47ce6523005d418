# SPDX-License-Identifier: Apache-2.0
"""The description of the API as OpenAPI 3.1, made of the table of routes and what stands there."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from designate import __version__
from designate.api import description, errors
from designate.api.description import Operation, Shape, reference
from designate.api.fields import Schema
from designate.api.media import JSON
from designate.api.middleware.request_id import HEADER, choose
from designate.api.paging import MAX_LIMIT, Collection
from designate.errors import (
    BadRequest,
    BodyTooLarge,
    DatabaseUnavailable,
    DesignateError,
    EmptyRequestBody,
    Forbidden,
    InvalidJson,
    InvalidLimit,
    InvalidMarker,
    InvalidObject,
    InvalidSortDirection,
    InvalidSortKey,
    InvalidTokenScope,
    InvalidUUID,
    InvalidValue,
    MarkerNotFound,
    MissingProject,
    NotFound,
    Timeout,
    TooManyRequests,
    Unauthenticated,
    UnsupportedAccept,
    UnsupportedContentType,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/v2/openapi.json"
Route = tuple[str, object]
Document = dict[str, Any]

_METHODS = ("get", "post", "put", "patch", "delete")
_parameter = re.compile(r"\{(\w+)\}").findall
_ALWAYS: tuple[type[DesignateError], ...] = (
    *(BadRequest, Unauthenticated, MissingProject, Forbidden, InvalidTokenScope),
    *(UnsupportedAccept, BodyTooLarge, TooManyRequests, DatabaseUnavailable, Timeout),
)
_OF_BODIES = (EmptyRequestBody, InvalidJson, InvalidObject, UnsupportedContentType)
_OF_LISTS = (
    *(InvalidLimit, InvalidValue, InvalidMarker, MarkerNotFound),
    *(InvalidSortKey, InvalidSortDirection),
)
_PROJECT: Schema = {"type": "string", "minLength": 1, "maxLength": 255}
_FREE = {
    "project_id": _PROJECT,
    "tenant_id": _PROJECT,
    "name": {"type": "string"},
    "key": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}:[0-9a-f-]{36}$"},
}
"""Parameters of paths that are no UUIDs."""
_SWITCHES = {
    "X-Auth-All-Projects": "Act on the objects of all projects.",
    "X-Auth-Sudo-Project-ID": "Act for this project.",
    "X-Designate-Edit-Managed-Records": "Change recordsets that the service manages.",
    "X-Designate-Hard-Delete": "Have name servers drop the files of a deleted zone.",
    "X-Designate-Delete-Shares": "Remove a zone's shares with it.",
    "OpenStack-DNS-Hide-Counts": "Leave the number of items out of lists.",
}
_PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "path": {"type": "array", "items": {"type": ["string", "integer"]}},
        "message": {"type": "string"},
        "validator": {"type": "string"},
        "validator_value": {},
        "reason": {"type": "string"},
    },
    "required": ["path", "message", "validator", "validator_value"],
    "additionalProperties": False,
}
_PROBLEMS: Schema = {
    "type": "object",
    "properties": {"errors": {"type": "array", "minItems": 1, "items": _PROBLEM}},
    "required": ["errors"],
}
_ERROR = Shape(
    "Error",
    {
        "type": "object",
        "properties": {
            "code": {"type": "integer"},
            "type": {"type": "string"},
            "message": {"type": "string"},
            "errors": _PROBLEMS,
            "request_id": {"type": "string", "pattern": "^req-"},
        },
        "required": ["code", "type"],
        "additionalProperties": False,
    },
)


def document(routes: Iterable[Route]) -> Document:
    """The whole document. What a route does not describe is not in it."""
    paths: dict[str, Any] = {}
    shapes = {_ERROR.name: _ERROR}
    for path, resource in routes:
        for method in _METHODS:
            found = description.operation_of(resource, method)
            if found is not None:
                operation, summary = found
                item = paths.setdefault(path, _path_item(path))
                item[method] = _operation(operation, summary, f"{method} {path}")
                shapes |= {shape.name: shape for shape in _shapes(operation)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "DNS", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {name: shapes[name].schema for name in sorted(shapes)},
            "parameters": {_key(name): _switch(name) for name in _SWITCHES},
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}
            },
        },
        "security": [{"token": []}],
    }


def _path_item(path: str) -> Document:
    parameters: list[Any] = [
        {"name": name, "in": "path", "required": True, "schema": _FREE.get(name, description.ID)}
        for name in _parameter(path)
    ]
    switches = [{"$ref": f"#/components/parameters/{_key(name)}"} for name in _SWITCHES]
    return {"parameters": parameters + switches}


def _key(header: str) -> str:
    return header.lower().removeprefix("x-")


def _switch(header: str) -> Document:
    text = {"type": "string", "maxLength": 255}
    schema = text if header.endswith("-ID") else {"enum": ["true", "false"]}
    return {"name": header, "in": "header", "description": _SWITCHES[header], "schema": schema}


def _operation(operation: Operation, summary: str, identity: str) -> Document:
    made: Document = {
        "operationId": re.sub(r"\W+", "_", identity).strip("_"),
        "summary": summary,
        "responses": _responses(operation, has_identifier="{" in identity),
    }
    if operation.policy:
        made["x-policy"] = list(operation.policy)
    if operation.listed is not None:
        made["parameters"] = list(_query(operation.listed))
    if operation.bodies:
        made["requestBody"] = {
            "required": operation.is_body_required,
            "content": {body.media_type: {"schema": reference(body)} for body in operation.bodies},
        }
    return made


def _query(listed: Collection) -> Iterator[Document]:
    limit = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}, {"const": "max"}]}
    known: dict[str, Schema] = {
        "limit": limit,
        "marker": description.ID,
        "sort_key": {"enum": list(listed.sort_keys)},
        "sort_dir": {"enum": ["asc", "desc"]},
        **{name: {"type": "string", "pattern": "^[^\\x00]*$"} for name in sorted(listed.filters)},
    }
    for name, schema in known.items():
        yield {"name": name, "in": "query", "schema": schema}


def _responses(operation: Operation, *, has_identifier: bool) -> Document:
    responses: Document = {
        str(status): _answer(shape) for status, shape in operation.answers.items()
    }
    for status, types in sorted(_refusals(operation, has_identifier=has_identifier).items()):
        of_type = {"properties": {"type": {"enum": sorted(types)}}}
        schema: Schema = {"allOf": [reference(_ERROR), of_type]}
        if status in operation.refusals:
            schema = {"anyOf": [schema, reference(operation.refusals[status])]}
        responses[str(status)] = {
            "description": ", ".join(sorted(types)),
            "content": {JSON: {"schema": schema}},
        }
    return responses


def _answer(shape: Shape | None) -> Document:
    if shape is None:
        return {"description": "Done."}
    content = {shape.media_type: {"schema": reference(shape)}}
    return {"description": shape.name, "content": content}


def _refusals(operation: Operation, *, has_identifier: bool) -> Mapping[int, set[str]]:
    refusals = [*_ALWAYS, *operation.refuses]
    refusals += [InvalidUUID, NotFound] if has_identifier else []
    refusals += _OF_BODIES if operation.bodies else []
    refusals += _OF_LISTS if operation.listed else []
    found: dict[int, set[str]] = defaultdict(set)
    for error in refusals:
        found[errors.status_of_code(error.code)].add(error.code)
    return found


def _shapes(operation: Operation) -> Iterator[Shape]:
    yield from operation.bodies
    yield from operation.refusals.values()
    for shape in operation.answers.values():
        if shape is not None:
            yield shape
            yield from shape.parts


class Served:
    """The document at its path, for everybody; all else is for the application behind it."""

    def __init__(self, app: "WSGIApplication", routes: Iterable[Route]) -> None:
        self._app = app
        self._body = json.dumps(document(routes)).encode("ascii")

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer GET and HEAD of the document."""
        method = environ["REQUEST_METHOD"]
        if environ.get("PATH_INFO") != PATH or method not in ("GET", "HEAD"):
            return self._app(environ, start_response)
        headers = [("Content-Type", JSON), ("Content-Length", str(len(self._body)))]
        start_response("200 OK", [*headers, (HEADER, choose(environ))])
        return [] if method == "HEAD" else [self._body]
