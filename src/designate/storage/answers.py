# SPDX-License-Identifier: Apache-2.0
"""What one DNS query needs to know: the zones above a name, the RRsets at and around it."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, select
from sqlalchemy.sql.selectable import ScalarSelect

from designate.model import names
from designate.model.tsigkeys import POOL, ZONE, TsigKey
from designate.model.zones import DELETE, Zone
from designate.storage import reading
from designate.storage.prepared import Prepared, numbered, numbers
from designate.storage.tables import recordsets, zones
from designate.storage.tables.zones import LIVE
from designate.storage.unit_of_work import Store

_other = zones.alias()
_below = exists().where(
    _other.c.deleted == LIVE,
    _other.c.reverse_key > zones.c.reverse_key + ".",
    _other.c.reverse_key < zones.c.reverse_key + "/",
)
# Without an order: SQLite would walk all zones in that order rather than look for the names.
_zones = select(
    zones.c.id,
    zones.c.pool_id,
    zones.c.project_id,
    zones.c.name,
    zones.c.email,
    zones.c.ttl,
    zones.c.serial,
    zones.c.refresh,
    zones.c.retry,
    zones.c.expire,
    zones.c.minimum,
    zones.c.mname,
    zones.c.type,
    zones.c.action,
    zones.c.generation,
    zones.c.epoch,
    zones.c.recordset_count,
    zones.c.record_count,
    zones.c.created_at,
    zones.c.transferred_at,
    _below.label("has_descendants"),
).where(zones.c.deleted == LIVE)
_SCOPES = {POOL: zones.c.pool_id, ZONE: zones.c.id}
_content = (
    recordsets.c.zone_id == bindparam("zone_id"),
    recordsets.c.epoch == bindparam("epoch"),
    recordsets.c.wire != b"",
)
_rrsets = select(
    recordsets.c.name_key, recordsets.c.head, recordsets.c.ttl, recordsets.c.wire
).where(*_content)
_key = select(recordsets.c.reverse_key).where(*_content)
_before: ScalarSelect[Any] = (
    _key.where(recordsets.c.reverse_key < bindparam("key"))
    .order_by(recordsets.c.reverse_key.desc())
    .limit(1)
    .scalar_subquery()
)
_after: ScalarSelect[Any] = (
    _key.where(recordsets.c.reverse_key >= bindparam("key"))
    .order_by(recordsets.c.reverse_key)
    .limit(1)
    .scalar_subquery()
)
_neighbours = Prepared(select(_before.label("before"), _after.label("after")))


@lru_cache(256)
def _zones_named(names: int, scope: str | None) -> Prepared:
    """The zones that have one of so many names, within the scope of a key."""
    statement = _zones.where(zones.c.name_key.in_(numbered("name", names)))
    if scope is not None:
        statement = statement.where(_SCOPES[scope] == bindparam("scope"))
    return Prepared(statement)


@lru_cache(256)
def _rrsets_at(names: int) -> Prepared:
    """The RRsets of a zone at so many names."""
    return Prepared(_rrsets.where(recordsets.c.name_key.in_(numbered("name", names))))


class Found(NamedTuple):
    """An RRset of the zone: its name's key, and head, TTL and wire as stored."""

    name_key: str
    head: bytes
    ttl: int | None
    wire: bytes

    @property
    def rrtype(self) -> int:
        """The number of its type."""
        return self.head[-4] << 8 | self.head[-3]


class NamedZone(NamedTuple):
    """The zone of a name, and whether there are zones below it."""

    zone: Zone
    has_descendants: bool


def zones_named(
    connection: Connection, name_keys: Collection[str], key: TsigKey | None = None
) -> dict[str, NamedZone]:
    """The zones that exist, by key; with a TSIG key those of its scope.

    Of namesakes in several pools the oldest one answers. One that is being deleted counts as long
    as no other has its name.
    """
    found: dict[str, NamedZone] = {}
    values = numbers("name", name_keys)
    if key is not None:
        values["scope"] = key.resource_id
    statement = _zones_named(len(name_keys), key and key.scope)
    rows = statement.all(connection, values)
    rows.sort(key=lambda row: row.id)
    rows.sort(key=lambda row: row.created_at, reverse=True)
    for row in rows:
        zone = _zone(row)
        if zone.action != DELETE or zone.name_key not in found:
            found[zone.name_key] = NamedZone(zone, bool(row.has_descendants))
    return found


def _zone(row: Any) -> Zone:
    return Zone(
        id=row.id,
        pool_id=row.pool_id,
        project_id=row.project_id,
        name=row.name,
        email=row.email,
        ttl=row.ttl,
        serial=row.serial,
        refresh=row.refresh,
        retry=row.retry,
        expire=row.expire,
        minimum=row.minimum,
        mname=row.mname,
        type=row.type,
        action=row.action,
        generation=row.generation,
        epoch=row.epoch,
        recordset_count=row.recordset_count,
        record_count=row.record_count,
        created_at=row.created_at,
        transferred_at=row.transferred_at,
    )


class Content:
    """The RRsets of a zone at one version, the SOA apart; for one query."""

    def __init__(self, connection: Connection, zone: Zone) -> None:
        self.zone = zone
        self._connection = connection
        self._bound: dict[str, Any] = {"zone_id": zone.id, "epoch": zone.epoch}

    def rrsets_at(self, name_keys: Sequence[str]) -> list[Found]:
        """The RRsets at any of these names."""
        bound = self._bound | numbers("name", name_keys)
        return [Found._make(row) for row in _rrsets_at(len(name_keys)).all(self._connection, bound)]

    def zones_named(self, name_keys: Collection[str], key: TsigKey | None) -> set[str]:
        """Those of the names that zones have, with a TSIG key zones of its scope."""
        return set(zones_named(self._connection, name_keys, key))

    def neighbours(self, name_key: str) -> list[str]:
        """A few names, among them one that shares most final labels with a name not there.

        They stand next to the place of its descendants in the order of reversed keys: where the
        name has descendants, one of them is found.
        """
        key = names.reverse("." + name_key)
        before, after = _neighbours.first(self._connection, self._bound | {"key": key})
        found = [before, after]
        if after is not None and after.startswith(key + "\\"):
            # A dot that is escaped ends no label: it is no descendant, and those stand behind it.
            found += _neighbours.first(self._connection, self._bound | {"key": key + "]"})
        return [names.reverse(key) for key in found if key is not None]


@contextmanager
def content(store: Store, zone: Zone) -> Iterator[Content]:
    """The content of a zone, until the block ends."""
    with store.read(patience=reading.AT_ONCE) as connection:
        yield Content(connection, zone)
