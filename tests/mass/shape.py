# SPDX-License-Identifier: Apache-2.0
"""A cloud's zones and recordsets, as rows: every size has the same shape.

One zone holds a fifth of all recordsets, one project another fifth in zones of twenty, a reverse
zone that was made last all PTR records, and a thousand projects share the rest. Some things are
rare whatever the size: those are named here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any, NamedTuple

from designate.model.names import reverse
from designate.storage.rows import shard_of
from designate.storage.tables.zones import LIVE

BIG_ZONE = "big.example."
BIG_PROJECT = "big"
MANY_PROJECT = "many"
REVERSE_ZONE = "10.in-addr.arpa."
REVERSE_PROJECT = "net"
TINY_ZONE = "tiny.example."
TINY_PROJECT = "tiny"
RARE_LABEL = "rare"
RARE_TYPE = "CAA"
RARE_TTL = 77
RARE_VALUE = "192.0.2.77"
COMMON_TEXT = "web"
POOL = "794ccc2c-d751-44fe-b57f-8894c9f5c842"

_PROJECTS = 1000
_START = datetime(2026, 1, 1)
_LABELS = ("www", "mail", "api", "db", "cache", "vpn", "git", "ci", "shop", "blog")
_RARE_ROWS = 3


class Row(NamedTuple):
    """A recordset before it has an id."""

    zone: "ZoneRow"
    name: str
    type: str
    ttl: int | None
    value: str
    generation: int
    epoch: int = 0

    @property
    def description(self) -> str | None:
        """One of fifty has one."""
        return COMMON_TEXT if self.generation % 50 == 7 else None


class ZoneRow(NamedTuple):
    """A zone; some wait for name servers, some are deleted and wait for their purge."""

    number: int
    id: str
    project: str
    name: str
    size: int

    @property
    def status(self) -> str:
        """Most are ACTIVE."""
        if self.deleted:
            return "DELETED"
        if self.number % 500 == 1 or self.name == BIG_ZONE:
            return "PENDING"
        return "ERROR" if self.number % 1500 == 2 else "ACTIVE"

    @property
    def type(self) -> str:
        """A few are transferred from elsewhere."""
        return "SECONDARY" if self.number % 900 == 4 and self.size < 1000 else "PRIMARY"

    @property
    def deleted(self) -> bool:
        """Whether it is gone although its rows are there."""
        return self.number % 300 == 3 and self.size < 1000

    @property
    def confirmed(self) -> int:
        """The generation that is served; the newest is its size."""
        return self.size if self.status in ("ACTIVE", "DELETED") else self.size - 2


def zone_rows(total: int) -> Iterator[ZoneRow]:
    """The zones of a cloud with about this many recordsets."""
    number = 0
    tenants = max((total * 29 // 50) // 80, 10)
    many = max((total // 5) // 20, 10)
    for count in range(tenants):
        yield _zone(number, f"project{count % _PROJECTS}", f"zone{count}.example.", 80)
        number += 1
        if count == tenants // 2:
            yield _zone(number, BIG_PROJECT, BIG_ZONE, total // 5)
            number += 1
    for count in range(many):
        yield _zone(number, MANY_PROJECT, f"m{count}.example.net.", 20)
        number += 1
    yield _zone(number, TINY_PROJECT, TINY_ZONE, 12)
    yield _zone(number + 1, REVERSE_PROJECT, REVERSE_ZONE, total // 50)


def _zone(number: int, project: str, name: str, size: int) -> ZoneRow:
    return ZoneRow(number, zone_id(name), project, name, size)


def numbered_zones(total: int) -> Iterator[tuple[ZoneRow, int]]:
    """The zones, each with the number of its first recordset."""
    number = 0
    for zone in zone_rows(total):
        yield zone, number
        number += zone.size + (zone.name == TINY_ZONE)


def zone_id(name: str) -> str:
    """The id of the zone of this name."""
    digest = md5(name.encode()).hexdigest()
    parts = (digest[:8], digest[8:12], "4" + digest[13:16], "8" + digest[17:20], digest[20:])
    return "-".join(parts)


def _recordsets(zone: ZoneRow) -> Iterator[Row]:
    yield Row(zone, zone.name, "SOA", None, "", 1)
    yield Row(zone, zone.name, "NS", None, "ns1.pool.example.", 1)
    if zone.name == REVERSE_ZONE:
        for number in range(2, zone.size):
            place = f"{number & 255}.{number >> 8 & 255}.{number >> 16 & 255}"
            name = f"{place}.{zone.name}"
            yield Row(zone, name, "PTR", None, f"h{number}.{BIG_ZONE}", number)
        return
    yield Row(zone, zone.name, "MX", None, "10 mail.provider.example.", 2)
    yield Row(zone, zone.name, "TXT", None, '"v=spf1 include:provider.example -all"', 3)
    for number in range(4, zone.size):
        yield _host(zone, number)


def _host(zone: ZoneRow, number: int) -> Row:
    if zone.name == BIG_ZONE and number >= zone.size - _RARE_ROWS:
        name = f"{RARE_LABEL}{zone.size - number}.{zone.name}"
        if number == zone.size - 1:
            return Row(zone, name, "A", RARE_TTL, RARE_VALUE, number)
        return Row(zone, name, RARE_TYPE, RARE_TTL, '0 issue "ca.example"', number)
    label = _LABELS[number - 4] if number - 4 < len(_LABELS) else f"h{number}"
    name = f"{label}.{zone.name}"
    place = zone.number * 80 + number
    kind = number % 10
    if kind < 6:
        ttl = 300 if kind == 5 else None
        value = f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"
        return Row(zone, name, "A", ttl, value, number)
    if kind < 8:
        value = f"2001:db8::{place & 0xFFFF:x}:{place >> 16:x}"
        return Row(zone, name, "AAAA", None, value, number)
    if kind == 8:
        return Row(zone, name, "CNAME", 3600, f"www.{zone.name}", number)
    return Row(zone, name, "TXT", None, f'"site-verification={place:x}"', number)


def recordset_rows(total: int) -> Iterator[Row]:
    """All recordsets, in the order in which they were created."""
    for zone in zone_rows(total):
        yield from _recordsets(zone)
        if zone.name == TINY_ZONE:  # an import of its successor is under way
            yield Row(zone, f"staged.{zone.name}", "A", None, "192.0.2.1", 1, epoch=1)


def moment(number: int) -> str:
    """When the recordset of this number was created."""
    return (_START + timedelta(seconds=number)).isoformat(" ", "microseconds")


def identifier(number: int) -> str:
    """A time-ordered id."""
    digits = f"{number:012x}"
    return f"0192{digits[:4]}-{digits[4:8]}-7{digits[8:11]}-8{digits[11]}00-000000000000"


def recordset_values(number: int, row: Row) -> dict[str, Any]:
    """The columns of table `recordsets`."""
    soa = row.type == "SOA"
    return {
        "id": identifier(number),
        "zone_id": row.zone.id,
        "epoch": row.epoch,
        "project_id": row.zone.project,
        "name": row.name,
        "name_key": row.name,
        "reverse_key": reverse(row.name),
        "type": row.type,
        "ttl": row.ttl,
        "description": row.description,
        "managed": int(number % 80 < 2),
        "records": "[]" if soa else '["' + row.value.replace('"', '\\"') + '"]',
        "head": b"\x03www\xc0\x0c\x00\x01\x00\x01",
        "wire": b"" if soa else b"\x00\x04\x0a\x00\x00\x01",
        "generation": row.generation,
        "created_generation": row.generation,
        "version": 1,
        "created_at": moment(number),
        "updated_at": None,
    }


def zone_values(zone: ZoneRow) -> dict[str, Any]:
    """The columns of table `zones`."""
    return {
        "id": zone.id,
        "pool_id": POOL,
        "project_id": zone.project,
        "name": zone.name,
        "name_key": zone.name,
        "reverse_key": reverse(zone.name),
        "type": zone.type,
        "email": "dns@example.org",
        "description": None,
        "ttl": 3600,
        "refresh": 3600,
        "retry": 600,
        "expire": 86400,
        "minimum": 3600,
        "mname": "ns1.pool.example.",
        "ns_version": 1,
        "serial": 1,
        "generation": zone.size,
        "epoch": 0,
        "status": zone.status,
        "action": "NONE" if zone.status in ("ACTIVE", "DELETED") else "UPDATE",
        "recordset_count": zone.size,
        "record_count": zone.size,
        "shard": shard_of(zone.id),
        "attributes": "{}",
        "masters": "[]",
        "hard_delete": 0,
        "turn": 0,
        "version": 1,
        "created_at": moment(zone.number),
        "updated_at": None,
        "transferred_at": None,
        "deleted": zone.id if zone.deleted else LIVE,
        "deleted_at": moment(zone.number) if zone.deleted else None,
    }
