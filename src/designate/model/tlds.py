# SPDX-License-Identifier: Apache-2.0
"""Top-level domains: where there are any, zones stand below them only (API.md section 17)."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from designate.model.registers import Entry


class Tld(Entry, frozen=True, kw_only=True):
    """A name, without its final dot, below which zones may stand."""

    name: str
    description: str | None = None
    created_at: datetime
    updated_at: datetime | None = None


class NewTld(msgspec.Struct, frozen=True, kw_only=True):
    """A TLD to be created."""

    name: str
    description: str | None = None


class TldChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a TLD that a PATCH sets; UNSET leaves them as they are."""

    name: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
