# SPDX-License-Identifier: Apache-2.0
"""Refuse clients that read nothing the operation writes (API.md section 1.4)."""

from typing import Any

import falcon

from designate.api import media
from designate.api.request import Request
from designate.errors import UnsupportedAccept


class Accept:
    """Compares the Accept header with what the resource `writes`: JSON when it says nothing."""

    def process_resource(
        self, req: Request, resp: falcon.Response, resource: Any, params: dict[str, Any]
    ) -> None:
        """Raise UnsupportedAccept unless the client takes what the resource writes."""
        accepted = req.env.get("HTTP_ACCEPT")
        written = getattr(resource, "writes", media.JSON)
        if accepted is None or accepted in ("*/*", written):
            return
        if not req.client_accepts(written):
            raise UnsupportedAccept(f"This is {written}, which {accepted!r} does not accept")
