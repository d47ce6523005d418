# SPDX-License-Identifier: Apache-2.0
"""A recordset: the records of one name and type in a zone (API.md section 7)."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType


class RecordSet(msgspec.Struct, frozen=True, kw_only=True):
    """A recordset as it stands; `records` keep the spelling and the order of their writer.

    `generation` is the zone version of its last change, `created_generation` that of its creation.
    `ttl` is in seconds; None means the TTL of the zone. `status` and `action` are derived from the
    generations and the confirmed generation of the zone.
    """

    id: str
    zone_id: str
    zone_name: str
    project_id: str | None
    name: str
    type: str
    records: list[str]
    ttl: int | None = None
    description: str | None = None
    managed: bool = False
    generation: int = 0
    created_generation: int = 0
    status: str = "PENDING"
    action: str = "CREATE"
    version: int = 1
    created_at: datetime
    updated_at: datetime | None = None

    @property
    def name_key(self) -> str:
        """The name in the case that equality uses (RFC 4343)."""
        return self.name.lower()


class Managed(msgspec.Struct, frozen=True, kw_only=True):
    """What a managed record stands for: the resource of another service, and who made the record.

    `extra` is what the maker looks it up by; `project_id` the owner of the resource.
    """

    resource_type: str
    resource_id: str
    resource_region: str | None = None
    project_id: str | None = None
    extra: str | None = None
    plugin_type: str | None = None
    plugin_name: str | None = None


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A recordset with what DNS serves of it.

    `head` begins each of its records in a transfer: the owner relative to the apex, a pointer to
    the apex, TYPE and CLASS. `wire` is the canonical rdata set, each behind its RDLENGTH.
    `stands_for` is given to write it; it is not read back.
    """

    recordset: RecordSet
    head: bytes
    wire: bytes
    stands_for: Managed | None = None


class NewRecordSet(msgspec.Struct, frozen=True, kw_only=True):
    """A recordset to be created."""

    name: str
    type: str
    records: list[str] = []
    ttl: int | None = None
    description: str | None = None


class RecordSetChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a recordset that a PUT sets; UNSET leaves them as they are."""

    records: list[str] | UnsetType = UNSET
    ttl: int | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
