# SPDX-License-Identifier: Apache-2.0
"""Who asks, with which rights, in which request (API.md section 2)."""

from typing import Any

import msgspec

_catalog = msgspec.json.Decoder(list[dict[str, Any]])


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
    """The caller's token, and the service catalogue that came with it, as JSON."""

    token: str
    catalog_json: str = "[]"

    @property
    def catalog(self) -> list[dict[str, Any]]:
        """The catalogue, as keystonemiddleware hands it on; few requests need it.

        Services of a `type` with `endpoints`, each with a `region` and a `publicURL`, an
        `internalURL`, an `adminURL`. What is no list of objects counts as none.
        """
        try:
            return _catalog.decode(self.catalog_json)
        except msgspec.DecodeError:
            return []

    def __repr__(self) -> str:
        return "Secrets(...)"
