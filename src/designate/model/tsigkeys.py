# SPDX-License-Identifier: Apache-2.0
"""TSIG keys and what they are for (API.md section 19)."""

from datetime import datetime

from msgspec import UNSET, UnsetType

from designate.model.registers import Entry
from designate.model.secrets import Secretive

POOL = "POOL"
ZONE = "ZONE"
ALGORITHMS = (
    "hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512",
)  # fmt: skip


class TsigKey(Secretive, Entry, frozen=True):
    """A key as the administrator entered it, its secret in base64.

    Who proves it sees the zones of its scope only: those of the pool `resource_id`, or this zone.
    """

    name: str
    algorithm: str
    secret: str
    scope: str
    resource_id: str
    created_at: datetime | None = None
    updated_at: datetime | None = None


class NewTsigKey(Secretive, frozen=True, kw_only=True):
    """A key to be created."""

    name: str
    algorithm: str
    secret: str
    scope: str
    resource_id: str


class TsigKeyChange(Secretive, frozen=True, kw_only=True):
    """The fields of a key that a PATCH sets; UNSET leaves them as they are."""

    name: str | UnsetType = UNSET
    algorithm: str | UnsetType = UNSET
    secret: str | UnsetType = UNSET
    scope: str | UnsetType = UNSET
    resource_id: str | UnsetType = UNSET
