# SPDX-License-Identifier: Apache-2.0
"""The one table from error codes to HTTP, and the error body (API.md sections 3.1 and 3.2)."""

import json
import logging
from http import HTTPStatus
from typing import Any

import falcon

from designate.api.request import Request
from designate.errors import (
    BadRequest,
    BodyTooLarge,
    DesignateError,
    InvalidObject,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooManyRequests,
    UnsupportedContentType,
)

LOG = logging.getLogger(__name__)
RETRY_AFTER = "1"
"""Seconds after which what is not available may be asked for again."""

#: Statuses by family; what stands in none of the rows is a failure of ours: 500.
_CODES: dict[int, tuple[str, ...]] = {
    400: (
        "bad_request", "invalid_object", "empty_request_body", "invalid_json", "invalid_uuid",
        "invalid_marker", "marker_not_found", "invalid_limit", "invalid_sort_key",
        "invalid_sort_dir", "value_error", "invalid_operation", "invalid_project",
        "invalid_tsigkey", "last_server_delete_not_allowed", "invalid_zone_name",
        "invalid_recordset_name", "invalid_recordset_location", "invalid_ttl",
        "invalid_zone_transfer_request", "zone_has_sub_zone", "zone_is_shared",
        "shared_zone_has_sub_zone", "shared_zone_has_recordsets",
    ),
    401: ("missing_project_id", "unauthorized"),
    403: (
        "forbidden", "invalid_token_scope", "illegal_child", "illegal_parent", "invalid_key",
        "no_endpoint",
    ),
    404: (
        "not_found", "zone_not_found", "recordset_not_found", "zone_import_not_found",
        "zone_export_not_found", "pool_not_found", "no_valid_pool_found",
        "zone_transfer_request_not_found", "zone_transfer_accept_not_found",
        "shared_zone_not_found", "tld_not_found", "blacklist_not_found", "tsigkey_not_found",
        "service_status_not_found", "report_not_found",
    ),
    405: ("method_not_allowed",),
    406: ("unsupported_accept",),
    409: (
        "duplicate", "duplicate_zone", "duplicate_recordset", "duplicate_tld",
        "duplicate_blacklist", "duplicate_tsigkey", "duplicate_pool", "duplicate_pool_ns_record",
        "duplicate_shared_zone", "duplicate_zone_attribute", "duplicate_zone_transfer_request",
    ),
    413: ("over_quota", "request_too_large"),
    415: ("unsupported_content_type",),
    429: ("too_many_requests",),
    503: ("database_unavailable", "messaging_unavailable", "service_outdated"),
    504: ("timeout", "keystone_communication_failure", "neutron_communication_failure"),
}  # fmt: skip
_STATUS = {code: status for status, codes in _CODES.items() for code in codes}
_LINE = {status: f"{status} {HTTPStatus(status).phrase}" for status in (*_CODES, 500)}

#: What the framework refuses by itself, in our words.
_FRAMEWORK: dict[int, type[DesignateError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: UnsupportedContentType,
}


def status_of(error: DesignateError) -> int:
    """Return the HTTP status of an error."""
    return status_of_code(error.code)


def status_of_code(code: str) -> int:
    """Return the HTTP status that goes with the code of an error."""
    return _STATUS.get(code, 500)


def status_line(status: int) -> str:
    """Return the status with its phrase."""
    return _LINE[status]


def body_of(error: DesignateError, request_id: str | None) -> dict[str, Any]:
    """Render the error body; a list of problems stands in the place of the message."""
    body: dict[str, Any] = {"code": status_of(error), "type": error.code}
    if isinstance(error, InvalidObject) and error.problems:
        body["errors"] = {"errors": [_problem(problem) for problem in error.problems]}
    elif error.message is not None:
        body["message"] = error.message
    if request_id is not None:
        body["request_id"] = request_id
    return body


def _problem(problem: Problem) -> dict[str, Any]:
    rendered = {
        "path": list(problem.path),
        "message": problem.message,
        "validator": problem.validator,
        "validator_value": problem.validator_value,
    }
    return rendered | {"reason": problem.reason} if problem.reason else rendered


def install(app: "falcon.App[Request, falcon.Response]") -> None:
    """Let `app` answer every error with the one body."""
    app.add_error_handler(DesignateError, _on_designate_error)
    app.add_error_handler(falcon.HTTPError, _on_http_error)
    app.add_error_handler(Exception, _on_exception)


def _answer(req: Request, resp: falcon.Response, error: DesignateError) -> None:
    body = body_of(error, getattr(req, "request_id", None))
    resp.status = _LINE[body["code"]]
    resp.content_type = "application/json"
    if isinstance(error, TooManyRequests):
        resp.set_header("Retry-After", str(error.retry_after))
    elif body["code"] == 503:
        resp.set_header("Retry-After", RETRY_AFTER)
    resp.data = json.dumps(body, default=str).encode("ascii")


def _on_designate_error(
    req: Request, resp: falcon.Response, error: DesignateError, params: dict[str, Any]
) -> None:
    if status_of(error) == 500:
        LOG.error("%s %s failed", req.method, req.path, exc_info=error)
    _answer(req, resp, error)


def _on_http_error(
    req: Request, resp: falcon.Response, error: falcon.HTTPError, params: dict[str, Any]
) -> None:
    known = _FRAMEWORK.get(error.status_code)
    _answer(req, resp, known() if known else BadRequest(error.description or error.title))


def _on_exception(
    req: Request, resp: falcon.Response, error: Exception, params: dict[str, Any]
) -> None:
    LOG.error("%s %s failed", req.method, req.path, exc_info=error)
    _answer(req, resp, DesignateError())
