# SPDX-License-Identifier: Apache-2.0
"""Errors as HTTP: every code has a status, and the body its keys in their order."""

import inspect

import pytest

from designate import errors
from designate.api.errors import body_of, status_of

CLASSES = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.DesignateError)
]
OURS = {
    "unknown", "no_filters_configured", "no_servers_configured", "multiple_pools_found",
    "configuration_error",
}  # fmt: skip


@pytest.mark.parametrize("error", CLASSES)
def test_only_failures_of_the_installation_are_500(error: type[errors.DesignateError]) -> None:
    raised = error(["zones"]) if error is errors.OverQuota else error()
    assert (status_of(raised) == 500) == (error.code in OURS), error.code


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.MissingProject(), 401),
        (errors.OverQuota(["zones"]), 413),
        (errors.BodyTooLarge(), 413),
        (errors.NoValidPoolFound(), 404),
        (errors.DuplicateZone(), 409),
        (errors.DatabaseUnavailable(), 503),
        (errors.Timeout(), 504),
        (errors.UnsupportedAccept(), 406),
    ],
)
def test_statuses_that_clients_build_on(error: errors.DesignateError, status: int) -> None:
    assert status_of(error) == status


def test_a_message_stands_between_type_and_request_id() -> None:
    assert list(body_of(errors.ZoneNotFound(), "req-1").items()) == [
        ("code", 404),
        ("type", "zone_not_found"),
        ("message", "Could not find Zone"),
        ("request_id", "req-1"),
    ]


def test_no_text_is_no_message() -> None:
    assert body_of(errors.Forbidden(), None) == {"code": 403, "type": "forbidden"}


def test_problems_take_the_place_of_the_message() -> None:
    problem = errors.Problem(("records", 0), "'x' is not a 'A' Record", "format", ["A"])
    assert body_of(errors.InvalidObject(problems=[problem]), "req-1") == {
        "code": 400,
        "type": "invalid_object",
        "errors": {
            "errors": [
                {
                    "path": ["records", 0],
                    "message": "'x' is not a 'A' Record",
                    "validator": "format",
                    "validator_value": ["A"],
                }
            ]
        },
        "request_id": "req-1",
    }
