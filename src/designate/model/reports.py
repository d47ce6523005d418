# SPDX-License-Identifier: Apache-2.0
"""Reports for operators: projects and what they have (API.md section 24)."""

import msgspec


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A project with the number of its zones."""

    id: str
    zone_count: int


class TenantZones(msgspec.Struct, frozen=True, kw_only=True):
    """A project with the names of its zones, oldest first."""

    id: str
    zones: list[str]
