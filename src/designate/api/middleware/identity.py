# SPDX-License-Identifier: Apache-2.0
"""Who asks, and with which switches (API.md section 2)."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

import falcon
import msgspec
from msgspec.structs import replace

from designate.api.request import Request
from designate.errors import BadRequest, Unauthenticated
from designate.model.context import Context, Secrets

LOG = logging.getLogger(__name__)
Environ = Mapping[str, Any]

_VALIDATED = "keystone.token_auth"
"""What keystonemiddleware's filter adds to each request that it lets through; no header can."""
_MAX_IDENTIFIER = 255
_TRUE = frozenset({"1", "t", "true", "on", "y", "yes"})
_ALL_PROJECTS = ("all_projects", "all_tenants")
_EDIT_MANAGED = ("edit_managed_records",)
_SWITCHING = frozenset(_ALL_PROJECTS + _EDIT_MANAGED)
_catalog = msgspec.json.Decoder(list[dict[str, Any]])
_is_request_id = re.compile(r"req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


class Enforcer(Protocol):
    """What is asked of policy here."""

    def check(self, ctx: Context, rule: str, target: Mapping[str, object]) -> None:
        """Raise Forbidden or InvalidTokenScope unless `ctx` may do `rule` to `target`."""


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
    try:
        catalog = _catalog.decode(environ.get("HTTP_X_SERVICE_CATALOG") or "[]")
    except msgspec.DecodeError:
        catalog = []
    return Secrets(token=token, catalog=catalog)


def _roles(header: str) -> tuple[str, ...]:
    return tuple(role.strip().lower() for role in header.split(",") if role.strip())


class Identity:
    """Builds the context of a request. A switch is checked before anything is looked at."""

    def __init__(self, strategy: Strategy, enforcer: Enforcer) -> None:
        self._credentials = strategy
        self._enforcer = enforcer

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Set `caller` and `arguments`; raises BadRequest, Forbidden and InvalidTokenScope."""
        environ: Environ = req.env
        query = environ.get("QUERY_STRING")
        arguments = parse_qsl(query, keep_blank_values=True) if query else []
        switches = {key: value for key, value in arguments if key in _SWITCHING}
        req.arguments = [pair for pair in arguments if pair[0] not in _SWITCHING]
        found = self._credentials(environ)
        _check_length("user", found.user_id)
        _check_length("project", found.project_id)
        claimed = environ.get("HTTP_X_OPENSTACK_REQUEST_ID", "")
        ctx = Context(
            request_id=req.request_id,
            global_request_id=claimed if _is_request_id(claimed) else None,
            user_id=found.user_id,
            project_id=found.project_id,
            roles=found.roles,
            system_scope=found.system_scope,
            secrets=found.secrets,
            hide_counts=_is_on(environ, "HTTP_OPENSTACK_DNS_HIDE_COUNTS"),
            delete_shares=_is_on(environ, "HTTP_X_DESIGNATE_DELETE_SHARES"),
        )
        req.caller = self._switched(ctx, environ, switches)

    def process_resource(
        self, req: Request, resp: falcon.Response, resource: Any, params: dict[str, Any]
    ) -> None:
        """Switch all projects on for a resource that is `of_all_projects`; raises Forbidden."""
        if getattr(resource, "of_all_projects", False) and not req.caller.all_projects:
            self._enforcer.check(req.caller, "all_tenants", {})
            req.caller = replace(req.caller, all_projects=True)

    def _switched(self, ctx: Context, environ: Environ, switches: Mapping[str, str]) -> Context:
        """Apply what policy must allow: sudo, all projects, managed records, hard delete."""
        sudo = environ.get("HTTP_X_AUTH_SUDO_PROJECT_ID") or environ.get(
            "HTTP_X_AUTH_SUDO_TENANT_ID"
        )
        # Sudo to one's own project asks for nothing: openstacksdk sends it with every quota call.
        if sudo and sudo != ctx.project_id:
            _check_length("project", sudo)
            self._enforcer.check(ctx, "use_sudo", {"project_id": sudo, "tenant_id": sudo})
            ctx = replace(ctx, project_id=sudo, original_project_id=ctx.project_id)
        if _is_on(environ, "HTTP_X_AUTH_ALL_PROJECTS", switches, _ALL_PROJECTS):
            self._enforcer.check(ctx, "all_tenants", {})
            ctx = replace(ctx, all_projects=True)
        if _is_on(environ, "HTTP_X_DESIGNATE_EDIT_MANAGED_RECORDS", switches, _EDIT_MANAGED):
            self._enforcer.check(ctx, "edit_managed_records", {})
            ctx = replace(ctx, edit_managed=True)
        if _is_on(environ, "HTTP_X_DESIGNATE_HARD_DELETE"):
            self._enforcer.check(ctx, "hard_delete", {})
            ctx = replace(ctx, hard_delete=True)
        return ctx


def _check_length(noun: str, identifier: str | None) -> None:
    """Raise BadRequest for what no database holds."""
    if identifier is not None and len(identifier) > _MAX_IDENTIFIER:
        raise BadRequest(f"The id of a {noun} is longer than {_MAX_IDENTIFIER} characters")


def _is_on(
    environ: Environ,
    header: str,
    switches: Mapping[str, str] | None = None,
    parameters: tuple[str, ...] = (),
) -> bool:
    """Return whether a switch is on; a query parameter counts instead of the header."""
    if switches:
        for parameter in parameters:
            if parameter in switches:
                return switches[parameter].lower() in _TRUE
    value = environ.get(header)
    return value is not None and value.lower() in _TRUE
