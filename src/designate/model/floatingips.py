# SPDX-License-Identifier: Apache-2.0
"""Floating IPs and their PTR records (API.md section 16)."""

import msgspec
from msgspec import UNSET, UnsetType

RESOURCE_TYPE = "ptr:floatingip"
"""What the PTR record of a floating IP stands for, as upstream stores it."""
INACTIVE = "INACTIVE"
"""The status of a floating IP without a PTR record."""
NO_ACTION = "NONE"
REGION = "[A-Za-z0-9._-]{1,100}"
"""A pattern: what a region may be called, to be part of the key of a floating IP."""


class FloatingIP(msgspec.Struct, frozen=True, kw_only=True):
    """A floating IP as the network service knows it."""

    region: str
    id: str
    address: str


class Ptr(msgspec.Struct, frozen=True, kw_only=True):
    """The PTR record of a floating IP; `ttl` in seconds is the zone's where it has none."""

    name: str
    ttl: int
    description: str | None
    status: str
    action: str


class NamedFloatingIP(msgspec.Struct, frozen=True, kw_only=True):
    """A floating IP with its PTR record."""

    floatingip: FloatingIP
    ptr: Ptr | None = None


class PtrChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a PATCH asks for: a record in the place of any other, None for none, UNSET for nothing.

    A TTL of None is that of the zone.
    """

    name: str | None | UnsetType = UNSET
    ttl: int | None = None
    description: str | None = None
