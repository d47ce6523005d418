# SPDX-License-Identifier: Apache-2.0
"""A zone as tenants and services see it (API.md section 6)."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

PRIMARY = "PRIMARY"
SECONDARY = "SECONDARY"
CATALOG = "CATALOG"

PENDING = "PENDING"
ACTIVE = "ACTIVE"
ERROR = "ERROR"
DELETED = "DELETED"

CREATE = "CREATE"
UPDATE = "UPDATE"
DELETE = "DELETE"
NONE = "NONE"

AWAITS_TRANSFER = (
    "The zone was not transferred from its masters yet; this version does not fetch zones"
)
"""Why a SECONDARY zone is not served."""


DNS = 53


def master_server(master: str) -> tuple[str, int]:
    """The host and port of a master as the API writes it: `host`, `host:port`, `[v6]:port`."""
    host, port = master, ""
    if master.startswith("["):
        host, _, port = master[1:].partition("]")
    elif master.count(":") == 1:
        host, _, port = master.partition(":")
    return host, int(port.removeprefix(":") or DNS)


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """A zone at one version.

    `generation` counts versions (64-bit, never falls), `serial` is the SOA serial of this version
    and `confirmed_generation` the newest version that enough name servers were seen serving.
    TTL and the SOA timers are seconds. `mname` is the primary name server of the SOA. `epoch` tells
    its recordsets from staged and replaced ones. `shared_with_caller` holds for the project that
    the zone was read for. `hard_delete` asks servers to drop the zone's files too.
    """

    id: str
    pool_id: str
    project_id: str | None
    name: str
    email: str
    ttl: int
    serial: int
    refresh: int
    retry: int
    expire: int
    minimum: int
    mname: str
    type: str = PRIMARY
    description: str | None = None
    status: str = PENDING
    action: str = CREATE
    status_reason: str | None = None
    shared: bool = False
    shared_with_caller: bool = False
    attributes: dict[str, str] = {}
    masters: list[str] = []
    generation: int = 1
    confirmed_generation: int = 0
    epoch: int = 0
    recordset_count: int = 0
    record_count: int = 0
    version: int = 1
    created_at: datetime
    updated_at: datetime | None = None
    transferred_at: datetime | None = None
    hard_delete: bool = False

    @property
    def name_key(self) -> str:
        """The name in the case that equality uses (RFC 4343)."""
        return self.name.lower()


class NewZone(msgspec.Struct, frozen=True, kw_only=True):
    """A zone to be created; what is None is chosen by the service."""

    name: str
    email: str
    type: str = PRIMARY
    ttl: int | None = None
    description: str | None = None
    attributes: dict[str, str] = {}
    masters: list[str] = []


class ZoneChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a zone that a PATCH sets; UNSET leaves them as they are."""

    email: str | UnsetType = UNSET
    ttl: int | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    attributes: dict[str, str] | UnsetType = UNSET
    masters: list[str] | UnsetType = UNSET
