# SPDX-License-Identifier: Apache-2.0
"""Filters of `api-paste.ini` under the names that files written for upstream use.

What most of them did is done by the application itself, in the order of the contract (API.md
section 1.1), so they let everything through.
"""

import json
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from oslo_middleware import cors

from designate.api import errors, paste_file
from designate.api.middleware.tokens import auth_token
from designate.conf import libraries, read_again
from designate.errors import DesignateError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger(__name__)
Filter = Callable[["WSGIApplication"], "WSGIApplication"]

auth_pipeline_factory = paste_file.pipeline


class _OfTheApplication:
    """A step that the application takes."""

    @classmethod
    def factory(cls, global_conf: dict[str, Any], **local_conf: str) -> Filter:
        """Return the filter that changes nothing."""
        return _unchanged


def _unchanged(app: "WSGIApplication") -> "WSGIApplication":
    return app


class NoAuthContextMiddleware(_OfTheApplication):
    """Believes the client; where `auth_strategy` is noauth."""


class KeystoneContextMiddleware(_OfTheApplication):
    """Reads what the filter of tokens in front has found out; where `auth_strategy` is keystone."""


class MaintenanceMiddleware(_OfTheApplication):
    """Answers 503 during maintenance."""


class NormalizeURIMiddleware(_OfTheApplication):
    """Takes slashes from the end of a path."""


class APIv2ValidationErrorMiddleware(_OfTheApplication):
    """Renders lists of problems."""


class AuthTokenMiddleware:
    """keystonemiddleware's filter, with our configuration; without where Keystone is, no start."""

    @classmethod
    def factory(cls, global_conf: dict[str, Any], **local_conf: str) -> Filter:
        """Return the filter; raises ConfigurationError when it is put in front of something."""
        return auth_token(paste_file.configuration(), {**global_conf, **local_conf})


class CorsMiddleware:
    """oslo.middleware's filter of origins, with our configuration."""

    @classmethod
    def factory(cls, global_conf: dict[str, Any], **local_conf: str) -> Filter:
        """Return the filter; what its section says holds for it alone."""
        conf = read_again(paste_file.configuration())
        conf.register_opts(cors.OPTS, libraries.CORS)
        for name, value in local_conf.items():
            if name in conf[libraries.CORS]:
                conf.set_override(name, value, libraries.CORS)
        return lambda app: cors.CORS(app, conf)


class FaultWrapperMiddleware:
    """Answers with the error body what filters of the site raise.

    The application's own errors do not get here. A filter may raise one of `designate.errors`, and
    has its status then.
    """

    @classmethod
    def factory(cls, global_conf: dict[str, Any], **local_conf: str) -> Filter:
        """Return the filter."""
        return cls

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        try:
            return self._app(environ, start_response)
        except DesignateError as error:
            return _answer(environ, start_response, error)
        except Exception:  # noqa: BLE001 - whatever a site's filter raises, the client gets JSON
            LOG.exception("%s %r failed", environ["REQUEST_METHOD"], environ.get("PATH_INFO"))
            return _answer(environ, start_response, DesignateError())


def _answer(
    environ: "WSGIEnvironment", start_response: "StartResponse", error: DesignateError
) -> Iterable[bytes]:
    body = errors.body_of(error, environ.get("openstack.request_id"))
    data = json.dumps(body, default=str).encode("ascii")
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
    start_response(errors.status_line(body["code"]), headers)
    return [data]
