# SPDX-License-Identifier: Apache-2.0
"""The caller's context as a message carries it: upstream's keys (SERVICES.md section 2.3)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from designate.model.context import Context

TOKEN = "auth_token"
"""Libraries that log messages know this key, and show its value to nobody."""
CATALOG = "service_catalog"

_KEYS: Mapping[str, str] = {
    "request_id": "request_id",
    "global_request_id": "global_request_id",
    "user_id": "user",
    "project_id": "project_id",
    "original_project_id": "original_project_id",
    "roles": "roles",
    "system_scope": "system_scope",
    "domain_id": "domain",
    "all_projects": "all_tenants",
    "edit_managed": "edit_managed_records",
    "hard_delete": "hard_delete",
    "delete_shares": "delete_shares",
    "hide_counts": "hide_counts",
}
"""Field, key."""


def pack(ctx: Context) -> dict[str, Any]:
    """A context as data; the catalogue is JSON in a string, which few will read."""
    packed = {key: value for field, key in _KEYS.items() if (value := getattr(ctx, field))}
    if ctx.secrets is not None:
        packed[TOKEN] = ctx.secrets.token
        packed[CATALOG] = ctx.secrets.catalog_json
    return packed


def unpack(packed: Mapping[str, Any]) -> Context:
    """The context; raises ValidationError."""
    fields = {field: packed[key] for field, key in _KEYS.items() if key in packed}
    if TOKEN in packed:
        fields["secrets"] = {"token": packed[TOKEN], "catalog_json": packed.get(CATALOG, "[]")}
    return msgspec.convert(fields, Context)
