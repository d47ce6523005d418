# SPDX-License-Identifier: Apache-2.0
"""Blacklists: patterns of names that no zone may have (API.md section 18)."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from designate.model.registers import Entry


class Blacklist(Entry, frozen=True, kw_only=True):
    """A regular expression that is searched in names, final dot included, in any case."""

    pattern: str
    description: str | None = None
    created_at: datetime
    updated_at: datetime | None = None


class NewBlacklist(msgspec.Struct, frozen=True, kw_only=True):
    """A blacklist to be created."""

    pattern: str
    description: str | None = None


class BlacklistChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a blacklist that a PATCH sets; UNSET leaves them as they are."""

    pattern: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
