# SPDX-License-Identifier: Apache-2.0
"""Who asks, with which rights, in which request (API.md section 2)."""

from typing import Any

import msgspec


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The caller of an operation.

    `project_id` is the project acted for (after sudo), `original_project_id` the one the
    credentials carry when sudo changed it. Roles are lower case. `secrets` are for calls to other
    services on behalf of the caller: they are neither shown nor stored.
    """

    request_id: str
    global_request_id: str | None = None
    user_id: str | None = None
    project_id: str | None = None
    original_project_id: str | None = None
    roles: tuple[str, ...] = ()
    system_scope: str | None = None
    domain_id: str | None = None
    all_projects: bool = False
    edit_managed: bool = False
    hard_delete: bool = False
    delete_shares: bool = False
    hide_counts: bool = False
    secrets: "Secrets | None" = None


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's token, and the service catalogue that came with it.

    The catalogue is as keystonemiddleware hands it on: services of a `type` with `endpoints`, each
    with a `region` and a `publicURL`, an `internalURL`, an `adminURL`.
    """

    token: str
    catalog: list[dict[str, Any]] = []

    def __repr__(self) -> str:
        return "Secrets(...)"
