# SPDX-License-Identifier: Apache-2.0
"""What oslo.middleware does around everything: proxies, origins, health (API.md section 1).

It goes through WebOb, which costs more than all of ours: what is not configured is not there.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from oslo_middleware import cors
from oslo_middleware.healthcheck import Healthcheck
from oslo_middleware.http_proxy_to_wsgi import HTTPProxyToWSGI

from designate.conf import ConfigOpts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def around(app: "WSGIApplication", conf: ConfigOpts) -> "WSGIApplication":
    """Put around `app` what is configured; OPTIONS never reaches it."""
    app = _answer_options(app)
    if conf.cors.allowed_origin:
        app = cors.CORS(app, conf)
    if conf.oslo_middleware.enable_proxy_headers_parsing:
        app = HTTPProxyToWSGI(app, conf)
    return app


def health(conf: ConfigOpts) -> "WSGIApplication":
    """Return the application that tells a load balancer whether to send requests here."""
    return Healthcheck(None, conf)


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
