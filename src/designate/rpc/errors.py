# SPDX-License-Identifier: Apache-2.0
"""Errors as data: the codes of their classes, what they say, and their facts.

The codes go from the class to what it is a kind of, so that a client who does not know a new error
raises the nearest that it knows.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypedDict, get_origin, get_type_hints

import msgspec

from designate.errors import DesignateError


class Packed(TypedDict):
    """An error as data."""

    codes: list[str]
    message: str | None
    text: str
    facts: dict[str, Any]


def pack(error: DesignateError) -> Packed:
    """An error as data."""
    found = {name: getattr(error, name) for name in facts(type(error))}
    return {
        "codes": [cls.code for cls in type(error).__mro__ if issubclass(cls, DesignateError)],
        "message": error.message,
        "text": str(error),
        "facts": msgspec.to_builtins(found),
    }


def unpack(packed: Packed) -> DesignateError:
    """The error as it was raised; raises ValidationError.

    A fact that another version does not send is as the class has it; if it has none, the error is
    what it is a kind of.
    """
    known = (CLASSES[code] for code in packed["codes"] if code in CLASSES)
    cls = next((cls for cls in known if _is_whole(cls, packed["facts"])), DesignateError)
    error = cls.__new__(cls)
    # Not its own constructor, which makes a message of the facts.
    DesignateError.__init__(error, packed["message"])
    error.args = (packed["text"],)
    for name, kind in facts(cls).items():
        if name in packed["facts"]:
            setattr(error, name, msgspec.convert(packed["facts"][name], kind))
    return error


def _is_whole(cls: type[DesignateError], given: Mapping[str, Any]) -> bool:
    return all(name in given or hasattr(cls, name) for name in facts(cls))


def _family(cls: type[DesignateError]) -> Iterator[type[DesignateError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from _family(child)


def facts(cls: type[DesignateError]) -> Mapping[str, Any]:
    """The names and types of what a class of errors holds besides its message."""
    hints = get_type_hints(cls)
    return {name: kind for name, kind in hints.items() if get_origin(kind) is not ClassVar}


CLASSES: Mapping[str, type[DesignateError]] = {
    cls.code: cls for cls in _family(DesignateError) if "code" in vars(cls)
}
"""By their codes. A class without one of its own is to others what it is a kind of."""
