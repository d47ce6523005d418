# SPDX-License-Identifier: Apache-2.0
"""TSIG keys and what they are for (API.md section 19)."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from designate.model.registers import Entry

POOL = "POOL"
ZONE = "ZONE"
ALGORITHMS = (
    "hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512",
)  # fmt: skip


class _Secretive(msgspec.Struct, frozen=True):
    """What has a secret, which is not shown."""

    def __repr__(self) -> str:
        shown = msgspec.structs.asdict(self) | {"secret": "***"}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in shown.items())})"


class TsigKey(_Secretive, Entry, frozen=True):
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


class NewTsigKey(_Secretive, frozen=True, kw_only=True):
    """A key to be created."""

    name: str
    algorithm: str
    secret: str
    scope: str
    resource_id: str


class TsigKeyChange(_Secretive, frozen=True, kw_only=True):
    """The fields of a key that a PATCH sets; UNSET leaves them as they are."""

    name: str | UnsetType = UNSET
    algorithm: str | UnsetType = UNSET
    secret: str | UnsetType = UNSET
    scope: str | UnsetType = UNSET
    resource_id: str | UnsetType = UNSET
