# SPDX-License-Identifier: Apache-2.0
"""Count and time requests by method, route and status."""

from time import perf_counter
from typing import Any

import falcon
from prometheus_client import CollectorRegistry, Histogram

from designate.api.request import Request

_METHODS = frozenset(falcon.HTTP_METHODS)
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """A histogram of seconds, which holds the count as well.

    Routes are templates: a label must not have as many values as there are zones.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "designate_api_request_duration_seconds",
            "Requests of the REST API.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._known: dict[tuple[str, str, str], Histogram] = {}

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Start the clock."""
        req.started = perf_counter()

    def process_response(
        self, req: Request, resp: falcon.Response, resource: Any, req_succeeded: object
    ) -> None:
        """Record the request."""
        # What is remembered must not grow with what clients invent either.
        method = req.method if req.method in _METHODS else "other"
        key = (method, req.uri_template or "none", str(resp.status)[:3])
        series = self._known.get(key)
        if series is None:
            series = self._known[key] = self._seconds.labels(*key)
        series.observe(perf_counter() - req.started)
