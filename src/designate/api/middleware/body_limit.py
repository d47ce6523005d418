# SPDX-License-Identifier: Apache-2.0
"""Refuse bodies that are too long before anything is read (API.md section 1.4)."""

import falcon

from designate.api.request import Request
from designate.errors import BodyTooLarge

_IMPORTS = "/v2/zones/tasks/imports"


class BodyLimit:
    """Zone files have a limit of their own; both are in bytes.

    A chunked body tells no length: it meets the limit while it is read.
    """

    def __init__(self, limit: int, import_limit: int) -> None:
        self._limit = limit
        self._import_limit = import_limit

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Fix the limit of this request; raises BodyTooLarge."""
        is_import = req.method == "POST" and req.path == _IMPORTS
        req.body_limit = self._import_limit if is_import else self._limit
        if (req.content_length or 0) > req.body_limit:
            raise BodyTooLarge(f"The body exceeds {req.body_limit} bytes")
