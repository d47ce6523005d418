# SPDX-License-Identifier: Apache-2.0
"""The description of the API: valid, of every route, and served to everybody."""

import re
from collections.abc import Iterator

import falcon.inspect
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from designate.api import app as api
from designate.api import openapi
from designate.api.links import Links
from designate.api.paging import Paging
from designate.api.request import Request
from designate.api.v2.absent import Absent
from designate.policy import rules
from tests.api import reference
from tests.api.exchange import InProcess
from tests.api.installation import WITH_ADMIN, Installation


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """An installation with the admin API."""
    made = Installation(WITH_ADMIN)
    yield made
    made.close()


def routes(installation: Installation) -> list[openapi.Route]:
    """The table of routes."""
    central, links = installation.central, Links(None)
    admin = [route for part in api.admin_routes(central, links).values() for route in part]
    return [*api.routes(central, links, Paging(20, 1000)), *admin]


def test_the_document_is_valid(installation: Installation) -> None:
    """By the validator of the OpenAPI project's schema, and served at its path without a token."""
    reply = InProcess(installation.app).send("GET", openapi.PATH, {}, b"")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert re.fullmatch("req-[0-9a-f-]{36}", reply.headers["x-openstack-request-id"])
    OpenAPIV31SpecValidator(reply.json).validate()
    assert reply.json == openapi.document(routes(installation))


def test_every_method_of_every_route_is_described(installation: Installation) -> None:
    """What answers is in the document; the document speaks of nothing else."""
    app = api.App(request_type=Request)
    for path, resource in routes(installation):
        app.add_route(path, resource)
    there = {
        (route.path, method.method.lower())
        for route in falcon.inspect.inspect_routes(app)
        for method in route.methods
        if route.class_name != Absent.__name__ and not method.internal
    }
    paths = openapi.document(routes(installation))["paths"]
    words = {"get", "post", "put", "patch", "delete"}
    described = {(path, word) for path, item in paths.items() for word in item if word in words}
    assert described == there


def test_what_is_switched_off_is_not_described() -> None:
    """The document is of this installation."""
    made = Installation({})
    reply = InProcess(made.app).send("GET", openapi.PATH, {}, b"")
    made.close()
    assert [path for path in reply.json["paths"] if not path.startswith("/v2/")] == []


def test_the_policy_that_is_described_exists(installation: Installation) -> None:
    """Whoever writes a policy file finds the rules of an operation in the document."""
    known = {rule.name for rule in rules()}
    for item in openapi.document(routes(installation))["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                assert set(operation.get("x-policy", ())) <= known


def test_the_reference_is_of_today() -> None:
    """`make reference` was run after the last change of the API."""
    assert reference.FILE.read_text("utf-8") == reference.current()
