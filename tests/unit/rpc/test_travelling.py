# SPDX-License-Identifier: Apache-2.0
"""What the last release understands is still sent, and what it sends is still understood."""

import json
from collections.abc import Iterator
from typing import Any, Protocol

import msgspec
import pytest

from designate.model.context import Context
from tests.unit.rpc.travelling import FILE, Schema, described


def breaches(before: Schema, now: Schema) -> list[str]:
    """What keeps services of `before` and of `now` from understanding each other."""
    found = [f"{name} is gone" for part in before for name in before[part].keys() - now[part]]
    for name, operation in before["operations"].items():
        for side, old in operation.items():
            new = now["operations"].get(name, operation)[side]
            found += _of_struct(f"{name} {side}", old, new) if side != "streams" else []
            if side == "streams" and old != new:
                found.append(f"{name} streams otherwise")
    for name, old in before["types"].items():
        found += _of_struct(name, old, now["types"].get(name, old))
    for code, facts in before["errors"].items():
        found += _of_error(code, facts, now["errors"].get(code, facts))
    return sorted(found)


def _of_struct(place: str, old: Schema, new: Schema) -> Iterator[str]:
    was, properties = old.get("properties", {}), new.get("properties", {})
    if _rest(old) != _rest(new):
        yield f"{place} is another type"
    for name in was.keys() - properties.keys():
        yield f"{place}: {name} is gone"
    for name in was.keys() & properties.keys():
        if _type(was[name]) != _type(properties[name]):
            yield f"{place}: {name} is of another type"
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{place}: {name} is needed"


def _rest(schema: Schema) -> Schema:
    return {key: schema[key] for key in schema if key not in ("properties", "required")}


def _type(schema: Schema) -> Schema:
    return {key: schema[key] for key in schema if key != "default"}


def _of_error(code: str, old: Schema, new: Schema) -> Iterator[str]:
    for name in old.keys() - new.keys():
        yield f"{code}: {name} is gone"
    for name, fact in new.items():
        if name not in old and fact["required"]:
            yield f"{code}: {name} is needed"
        if name in old and old[name]["type"] != fact["type"]:
            yield f"{code}: {name} is of another type"


def test_this_version_understands_the_last_release() -> None:
    """Whatever was added has a default, and nothing has another meaning or is gone."""
    assert breaches(json.loads(FILE.read_text("utf-8")), described()) == []


class Thing(msgspec.Struct, kw_only=True):
    """As the last release had it."""

    name: str
    size: int = 1


class Things(Protocol):
    """The contract of the last release."""

    def paint(self, ctx: Context, thing: Thing, colour: str = "grey") -> int:
        """Return a number."""


class Coated(msgspec.Struct, kw_only=True):
    """With one more field."""

    name: str
    size: int = 1
    coats: int = 2


class Later(Protocol):
    """What the last release gets on with."""

    def paint(self, ctx: Context, thing: Coated, colour: str = "grey", coats: int = 1) -> int:
        """Return a number."""

    def count(self, ctx: Context) -> int:
        """Return a number."""


class Demanding(Protocol):
    """One argument more that must be given."""

    def paint(self, ctx: Context, thing: Thing, coats: int, colour: str = "grey") -> int:
        """Return a number."""


class Renamed(Protocol):
    """Another name."""

    def colour(self, ctx: Context, thing: Thing, colour: str = "grey") -> int:
        """Return a number."""


class Retyped(Protocol):
    """Another type of an argument, and of the result."""

    def paint(self, ctx: Context, thing: Thing, colour: int = 0) -> str:
        """Return a text."""


def shape(contract: type) -> Schema:
    """What travels by one contract; its type by the name of the last release's."""
    text = json.dumps(described({"things": contract}) | {"errors": {}})
    shaped: Schema = json.loads(text.replace("Coated", "Thing"))
    return shaped


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (Things, []),
        (Later, []),
        (Demanding, ["things.paint arguments: coats is needed"]),
        (Renamed, ["things.paint is gone"]),
        (
            Retyped,
            [
                "things.paint arguments: colour is of another type",
                "things.paint result: value is of another type",
            ],
        ),
    ],
)
def test_a_breach_is_found(later: type, found: list[str]) -> None:
    """And what may be added is none."""
    assert breaches(shape(Things), shape(later)) == found


def test_a_breach_of_types_and_errors_is_found() -> None:
    """Fields that are gone or needed, facts that are."""

    def world(fields: dict[str, Any], required: list[str], facts: Schema) -> Schema:
        thing = {"type": "object", "properties": fields, "required": required}
        return {"operations": {}, "types": {"Thing": thing}, "errors": {"bad": facts}}

    text, fact = {"type": "string"}, {"type": "str", "required": True}
    before = world({"a": text, "b": text}, ["a"], {"x": fact})
    after = world({"a": {"type": "null"}, "c": text}, ["a", "c"], {"y": fact})
    assert breaches(before, after) == [
        "Thing: a is of another type",
        "Thing: b is gone",
        "Thing: c is needed",
        "bad: x is gone",
        "bad: y is needed",
    ]
