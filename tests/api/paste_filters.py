# SPDX-License-Identifier: Apache-2.0
"""Filters such as a site writes, and a file as it was written for upstream that uses them."""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from designate.errors import Forbidden

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

UPSTREAMS = """
[composite:osapi_dns]
use = egg:Paste#urlmap
/: osapi_dns_versions
/healthcheck: healthcheck
/v2: osapi_dns_v2
/admin: osapi_dns_admin

[composite:osapi_dns_versions]
use = call:designate.api.middleware:auth_pipeline_factory
noauth = http_proxy_to_wsgi cors maintenance faultwrapper osprofiler osapi_dns_app_versions
keystone = http_proxy_to_wsgi cors maintenance faultwrapper osprofiler osapi_dns_app_versions

[app:osapi_dns_app_versions]
paste.app_factory = designate.api.versions:factory

[composite:osapi_dns_v2]
use = call:designate.api.middleware:auth_pipeline_factory
noauth = http_proxy_to_wsgi cors request_id faultwrapper validation_API_v2 sizelimit
    osprofiler noauthcontext maintenance normalizeuri business osapi_dns_app_v2
keystone = http_proxy_to_wsgi cors request_id faultwrapper validation_API_v2 sizelimit osprofiler
    json401 authtoken keystonecontext maintenance normalizeuri business osapi_dns_app_v2

[app:osapi_dns_app_v2]
paste.app_factory = designate.api.v2:factory

[composite:osapi_dns_admin]
use = call:designate.api.middleware:auth_pipeline_factory
noauth = http_proxy_to_wsgi cors request_id faultwrapper noauthcontext osapi_dns_app_admin
keystone = http_proxy_to_wsgi cors request_id faultwrapper authtoken keystonecontext
    osapi_dns_app_admin

[app:osapi_dns_app_admin]
paste.app_factory = designate.api.admin:factory

[app:healthcheck]
paste.app_factory = oslo_middleware:Healthcheck.app_factory
backends = disable_by_file
disable_by_file_path = /etc/designate/healthcheck_disable

[filter:cors]
paste.filter_factory = oslo_middleware.cors:filter_factory
oslo_config_project = designate

[filter:request_id]
paste.filter_factory = oslo_middleware:RequestId.factory

[filter:http_proxy_to_wsgi]
paste.filter_factory = oslo_middleware:HTTPProxyToWSGI.factory

[filter:sizelimit]
paste.filter_factory = oslo_middleware:RequestBodySizeLimiter.factory

[filter:noauthcontext]
paste.filter_factory = designate.api.middleware:NoAuthContextMiddleware.factory

[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory

[filter:keystonecontext]
paste.filter_factory = designate.api.middleware:KeystoneContextMiddleware.factory

[filter:maintenance]
paste.filter_factory = designate.api.middleware:MaintenanceMiddleware.factory

[filter:normalizeuri]
paste.filter_factory = designate.api.middleware:NormalizeURIMiddleware.factory

[filter:faultwrapper]
paste.filter_factory = designate.api.middleware:FaultWrapperMiddleware.factory

[filter:validation_API_v2]
paste.filter_factory = designate.api.middleware:APIv2ValidationErrorMiddleware.factory

[filter:osprofiler]
paste.filter_factory = osprofiler.web:WsgiMiddleware.factory

[filter:business]
paste.filter_factory = tests.api.paste_filters:business
word = forbidden

[filter:json401]
paste.filter_factory = tests.api.paste_filters:json401
"""


def business(
    global_conf: dict[str, Any], word: str
) -> "Callable[[WSGIApplication], WSGIApplication]":
    """A rule of the site's: no request may hold a word; one is broken."""

    def wrap(app: "WSGIApplication") -> "WSGIApplication":
        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            if word in environ["QUERY_STRING"]:
                raise Forbidden(f"{environ.get('HTTP_X_PROJECT_ID')} may not say {word}")
            if "broken" in environ["QUERY_STRING"]:
                raise RuntimeError("secret cause")
            return app(environ, start_response)

        return answer

    return wrap


def json401(
    global_conf: dict[str, Any],
) -> "Callable[[WSGIApplication], WSGIApplication]":
    """A format of the site's for the 401 of Keystone's filter."""

    def wrap(app: "WSGIApplication") -> "WSGIApplication":
        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            started: list[Any] = []

            def remember(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
                started[:] = [status, headers]

            body = b"".join(app(environ, remember))
            status, headers = started
            if status.startswith("401"):
                body = json.dumps({"code": 401, "type": "unauthorized", "site": "ours"}).encode()
                kept = [pair for pair in headers if not pair[0].lower().startswith("content-")]
                length = ("Content-Length", str(len(body)))
                headers = [*kept, ("Content-Type", "application/json"), length]
            start_response(status, headers)
            return [body]

        return answer

    return wrap
