# SPDX-License-Identifier: Apache-2.0
"""Who asks, by the credentials of the request (API.md section 2.1)."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import falcon

from designate.api.request import Request
from designate.errors import BadRequest, Unauthenticated
from designate.model.context import Context, Secrets

LOG = logging.getLogger(__name__)
Environ = Mapping[str, Any]

_VALIDATED = "keystone.token_auth"
"""What keystonemiddleware's filter adds to each request that it lets through; no header can."""
_MAX_IDENTIFIER = 255
_is_request_id = re.compile(r"req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the client is, before any switch."""

    user_id: str | None
    project_id: str | None
    roles: tuple[str, ...]
    system_scope: str | None = None
    secrets: Secrets | None = None


Strategy = Callable[[Environ], Credentials]


def noauth(environ: Environ) -> Credentials:
    """Trust what the client says of itself: for development, and behind something that checks."""
    return Credentials(
        user_id=environ.get("HTTP_X_AUTH_USER_ID", "noauth-user"),
        project_id=environ.get("HTTP_X_AUTH_PROJECT_ID", "noauth-project"),
        roles=_roles(environ.get("HTTP_X_ROLES", "admin")),
        secrets=_secrets(environ),
    )


def keystone(environ: Environ) -> Credentials:
    """Take what a filter in front has found out by Keystone; raises Unauthenticated.

    A domain in the token says nothing here: its owner has no project, and sees nothing.
    """
    user = environ.get("HTTP_X_USER_ID")
    if user is None or environ.get("HTTP_X_IDENTITY_STATUS") == "Invalid":
        raise Unauthenticated("The request you have made requires authentication.")
    return Credentials(
        user_id=user,
        project_id=environ.get("HTTP_X_PROJECT_ID") or environ.get("HTTP_X_TENANT_ID") or None,
        roles=_roles(environ.get("HTTP_X_ROLES", "")),
        system_scope=environ.get("HTTP_OPENSTACK_SYSTEM_SCOPE") or None,
        secrets=_secrets(environ),
    )


class Validated:
    """Takes the word of keystonemiddleware's filter, and nobody else's; raises Unauthenticated.

    A pipeline that forgets the filter is closed: the client would say itself who it is.
    """

    def __init__(self, pipeline: object) -> None:
        self._pipeline = pipeline
        self._told = False

    def __call__(self, environ: Environ) -> Credentials:
        """Return what the filter has found out."""
        if _VALIDATED not in environ:
            self._tell()
            raise Unauthenticated("The request you have made requires authentication.")
        return keystone(environ)

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            LOG.error(
                "%s: auth_strategy is keystone, but no authtoken filter stands before the"
                " application: all requests are answered 401. For a filter of the site's own that"
                " authenticates set [service:api] trust_identity_headers",
                self._pipeline,
            )


def strategy(name: str, pipeline: object, *, trust_headers: bool) -> Strategy:
    """Return what `[service:api] auth_strategy` names, behind a pipeline."""
    if name == "noauth":
        return noauth
    return keystone if trust_headers else Validated(pipeline)


def _secrets(environ: Environ) -> Secrets | None:
    """Keep what calls to other services on behalf of the client need."""
    token = environ.get("HTTP_X_AUTH_TOKEN")
    if not token:
        return None
    return Secrets(token=token, catalog_json=environ.get("HTTP_X_SERVICE_CATALOG") or "[]")


def _roles(header: str) -> tuple[str, ...]:
    return tuple(role.strip().lower() for role in header.split(",") if role.strip())


class Identity:
    """Builds the context of a request as the credentials have it; `Switches` comes later."""

    def __init__(self, strategy: Strategy) -> None:
        self._credentials = strategy

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Set `caller`; raises Unauthenticated and BadRequest."""
        environ: Environ = req.env
        found = self._credentials(environ)
        check_length("user", found.user_id)
        check_length("project", found.project_id)
        claimed = environ.get("HTTP_X_OPENSTACK_REQUEST_ID", "")
        req.caller = Context(
            request_id=req.request_id,
            global_request_id=claimed if _is_request_id(claimed) else None,
            user_id=found.user_id,
            project_id=found.project_id,
            roles=found.roles,
            system_scope=found.system_scope,
            secrets=found.secrets,
        )


def check_length(noun: str, identifier: str | None) -> None:
    """Raise BadRequest for what no database holds."""
    if identifier is not None and len(identifier) > _MAX_IDENTIFIER:
        raise BadRequest(f"The id of a {noun} is longer than {_MAX_IDENTIFIER} characters")
