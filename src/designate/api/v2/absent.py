# SPDX-License-Identifier: Apache-2.0
"""Paths that lead nowhere (API.md section 3.4)."""

import re
from typing import Any

import falcon

from designate.api.request import Request
from designate.errors import MethodNotAllowed, NotFound

_is_below_item = re.compile(
    "/v2/(?:"
    "(?:zones|recordsets|tlds|blacklists|pools|tsigkeys|service_status(?:es)?|quotas)/(?!tasks/)"
    "|zones/tasks/(?:exports?|imports|transfer_requests|transfer_accepts)/"
    "|reverse/floatingips/"
    ")[^/]+/(?!tasks/).+"
).match


def absent(req: Request, resp: falcon.Response, **params: Any) -> None:
    """Answer 404; a POST below an item, and anything below the limits, is a method it has not."""
    below_item = req.method == "POST" and _is_below_item(req.path)
    if below_item or req.path.startswith("/v2/limits/"):
        raise MethodNotAllowed
    raise NotFound


class Absent:
    """A word that would be taken for an id: `/v2/zones/recordsets` and its like."""

    on_get = on_post = on_put = on_patch = on_delete = staticmethod(absent)
