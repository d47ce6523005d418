# SPDX-License-Identifier: Apache-2.0
"""What oslo.middleware does around everything: proxies, origins, health (API.md section 1).

It goes through WebOb, which costs more than all of ours: what is not configured is not there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oslo_middleware.cors import CORS
from oslo_middleware.healthcheck import Healthcheck
from oslo_middleware.http_proxy_to_wsgi import HTTPProxyToWSGI

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CORS_DEFAULTS: Mapping[str, Any] = {
    "allow_headers": [
        "X-Auth-Token",
        "X-Auth-Sudo-Tenant-ID",
        "X-Auth-Sudo-Project-ID",
        "X-Auth-All-Projects",
        "X-Designate-Edit-Managed-Records",
        "X-Designate-Hard-Delete",
        "X-Designate-Delete-Shares",
        "OpenStack-DNS-Hide-Counts",
    ],
    "expose_headers": ["X-OpenStack-Request-ID", "Host"],
    "allow_methods": ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD"],
}
HEALTHCHECK_DEFAULTS: Mapping[str, Any] = {
    "backends": ["disable_by_file"],
    "disable_by_file_path": "/etc/designate/healthcheck_disable",
}


@dataclass(frozen=True, slots=True)
class Edge:
    """Options of oslo.middleware by section; what is absent has its default."""

    proxy_headers: bool = False
    cors: Mapping[str, Any] = field(default_factory=dict)
    healthcheck: Mapping[str, Any] = field(default_factory=dict)

    def wrap(self, app: "WSGIApplication") -> "WSGIApplication":
        """Put around `app` what is configured; OPTIONS never reaches it."""
        app = _answer_options(app)
        if self.cors.get("allowed_origin"):
            app = CORS(app, {**CORS_DEFAULTS, **self.cors})
        if self.proxy_headers:
            app = HTTPProxyToWSGI(app, {"enable_proxy_headers_parsing": True})
        return app

    def health(self) -> "WSGIApplication":
        """Return the application that tells a load balancer whether to send requests here."""
        return Healthcheck.app_factory({}, **{**HEALTHCHECK_DEFAULTS, **self.healthcheck})


def _answer_options(app: "WSGIApplication") -> "WSGIApplication":
    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "OPTIONS":
            return app(environ, start_response)
        start_response("200 OK", [("Content-Length", "0")])
        return []

    return answer


def by_prefix(
    apps: Mapping[str, "WSGIApplication"], otherwise: "WSGIApplication"
) -> "WSGIApplication":
    """Return the application that hands a request on by the first segment of its path."""

    def choose(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        first = environ.get("PATH_INFO", "").split("/", 2)[1:2]
        app = apps.get(first[0], otherwise) if first else otherwise
        return app(environ, start_response)

    return choose


def disabled(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer for a part of the API that is switched off."""
    start_response("404 Not Found", [("Content-Length", "0")])
    return []
