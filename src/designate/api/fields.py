# SPDX-License-Identifier: Apache-2.0
"""Fields of the objects that clients send: coercion and the rules of one field (API.md 3.3, 5).

A `Field` takes the key and the decoded JSON value and returns the value that the model holds; it
raises InvalidObject with a message for the client. Its schema says the same to those who read the
description of the API.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from designate.api.identifiers import canonical
from designate.errors import InvalidObject, Problem
from designate.rdata import names

Schema = Mapping[str, Any]
"""JSON Schema, 2020-12."""
_Read = Callable[[str, Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """How a value is read, and the schema of the values that are meant to be sent."""

    read: _Read
    schema: Schema

    def __call__(self, key: str, value: Any) -> Any:
        """The value that the model holds; raises InvalidObject."""
        return self.read(key, value)


MAX_INT32 = 2**31 - 1
_is_local_part = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
).fullmatch


def read(body: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """Coerce the fields present in `body`; raises InvalidObject that names every bad one."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    problems: list[Problem] = []
    for key, value in body.items():
        if key in fields:
            try:
                values[key] = fields[key](key, value)
            except InvalidObject as error:
                problems += error.problems
                faults += [error.message] if error.message else []
    if faults:
        raise InvalidObject("; ".join(faults))
    if problems:
        raise InvalidObject(problems=problems)
    return values


def refuse_unknown(noun: str, body: Mapping[str, Any], known: Iterable[frozenset[str]]) -> None:
    """Raise InvalidObject when `body` has keys that none of the sets holds."""
    if unknown := [key for key in body if not any(key in keys for keys in known)]:
        raise InvalidObject(f"A {noun} has no {unknown!r}")


def refuse_read_only(noun: str, body: Mapping[str, Any], read_only: frozenset[str]) -> None:
    """Raise InvalidObject when `body` sets what only the service sets."""
    if refused := [key for key in body if key in read_only]:
        raise InvalidObject(f"{refused!r} of a {noun} cannot be set")


def refuse_changed(noun: str, body: Mapping[str, Any], stored: Mapping[str, Any]) -> None:
    """Raise InvalidObject when `body` differs from what is `stored` under one of its keys."""
    if changed := [key for key in body if key in stored and body[key] != stored[key]]:
        raise InvalidObject(f"{changed!r} of a {noun} cannot be changed")


def required(field: str) -> Problem:
    """Return the problem of an absent field."""
    message = f"'{field}' is a required property"
    return Problem(("records", 0, field), message, "required", [field])


# -- fields -------------------------------------------------------------------------------------


def text(max_length: int) -> Field:
    """Return a field of at most `max_length` characters; numbers are written out."""

    def field(key: str, value: Any) -> str:
        if isinstance(value, (int, float)):
            value = str(value)
        if not isinstance(value, str):
            raise InvalidObject(f"{key} must be a string, not {_quote(value)}")
        if len(value) > max_length:
            raise InvalidObject(f"{key} is longer than {max_length} characters")
        # PostgreSQL has no text with NUL.
        if "\0" in value:
            raise InvalidObject(f"{key} holds a NUL character")
        return value

    return Field(field, {"type": "string", "maxLength": max_length, "pattern": "^[^\\x00]*$"})


def nullable(field: Field) -> Field:
    """Return the field that may be null as well."""
    read = field.read
    return Field(
        lambda key, value: None if value is None else read(key, value),
        {"anyOf": [field.schema, {"type": "null"}]},
    )


def integer(low: int, high: int, *, takes_booleans: bool = False) -> Field:
    """Return a field from `low` to `high`; what converts to an integer is converted.

    A boolean does so only where clients have been told that it does.
    """

    def field(key: str, value: Any) -> int:
        sent: Any = None if isinstance(value, bool) and not takes_booleans else value
        try:
            number = int(sent)
        except (TypeError, ValueError, OverflowError):
            raise InvalidObject(f"{key} must be an integer, not {_quote(value)}") from None
        if not low <= number <= high:
            raise InvalidObject(f"{key} must be from {low} to {high}, not {_quote(value)}")
        return number

    return Field(field, {"type": "integer", "minimum": low, "maximum": high})


