# SPDX-License-Identifier: Apache-2.0
"""Requests for tests of what handles them."""

import io
from typing import Any
from urllib.parse import parse_qsl

import falcon

from designate.api.request import Request
from designate.model.context import Context


def environ(path: str = "/v2/zones", *, body: bytes = b"", **more: Any) -> dict[str, Any]:
    """A WSGI environment; `more` are its keys, in lower case."""
    given = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "dns.test",
        "SERVER_PORT": "9001",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }
    if body:
        given["CONTENT_LENGTH"] = str(len(body))
    return given | {key.upper(): value for key, value in more.items()}


def request(path: str = "/v2/zones", *, body: bytes = b"", **more: Any) -> Request:
    """A request after the middleware: by an administrator of p1."""
    made = Request(environ(path, body=body, **more), options=falcon.RequestOptions())
    made.request_id = "req-1"
    made.body_limit = 114688
    made.arguments = parse_qsl(made.env["QUERY_STRING"], keep_blank_values=True)
    made.caller = Context(request_id="req-1", project_id="p1", roles=("admin",))
    return made
