# SPDX-License-Identifier: Apache-2.0
"""Keep everybody but one role out during maintenance (API.md section 2.4)."""

import falcon

from designate.api.request import Request


class Maintenance:
    """The gate; it stands behind authentication, so that 401 and 403 win."""

    def __init__(self, role: str) -> None:
        self._role = role.lower()

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Answer 503 to a caller without the role."""
        if self._role not in req.caller.roles:
            resp.status = falcon.HTTP_503
            resp.content_type = "text/html"
            resp.set_header("Retry-After", "60")
            resp.complete = True
