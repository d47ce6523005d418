# SPDX-License-Identifier: Apache-2.0
"""Quotas: how much a project may have (API.md section 20)."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from msgspec import UNSET, UnsetType


class Quotas(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a project, in the API's order; a negative one is none."""

    zones: int
    zone_recordsets: int
    zone_records: int
    recordset_records: int
    api_export_size: int


class QuotaChange(msgspec.Struct, frozen=True, kw_only=True):
    """The limits that a PATCH sets; UNSET leaves them as they are."""

    zones: int | UnsetType = UNSET
    zone_recordsets: int | UnsetType = UNSET
    zone_records: int | UnsetType = UNSET
    recordset_records: int | UnsetType = UNSET
    api_export_size: int | UnsetType = UNSET


UNLIMITED: Mapping[str, int] = MappingProxyType(dict.fromkeys(Quotas.__struct_fields__, -1))
"""As the limits of every project: nothing is limited, whatever was stored."""
