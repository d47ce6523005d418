# SPDX-License-Identifier: Apache-2.0
"""The limits of the caller's project over HTTP (API.md section 21)."""

from typing import Any

import falcon
import msgspec

from designate.api import description, media
from designate.api.description import operation
from designate.api.request import Request
from designate.contracts.limits import Limits
from designate.model.limits import Limits as LimitValues

SHAPE = description.shown(
    "Limits",
    {field: {"type": "integer"} for field in LimitValues.__struct_fields__},
)


def render(limits: LimitValues) -> dict[str, Any]:
    """Render the limits in the order of the model."""
    return msgspec.structs.asdict(limits)


class LimitItem:
    """/v2/limits"""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    @operation({200: SHAPE})
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """Show the limits."""
        media.answer(resp, render(self._limits.get(req.caller)))