ttl = integer(0, MAX_INT32, takes_booleans=True)
"""A TTL (RFC 2181 section 8); true is 1, as it always was."""


def choice(*values: str) -> Field:
    """Return a field that has one of `values`, in exactly this spelling."""

    def field(key: str, value: Any) -> str:
        if isinstance(value, str) and value in values:
            return value
        raise InvalidObject(f"{key} must be one of {', '.join(values)}, not {_quote(value)}")

    return Field(field, {"enum": list(values)})


def _uuid(key: str, value: Any) -> str:
    found = canonical(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidObject(f"{key} must be a UUID, not {_quote(value)}")
    return found


def _project(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidObject(f"{key} must be a string, not {_quote(value)}")
    found: str = _project_text(key, value)
    if not found.strip():
        raise InvalidObject(f"{key} must name a project")
    return found


_project_text = text(36)
project = Field(_project, {**_project_text.schema, "minLength": 1})
"""A project's id, as long as Keystone makes them."""
uuid = Field(_uuid, {"type": "string", "format": "uuid"})
"""A UUID, in any spelling."""


def _name(key: str, value: Any, allowed: Callable[[str], bool]) -> str:
    if not isinstance(value, str):
        raise InvalidObject(f"{key} must be a string, not {_quote(value)}")
    if not allowed(value):
        raise InvalidObject(f"{key} {_quote(value)} is not valid: {names.domain_fault(value)}")
    return value


_LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
domain = Field(
    lambda key, value: _name(key, value, names.is_domain),
    {"type": "string", "maxLength": names.MAX_NAME - 1, "pattern": rf"^(?:{_LABEL}\.)+$"},
)
"""An absolute name."""
host = Field(
    lambda key, value: _name(key, value, names.is_host),
    {"type": "string", "maxLength": names.MAX_NAME - 1, "pattern": rf"^(?:\*\.)?(?:{_LABEL}\.)+$"},
)
"""An absolute name whose first label may be `*`."""


def _email(key: str, value: Any) -> str:
    local, at, place = value.partition("@") if isinstance(value, str) else ("", "", "")
    if not (
        at
        and len(value) <= 254
        and len(local) <= names.MAX_LABEL
        and _is_local_part(local)
        and names.is_domain(place + ".")
    ):
        raise InvalidObject(f"{key} {_quote(value)} is not an e-mail address")
    return str(value)


email = Field(_email, {"type": "string", "maxLength": 254, "pattern": "^[^@]{1,63}@[^@]+$"})
"""A mailbox that an SOA can name (RFC 1035 section 8): `local@domain`.

The local part is a dot-string (RFC 5321) of at most one label, 63 bytes, since the dots in it are
escaped there.
"""


def mapping(max_length: int) -> Field:
    """Return a field that is an object of texts, keys and values of at most `max_length`."""
    part = text(max_length)

    def field(key: str, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise InvalidObject(f"{key} must be an object, not {_quote(value)}")
        return {part(f"a key of {key}", k): part(f"{key}.{k}", v) for k, v in value.items()}

    inner = part.schema
    return Field(field, {"type": "object", "propertyNames": inner, "additionalProperties": inner})


def texts(max_length: int) -> Field:
    """Return a field that is a list of texts."""
    part = text(max_length)

    def field(key: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            message = f"{_quote(value)} is not a list"
            raise InvalidObject(problems=[Problem((key,), message, "type", ["list"])])
        return [part(f"{key}[{index}]", item) for index, item in enumerate(value)]

    return Field(field, {"type": "array", "items": part.schema})


def _quote(value: Any) -> str:
    """Return a value for a message, cut short."""
    quoted = repr(value)
    return quoted if len(quoted) <= 100 else quoted[:97] + "..."
