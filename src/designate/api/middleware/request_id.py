# SPDX-License-Identifier: Apache-2.0
"""Give every request an id and tell the client (API.md section 1.5)."""

import uuid
from collections.abc import Mapping
from typing import Any

import falcon

from designate.api.request import Request

HEADER = "x-openstack-request-id"
_CHOSEN = "openstack.request_id"


def choose(environ: Mapping[str, Any]) -> str:
    """A new id, unless a filter in front, such as oslo.middleware's, has chosen one already."""
    return str(environ.get(_CHOSEN) or f"req-{uuid.uuid4()}")


class RequestId:
    """The id is a new one; what the client sends is remembered as the global id only."""

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Choose the id."""
        req.request_id = choose(req.env)

    def process_response(
        self, req: Request, resp: falcon.Response, resource: Any, req_succeeded: object
    ) -> None:
        """Send the id."""
        resp.set_header(HEADER, req.request_id)
