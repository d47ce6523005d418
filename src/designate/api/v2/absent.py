# SPDX-License-Identifier: Apache-2.0
"""Paths that lead nowhere (API.md section 3.4)."""

import re
from typing import Any

import falcon

from designate.api.request import Request
from designate.errors import MethodNotAllowed, NotFound

_is_below_item = re.compile(r"/v2/(?:zones|recordsets)/(?!tasks/)[^/]+/(?!tasks/).+").match


def absent(req: Request, resp: falcon.Response, **params: Any) -> None:
    """Answer 404, except that a POST below an item is a method it does not have."""
    if req.method == "POST" and _is_below_item(req.path):
        raise MethodNotAllowed
    raise NotFound


class Absent:
    """A word that would be taken for an id: `/v2/zones/recordsets` and its like."""

    on_get = on_post = on_put = on_patch = on_delete = staticmethod(absent)
