# SPDX-License-Identifier: Apache-2.0
"""Quotas of any project over HTTP, as the admin API has them (API.md section 24)."""

from collections.abc import Iterator
from typing import Any

import falcon

from designate.api import description, errors, fields, media
from designate.api.description import operation
from designate.api.request import Request
from designate.contracts.quotas import Quotas
from designate.errors import InvalidObject, InvalidProject, KeystoneCommunicationFailure
from designate.model.quotas import QuotaChange
from designate.model.quotas import Quotas as QuotaValues

_ENVELOPE = "quota"
_NAMES = ("api_export_size", "zones", "zone_records", "zone_recordsets", "recordset_records")
_project = fields.text(255)

_VALUES = {name: {"type": "integer", "minimum": -1, "maximum": fields.MAX_INT32} for name in _NAMES}
_LIMITS = {name: {"type": "integer", "minimum": 0, "maximum": fields.MAX_INT32} for name in _NAMES}
_NAMED = description.shown("NamedQuotas", _VALUES)
SHAPE = description.shown("AdminQuotas", {_ENVELOPE: description.reference(_NAMED)}, [_NAMED])
_CHANGE = description.Shape(
    "AdminQuotasChange",
    {
        "type": "object",
        "properties": {
            _ENVELOPE: {"type": "object", "properties": _LIMITS, "additionalProperties": False}
        },
        "required": [_ENVELOPE],
        "additionalProperties": False,
    },
)
_FAULT = description.shown(
    "AdminFault", dict.fromkeys(("path", "message", "validator"), description.TEXT)
)
_REFUSAL = description.Shape(
    "AdminError",
    {
        "type": "object",
        "properties": {
            "code": {"const": 400},
            "type": {"const": InvalidObject.code},
            "message": description.TEXT,
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": _FAULT.schema,
            },
            "request_id": description.TEXT,
        },
        "required": ["code", "type", "message", "errors", "request_id"],
        "additionalProperties": False,
    },
)


def faults(body: dict[str, Any]) -> Iterator[dict[str, str]]:
    """What is wrong with a body, in the words of JSON Schema; -1 is a limit of /v2/quotas only."""
    yield from (_unexpected("", key) for key in body if key != _ENVELOPE)
    limits = body.get(_ENVELOPE)
    if _ENVELOPE not in body:
        yield _fault("", f"'{_ENVELOPE}' is a required property", "required")
    elif not isinstance(limits, dict):
        yield _fault(_ENVELOPE, f"{limits!r} is not of type 'object'", "type")
    else:
        for name, value in limits.items():
            if name not in _NAMES:
                yield _unexpected(_ENVELOPE, name)
            elif isinstance(value, bool) or not isinstance(value, int):
                yield _fault(f"{_ENVELOPE}.{name}", f"{value!r} is not of type 'integer'", "type")
            elif value < 0:
                message = f"{value} is less than the minimum of 0"
                yield _fault(f"{_ENVELOPE}.{name}", message, "minimum")
            elif value > fields.MAX_INT32:
                message = f"{value} is greater than the maximum of {fields.MAX_INT32}"
                yield _fault(f"{_ENVELOPE}.{name}", message, "maximum")


def _unexpected(path: str, key: str) -> dict[str, str]:
    message = f"Additional properties are not allowed ({key[:100]!r} was unexpected)"
    return _fault(path, message, "additionalProperties")


def _fault(path: str, message: str, validator: str) -> dict[str, str]:
    return {"path": path, "message": message, "validator": validator}


def render(quotas: QuotaValues) -> dict[str, Any]:
    """Render limits in their envelope."""
    return {_ENVELOPE: {name: getattr(quotas, name) for name in _NAMES}}


class QuotaItem:
    """/admin/quotas/{project_id}"""

    of_all_projects = True

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    @operation({200: SHAPE}, refuses=[InvalidObject], policy=["get_quotas"])
    def on_get(self, req: Request, resp: falcon.Response, project_id: str) -> None:
        """Show those of a project, whether or not it exists."""
        project = _project("project_id", project_id)
        media.answer(resp, render(self._quotas.get(req.caller, project)))

    @operation(
        {200: SHAPE},
        bodies=[_CHANGE],
        refuses=[InvalidProject, KeystoneCommunicationFailure],
        refusals={400: _REFUSAL},
        policy=["set_quota"],
    )
    def on_patch(self, req: Request, resp: falcon.Response, project_id: str) -> None:
        """Set some, and show all."""
        project = _project("project_id", project_id)
        body = media.json_object(req, "quota")
        if found := list(faults(body)):
            _refuse(req, resp, found)
            return
        change = QuotaChange(**body[_ENVELOPE])
        media.answer(resp, render(self._quotas.update(req.caller, project, change)))

    @operation({204: None}, refuses=[InvalidObject], policy=["reset_quotas"])
    def on_delete(self, req: Request, resp: falcon.Response, project_id: str) -> None:
        """Set all back."""
        self._quotas.reset(req.caller, _project("project_id", project_id))
        resp.status = falcon.HTTP_204


def _refuse(req: Request, resp: falcon.Response, found: list[dict[str, str]]) -> None:
    """Answer as the admin API always has: a message, and a list of errors beside it."""
    error = InvalidObject("; ".join(fault["message"] for fault in found))
    media.answer(resp, errors.body_of(error, req.request_id) | {"errors": found}, falcon.HTTP_400)
