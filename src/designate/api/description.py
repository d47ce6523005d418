# SPDX-License-Identifier: Apache-2.0
"""What an operation takes and answers, said beside the method that carries it out.

`operation` is the decorator of a resource's `on_get` and the like. The first line of the method's
docstring is the summary; the path and its parameters come from the table of routes, so that the
document of the API (api/openapi.py) cannot speak of what is not there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from designate.api.fields import Field, Schema
from designate.api.media import JSON
from designate.api.paging import Collection
from designate.errors import DesignateError

_ATTRIBUTE = "operation"
Method = TypeVar("Method", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Shape:
    """A named schema: of a body that is sent, or of one that is answered, with those it names."""

    name: str
    schema: Schema
    media_type: str = JSON
    parts: Sequence["Shape"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`answers` are the bodies by status, None where there is none; `refuses` the errors of its own
    beside those that any operation has, `refusals` the forms by status of those that have one of
    their own; `policy` the rules that are asked; `bodies` what may be sent, and `listed` what is
    paged."""

    answers: Mapping[int, Shape | None]
    bodies: Sequence[Shape] = ()
    is_body_required: bool = True
    refuses: Sequence[type[DesignateError]] = ()
    refusals: Mapping[int, Shape] = field(default_factory=dict)
    policy: Sequence[str] = ()
    listed: Collection | None = None


def operation(answers: Mapping[int, Shape | None], **known: Any) -> Callable[[Method], Method]:
    """Describe the decorated method; the other arguments are those of `Operation`."""

    def describe(method: Method) -> Method:
        setattr(method, _ATTRIBUTE, Operation(answers=answers, **known))
        return method

    return describe


def operation_of(resource: object, method: str) -> tuple[Operation, str] | None:
    """The description of a resource's method, with its summary; None where it has neither."""
    responder = getattr(resource, f"on_{method}", None)
    # Resources of several nouns tell theirs by themselves.
    own: Mapping[str, Operation] = getattr(resource, "operations", {})
    found: Operation | None = own.get(method) or getattr(responder, _ATTRIBUTE, None)
    if responder is None or found is None:
        return None
    return found, (responder.__doc__ or "").strip().partition("\n")[0]


# -- shapes -----------------------------------------------------------------------------------

TEXT: Schema = {"type": "string"}
NULLABLE_TEXT: Schema = {"type": ["string", "null"]}
ID: Schema = {"type": "string", "format": "uuid"}
NULLABLE_ID: Schema = {"anyOf": [ID, {"type": "null"}]}
COUNT: Schema = {"type": "integer", "minimum": 0}
VERSION: Schema = {"type": "integer", "minimum": 1}
TTL: Schema = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$"}
NULLABLE_MOMENT: Schema = {"anyOf": [MOMENT, {"type": "null"}]}
MAPPING: Schema = {"type": "object", "additionalProperties": TEXT}
LINKS: Schema = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
ACTION: Schema = {"enum": ["CREATE", "UPDATE", "DELETE", "NONE"]}
STATUS: Schema = {"enum": ["PENDING", "ACTIVE", "ERROR"]}
TASK_STATUS: Schema = {"enum": ["PENDING", "COMPLETE", "ERROR"]}


def shown(
    name: str,
    properties: Mapping[str, Schema],
    parts: Sequence[Shape] = (),
    required: Sequence[str] | None = None,
) -> Shape:
    """An object that is answered: it has these keys and no others, all unless some are named."""
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties if required is None else required),
        "additionalProperties": False,
    }
    return Shape(name, schema, parts=parts)


def accepted(name: str, fields: Mapping[str, Field], required: Sequence[str] = ()) -> Shape:
    """An object that is sent: it may have these keys and must have the required ones."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key: field.schema for key, field in fields.items()},
        "additionalProperties": False,
    }
    return Shape(name, schema | ({"required": list(required)} if required else {}))


def page(item: Shape, listed: Collection) -> Shape:
    """The envelope of a list of such items."""
    properties: dict[str, Schema] = {
        listed.key: {"type": "array", "items": reference(item)},
        "links": LINKS,
    }
    if listed.counted:
        total = {"type": "object", "properties": {"total_count": COUNT}}
        properties["metadata"] = total | {"additionalProperties": False}
    return shown(f"{item.name}Page", properties, [item])


def reference(shape: Shape) -> Schema:
    """The schema that stands for a shape in others: its name in the document's components."""
    return {"$ref": f"#/components/schemas/{shape.name}"}
