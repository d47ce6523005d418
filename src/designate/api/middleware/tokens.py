# SPDX-License-Identifier: Apache-2.0
"""Keystone's word for who the client is (API.md section 2.1)."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import falcon
from keystoneauth1.exceptions import ClientException

from designate.api.request import Request
from designate.conf import ConfigError, ConfigOpts, ConfigurationError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Loaded when it is asked for: it takes 11 MB that an installation without Keystone does not need.
_AUTH_TOKEN = EntryPoint("auth_token", "keystonemiddleware.auth_token:AuthProtocol", "")
_SECTION = "keystone_authtoken"
_HOW = ("auth_type", "auth_section")
_PASSED = "designate.passed"
_HOP = frozenset({"content-length", "content-type"})


def auth_token(
    conf: ConfigOpts, options: Mapping[str, Any] | None = None
) -> Callable[["WSGIApplication"], "WSGIApplication"]:
    """Return keystonemiddleware's filter with `[keystone_authtoken]`, over which `options` win.

    Raises ConfigurationError when that section does not say how to reach Keystone.
    """
    protocol = _AUTH_TOKEN.load()
    given = dict(options or {})

    def wrap(app: "WSGIApplication") -> "WSGIApplication":
        try:
            made: WSGIApplication = protocol(app, {**given, "oslo_config_config": conf})
        except (ClientException, ConfigError) as error:
            raise ConfigurationError([f"[{_SECTION}] {error}"]) from error
        if not any(given.get(name) or conf[_SECTION][name] for name in _HOW):
            raise ConfigurationError(
                [
                    f"[{_SECTION}] auth_type is not set: with auth_strategy = keystone this"
                    " section says where Keystone is, and as whom to ask it"
                ]
            )
        return made

    return wrap


class Tokens:
    """Validates the token of a request; what its headers said of the client is replaced."""

    def __init__(self, conf: ConfigOpts) -> None:
        """Raise ConfigurationError."""
        self._filter: Any = auth_token(conf)(_pass)

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Answer as the filter does where it does not let the request pass."""
        answer: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            answer[:] = [status, headers]

        body = b"".join(self._filter(req.env, start_response))
        if _PASSED in req.env:
            return
        resp.status, headers = answer
        for name, value in headers:
            if name.lower() not in _HOP:
                resp.append_header(name, value)
        resp.content_type = dict(headers).get("Content-Type", "text/plain")
        resp.data = body
        resp.complete = True

    def process_response(
        self, req: Request, resp: falcon.Response, resource: Any, req_succeeded: object
    ) -> None:
        """Tell where tokens come from with each 401, as the filter does with its own."""
        if str(resp.status)[:3] == "401" and not resp.get_header("WWW-Authenticate"):
            uri = self._filter.www_authenticate_uri
            resp.set_header("WWW-Authenticate", f'Keystone uri="{uri}"')


def _pass(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    environ[_PASSED] = True
    start_response("204 No Content", [])
    return []
