# SPDX-License-Identifier: Apache-2.0
"""Errors as data."""

import inspect
import json
from typing import Any

import pytest

from designate import errors
from designate.rpc import errors as rpc_errors

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, errors.DesignateError)
]
ARGUMENTS: dict[type, tuple[Any, ...]] = {
    errors.OverQuota: (["zones", "zone_records"],),
    errors.TooManyRequests: (1.5,),
    errors.InvalidObject: (None, [errors.Problem(("records", 3), "bad", "format", [1, "a"], "r")]),
}


def carried(error: errors.DesignateError) -> errors.DesignateError:
    """The error after it was JSON."""
    return rpc_errors.unpack(json.loads(json.dumps(rpc_errors.pack(error))))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_arrives_with_all_that_it_holds(cls: type[errors.DesignateError]) -> None:
    """A fact that its class does not annotate would be lost: it must be annotated."""
    error = cls(*ARGUMENTS.get(cls, ()))
    found = carried(error)
    assert type(found) is cls
    assert (str(found), vars(found)) == (str(error), vars(error))


def test_a_message_arrives() -> None:
    """One of its own instead of its class's."""
    found = carried(errors.ZoneNotFound("not that one"))
    assert (found.message, str(found)) == ("not that one", "not that one")


class Special(errors.ZoneNotFound):
    """Of a plug-in: it has no code."""


def test_an_error_without_a_code_is_what_it_is_a_kind_of() -> None:
    """Where it is not known."""
    found = carried(Special())
    assert type(found) is errors.ZoneNotFound


def test_an_error_of_a_later_version_is_the_nearest_that_is_known() -> None:
    """By the codes of what it is a kind of."""
    packed = rpc_errors.pack(errors.ZoneNotFound("gone"))
    packed["codes"] = ["zone_moved_to_mars", *packed["codes"][1:]]
    found = rpc_errors.unpack(packed)
    assert type(found) is errors.NotFound
    assert str(found) == "gone"


def test_a_fact_that_another_version_does_not_send_does_no_harm() -> None:
    """Where the class has no value for it, the error is what it is a kind of."""
    packed = rpc_errors.pack(errors.TooManyRequests(7))
    packed["facts"] = {}
    found = rpc_errors.unpack(packed)
    assert (type(found), str(found)) == (errors.TooManyRequests.__base__, packed["text"])


class Patient(errors.TooManyRequests):
    """With a fact that has a value."""

    code = "patient"
    patience: int = 3


def test_a_fact_that_has_a_value_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The class's holds."""
    monkeypatch.setattr(rpc_errors, "CLASSES", {**rpc_errors.CLASSES, "patient": Patient})
    packed = rpc_errors.pack(Patient(7))
    del packed["facts"]["patience"]
    found = rpc_errors.unpack(packed)
    assert isinstance(found, Patient)
    assert (found.retry_after, found.patience) == (7, 3)
