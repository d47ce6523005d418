# SPDX-License-Identifier: Apache-2.0
"""What a request switches on (API.md section 2.2)."""

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

import falcon
from msgspec.structs import replace

from designate.api.middleware.identity import Environ, check_length
from designate.api.request import Request
from designate.model.context import Context

_TRUE = frozenset({"1", "t", "true", "on", "y", "yes"})
_ALL_PROJECTS = ("all_projects", "all_tenants")
_EDIT_MANAGED = ("edit_managed_records",)
_SWITCHING = frozenset(_ALL_PROJECTS + _EDIT_MANAGED)

Words = Mapping[str, str]
"""Parameters of the query that switch."""


class Enforcer(Protocol):
    """What is asked of policy here."""

    def check(self, ctx: Context, rule: str, target: Mapping[str, object]) -> None:
        """Raise Forbidden or InvalidTokenScope unless `ctx` may do `rule` to `target`."""


class Switches:
    """Applies them to the context. Each is checked before anything is looked at."""

    def __init__(self, enforcer: Enforcer) -> None:
        self._enforcer = enforcer

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        """Change `caller` and set `arguments`; raises BadRequest, Forbidden, InvalidTokenScope."""
        environ: Environ = req.env
        query = environ.get("QUERY_STRING")
        arguments = parse_qsl(query, keep_blank_values=True) if query else []
        words = {key: value for key, value in arguments if key in _SWITCHING}
        req.arguments = [pair for pair in arguments if pair[0] not in _SWITCHING]
        req.caller = self._switched(req.caller, environ, words)

    def process_resource(
        self, req: Request, resp: falcon.Response, resource: Any, params: dict[str, Any]
    ) -> None:
        """Switch all projects on for a resource that is `of_all_projects`; raises Forbidden."""
        if getattr(resource, "of_all_projects", False) and not req.caller.all_projects:
            self._enforcer.check(req.caller, "all_tenants", {})
            req.caller = replace(req.caller, all_projects=True)

    def _switched(self, ctx: Context, environ: Environ, words: Words) -> Context:
        """Apply them in their order; the last two are allowed to everybody."""
        sudo = environ.get("HTTP_X_AUTH_SUDO_PROJECT_ID") or environ.get(
            "HTTP_X_AUTH_SUDO_TENANT_ID"
        )
        # Sudo to one's own project asks for nothing: openstacksdk sends it with every quota call.
        if sudo and sudo != ctx.project_id:
            check_length("project", sudo)
            self._enforcer.check(ctx, "use_sudo", {"project_id": sudo, "tenant_id": sudo})
            ctx = replace(ctx, project_id=sudo, original_project_id=ctx.project_id)
        if _is_on(environ, "HTTP_X_AUTH_ALL_PROJECTS", words, _ALL_PROJECTS):
            self._enforcer.check(ctx, "all_tenants", {})
            ctx = replace(ctx, all_projects=True)
        if _is_on(environ, "HTTP_X_DESIGNATE_EDIT_MANAGED_RECORDS", words, _EDIT_MANAGED):
            self._enforcer.check(ctx, "edit_managed_records", {})
            ctx = replace(ctx, edit_managed=True)
        if _is_on(environ, "HTTP_X_DESIGNATE_HARD_DELETE"):
            self._enforcer.check(ctx, "hard_delete", {})
            ctx = replace(ctx, hard_delete=True)
        if _is_on(environ, "HTTP_X_DESIGNATE_DELETE_SHARES"):
            ctx = replace(ctx, delete_shares=True)
        if _is_on(environ, "HTTP_OPENSTACK_DNS_HIDE_COUNTS"):
            ctx = replace(ctx, hide_counts=True)
        return ctx


def _is_on(
    environ: Environ,
    header: str,
    words: Words | None = None,
    parameters: tuple[str, ...] = (),
) -> bool:
    """Return whether a switch is on; a query parameter counts instead of the header."""
    if words:
        for parameter in parameters:
            if parameter in words:
                return words[parameter].lower() in _TRUE
    value = environ.get(header)
    return value is not None and value.lower() in _TRUE
