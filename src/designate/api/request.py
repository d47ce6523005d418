# SPDX-License-Identifier: Apache-2.0
"""The request, with what the middleware has found out about it."""

import falcon

from designate.model.context import Context


class Request(falcon.Request):
    """An HTTP request of version 2.

    `arguments` are the query's parameters in their order, without those that switch the context;
    `body_limit` is the greatest length of the body in bytes; `started` is a monotonic time.
    """

    __slots__ = ("arguments", "body_limit", "caller", "request_id", "started")

    arguments: list[tuple[str, str]]
    body_limit: int
    caller: Context
    request_id: str
    started: float
