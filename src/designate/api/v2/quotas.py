# SPDX-License-Identifier: Apache-2.0
"""Quotas over HTTP: /v2/quotas (API.md section 20)."""

from typing import Any

import falcon
import msgspec

from designate.api import description, fields, media
from designate.api.description import operation
from designate.api.request import Request
from designate.contracts.quotas import Quotas
from designate.errors import InvalidObject, InvalidProject, KeystoneCommunicationFailure
from designate.model.quotas import QuotaChange
from designate.model.quotas import Quotas as QuotaValues

_LIMIT = fields.integer(-1, fields.MAX_INT32)
_FIELDS: dict[str, fields.Field] = dict.fromkeys(QuotaValues.__struct_fields__, _LIMIT)
_project = fields.text(255)

SHAPE = description.shown("Quotas", {name: field.schema for name, field in _FIELDS.items()})
_SETTING = (InvalidProject, KeystoneCommunicationFailure)
_CHANGE = description.accepted("QuotaChange", _FIELDS)


def parse(body: dict[str, Any]) -> QuotaChange:
    """Read limits to be set; raises InvalidObject that names every bad one."""
    fields.refuse_unknown("quota", body, (frozenset(_FIELDS),))
    return QuotaChange(**fields.read(body, _FIELDS))


def render(quotas: QuotaValues) -> dict[str, Any]:
    """Render limits in the order of the model, without an envelope."""
    return msgspec.structs.asdict(quotas)


class OwnQuotas:
    """/v2/quotas"""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    @operation({200: SHAPE}, policy=["get_quotas"])
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """Show those of the caller's project."""
        media.answer(resp, render(self._quotas.get(req.caller)))


class QuotaItem:
    """/v2/quotas/{project_id}"""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    @operation({200: SHAPE}, refuses=[InvalidObject], policy=["get_quotas"])
    def on_get(self, req: Request, resp: falcon.Response, project_id: str) -> None:
        """Show those of a project, whether or not it exists."""
        project = _project("project_id", project_id)
        media.answer(resp, render(self._quotas.get(req.caller, project)))

    @operation({200: SHAPE}, bodies=[_CHANGE], refuses=_SETTING, policy=["set_quota"])
    def on_patch(self, req: Request, resp: falcon.Response, project_id: str) -> None:
        """Set some, and show all."""
        project = _project("project_id", project_id)
        change = parse(media.json_object(req, "quota"))
        media.answer(resp, render(self._quotas.update(req.caller, project, change)))

    @operation({204: None}, refuses=[InvalidObject], policy=["reset_quotas"])
    def on_delete(self, req: Request, resp: falcon.Response, project_id: str) -> None:
        """Set all back."""
        self._quotas.reset(req.caller, _project("project_id", project_id))
        resp.status = falcon.HTTP_204
