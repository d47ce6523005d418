# SPDX-License-Identifier: Apache-2.0
"""Give every request an id and tell the client (API.md section 1.5)."""

import uuid
from typing import Any

import falcon

from designate.api.request import Request

_CHOSEN = "openstack.request_id"


class RequestId:
    """The id is a new one; what the client sends is remembered as the global id only.

    A filter in front, such as oslo.middleware's, may have chosen it already.
    """

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Choose the id."""
        req.request_id = req.env.get(_CHOSEN) or f"req-{uuid.uuid4()}"

    def process_response(
        self, req: Request, resp: falcon.Response, resource: Any, req_succeeded: object
    ) -> None:
        """Send the id."""
        resp.set_header("x-openstack-request-id", req.request_id)
