# SPDX-License-Identifier: Apache-2.0
"""Reads a Protocol once: its operations, and what their arguments and results look like as data.

A method whose first parameter is a `Context` is called. One without a context that returns nothing
is a hint, which is sent to everybody and never answered. Others are the background work of the
service itself. Those of Central are grouped by noun, which is the namespace of their messages.
Arguments and results are the plain objects of JSON. What cannot travel is a TypeError when a
program starts, not when somebody calls.

Versions N and N+1 run together because what was not there before is optional: an argument that has
its default is not sent, an unknown field of an object is ignored, a missing one has its default.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from designate.model.context import Context
from designate.rpc.streams import Piece, Sent

VERSION = "7.0"
"""Of all contracts; upstream's last was 6.12. It rises when nothing old is understood any more."""
Hints = Mapping[str, Any]
PIECES = (str, bytes)


@dataclass(frozen=True, slots=True)
class Operation:
    """A method that is called over the bus, or a hint, which has no `context`.

    `sends` is the parameter that is given in pieces; `returns` the type of the pieces, text or
    bytes, of a result that comes in pieces.
    """

    noun: str | None
    name: str
    context: bool
    parameters: tuple[str, ...]
    arguments: type[msgspec.Struct]
    result: type[msgspec.Struct]
    sends: str | None
    returns: type | None

    def name_arguments(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call by name."""
        if len(args) > len(self.parameters):
            raise TypeError(f"{self.title} takes {len(self.parameters)} arguments")
        return dict(zip(self.parameters, args, strict=False), **kwargs)

    @property
    def title(self) -> str:
        """How messages and logs name it."""
        return f"{self.noun}.{self.name}" if self.noun else self.name

    def pack(self, named: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as data; those with their default are left out."""
        packed: dict[str, Any] = msgspec.to_builtins(self.arguments(**named), str_keys=True)
        return packed

    def unpack(self, packed: Any) -> dict[str, Any]:
        """The arguments, in the order of the parameters; raises ValidationError."""
        found = msgspec.convert(packed, self.arguments, str_keys=True)
        return {name: getattr(found, name) for name in self.parameters}

    def pack_result(self, result: Any) -> Any:
        """A result as data."""
        return msgspec.to_builtins(self.result(result), str_keys=True)["value"]

    def unpack_result(self, packed: Any) -> Any:
        """A result; raises ValidationError."""
        # Its type is made here, so that nobody else knows its fields.
        found: Any = msgspec.convert({"value": packed}, self.result, str_keys=True)
        return found.value


def operations(contract: type) -> dict[str | None, list[Operation]]:
    """The operations of a contract by noun; None stands for those of a Protocol by itself.

    Raises TypeError for what cannot travel.
    """
    if is_dataclass(contract):
        return {noun: of_protocol(kind, noun) for noun, kind in get_type_hints(contract).items()}
    return {None: of_protocol(contract, None)}


def of_protocol(contract: type, noun: str | None) -> list[Operation]:
    """The operations of one Protocol, its bases' too."""
    return [
        _operation(noun, name, method, hints)
        for name, method, hints in methods(contract)
        if _has_context(hints) or hints["return"] is type(None)
    ]


def _has_context(hints: Hints) -> bool:
    return next(iter(hints.values())) is Context


def methods(contract: type) -> Iterator[tuple[str, Any, Hints]]:
    """The public methods of a Protocol with their types, generic ones as they are bound there."""
    bound = dict(_bound(contract))
    for name, method in inspect.getmembers(contract, inspect.isfunction):
        if not name.startswith("_"):
            hints = get_type_hints(method)
            yield name, method, {key: _concrete(hint, bound) for key, hint in hints.items()}


def _bound(contract: type) -> Iterator[tuple[Any, Any]]:
    """What the parameters of generic bases stand for."""
    for base in getattr(contract, "__orig_bases__", ()):
        origin = get_origin(base)
        if origin is not None:
            yield from zip(getattr(origin, "__parameters__", ()), get_args(base), strict=False)


def _concrete(hint: Any, bound: Mapping[Any, Any]) -> Any:
    if isinstance(hint, TypeVar):
        return bound[hint]
    if parameters := getattr(hint, "__parameters__", ()):
        return hint[tuple(bound[parameter] for parameter in parameters)]
    return hint


def _operation(noun: str | None, name: str, method: Any, hints: Hints) -> Operation:
    title = f"{noun}.{name}" if noun else name
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    sends = None
    has_context = _has_context(hints)
    parameters = list(inspect.signature(method).parameters.values())[1 + has_context :]
    for parameter in parameters:
        kind = hints[parameter.name]
        if _piece(kind, Iterable) is bytes:
            sends, kind = parameter.name, Sent
        else:
            check(f"{title}({parameter.name})", kind)
        default = () if parameter.default is parameter.empty else (parameter.default,)
        fields.append((parameter.name, kind, *default))
    returns = _piece(hints["return"], Iterator)
    result = Piece if returns else hints["return"]
    check(f"{title}()", result)
    return Operation(
        noun=noun,
        name=name,
        context=has_context,
        parameters=tuple(parameter.name for parameter in parameters),
        arguments=msgspec.defstruct(title, fields, kw_only=True, omit_defaults=True),
        result=msgspec.defstruct(title, [("value", result)]),
        sends=sends,
        returns=returns,
    )


def _piece(kind: Any, of: type) -> type | None:
    """The type of the pieces of a stream; None when it is none."""
    if get_origin(kind) is not of:
        return None
    (piece,) = get_args(kind)
    return piece if piece in PIECES else None


def check(place: str, kind: Any) -> None:
    """Raise TypeError for a type whose values cannot travel, or not to another version."""
    try:
        info = msgspec.inspect.type_info(kind)
    except TypeError as error:
        raise TypeError(f"{place}: {error}") from None
    for found in _walk(info, set()):
        if isinstance(found, msgspec.inspect.CustomType):
            raise TypeError(f"{place}: a {found.cls} cannot travel")
        if isinstance(found, msgspec.inspect.StructType) and found.forbid_unknown_fields:
            raise TypeError(f"{place}: {found.cls} refuses the fields of a later version")


def _walk(info: Any, seen: set[int]) -> Iterator[Any]:
    """A type and all that is in it."""
    if isinstance(info, tuple):
        for item in info:
            yield from _walk(item, seen)
    elif isinstance(info, msgspec.inspect.Type | msgspec.inspect.Field) and id(info) not in seen:
        seen.add(id(info))
        yield info
        for name in info.__struct_fields__:
            yield from _walk(getattr(info, name), seen)
