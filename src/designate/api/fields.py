# SPDX-License-Identifier: Apache-2.0
"""Fields of the objects that clients send: coercion and the rules of one field (API.md 3.3, 5).

A `Field` takes the key and the decoded JSON value and returns the value that the model holds; it
raises InvalidObject with a message for the client.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from designate.api.identifiers import canonical
from designate.errors import InvalidObject, Problem
from designate.rdata import names

Field = Callable[[str, Any], Any]

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

    return field


def nullable(field: Field) -> Field:
    """Return the field that may be null as well."""
    return lambda key, value: None if value is None else field(key, value)


def integer(low: int, high: int) -> Field:
    """Return a field from `low` to `high`; what converts to an integer is converted."""

    def field(key: str, value: Any) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise InvalidObject(f"{key} must be an integer, not {_quote(value)}") from None
        if not low <= number <= high:
            raise InvalidObject(f"{key} must be from {low} to {high}, not {_quote(value)}")
        return number

    return field


def choice(*values: str) -> Field:
    """Return a field that has one of `values`, in exactly this spelling."""

    def field(key: str, value: Any) -> str:
        if isinstance(value, str) and value in values:
            return value
        raise InvalidObject(f"{key} must be one of {', '.join(values)}, not {_quote(value)}")

    return field


def uuid(key: str, value: Any) -> str:
    """Field: a UUID."""
    found = canonical(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidObject(f"{key} must be a UUID, not {_quote(value)}")
    return found


def project(key: str, value: Any) -> str:
    """Field: a project's id, as long as Keystone makes them."""
    found: str = text(36)(key, value)
    if not found.strip():
        raise InvalidObject(f"{key} must name a project")
    return found


def domain(key: str, value: Any) -> str:
    """Field: an absolute name."""
    return _name(key, value, names.is_domain)


def host(key: str, value: Any) -> str:
    """Field: an absolute name whose first label may be `*`."""
    return _name(key, value, names.is_host)


def _name(key: str, value: Any, allowed: Callable[[str], bool]) -> str:
    if not isinstance(value, str):
        raise InvalidObject(f"{key} must be a string, not {_quote(value)}")
    if not allowed(value):
        raise InvalidObject(f"{key} {_quote(value)} is not valid: {names.domain_fault(value)}")
    return value


def email(key: str, value: Any) -> str:
    """Field: a mailbox that an SOA can name (RFC 1035 section 8): `local@domain`.

    The local part is a dot-string (RFC 5321) of at most one label, 63 bytes, since the dots in it
    are escaped there.
    """
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


def mapping(max_length: int) -> Field:
    """Return a field that is an object of texts, keys and values of at most `max_length`."""
    part = text(max_length)

    def field(key: str, value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise InvalidObject(f"{key} must be an object, not {_quote(value)}")
        return {part(f"a key of {key}", k): part(f"{key}.{k}", v) for k, v in value.items()}

    return field


def texts(max_length: int) -> Field:
    """Return a field that is a list of texts."""
    part = text(max_length)

    def field(key: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            message = f"{_quote(value)} is not a list"
            raise InvalidObject(problems=[Problem((key,), message, "type", ["list"])])
        return [part(f"{key}[{index}]", item) for index, item in enumerate(value)]

    return field


def _quote(value: Any) -> str:
    """Return a value for a message, cut short."""
    quoted = repr(value)
    return quoted if len(quoted) <= 100 else quoted[:97] + "..."
