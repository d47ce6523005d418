# SPDX-License-Identifier: Apache-2.0
"""What a cloud has beside zones and recordsets: shares, tasks, transfers, and what is registered.

As with recordsets, one project has most, one zone is shared with half of all that it is shared
with, and a thousand projects have the rest. What is rare stands where a list comes to it last.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Table

from designate.storage.tables import (
    shares,
    tlds,
    transfer_accepts,
    transfer_requests,
    tsigkeys,
    zone_tasks,
    zones,
)
from designate.storage.tables.tasks import EXPORT, IMPORT
from tests.mass import shape
from tests.mass.shape import ZoneRow, identifier, moment

TABLES = (zones, shares, zone_tasks, transfer_requests, transfer_accepts, tlds, tsigkeys)
_AT_ONCE = 4
"""So many rows have the same time of creation."""
_WAITING = 20
_FEW = 3

Values = Mapping[str, Any]


def zone_rows(total: int) -> list[ZoneRow]:
    """The zones that such a cloud is about."""
    return [zone for zone in shape.zone_rows(10 * total) if not zone.deleted]


def big_zone(total: int) -> str:
    """The id of the zone that many share."""
    return next(zone.id for zone in zone_rows(total) if zone.name == shape.BIG_ZONE)


def rows(total: int) -> dict[Table, Iterator[Values]]:
    """The rows of each table, in the order in which they were created; most have this many."""
    found = zone_rows(total)
    made: dict[Table, Iterator[Values]] = {zones: map(shape.zone_values, found)}
    for table, one in _MADE.items():
        number = total // 5 if table in (tlds, tsigkeys) else total
        made[table] = _numbered(one, found, number)
    return made


def _numbered(
    one: Callable[[int, ZoneRow, int], Values], found: list[ZoneRow], total: int
) -> Iterator[Values]:
    for number in range(total):
        yield {
            "id": identifier(number),
            **one(number, found[number % len(found)], total),
            "created_at": moment(number // _AT_ONCE),
            "updated_at": None,
        }


def _share(number: int, zone: ZoneRow, total: int) -> Values:
    if number < total // 2:
        # The ids of zones are made from their names.
        big = shape.zone_id(shape.BIG_ZONE)
        return _shared(big, shape.BIG_PROJECT, f"target{number}")
    if number < total * 2 // 3:
        return _shared(zone.id, zone.project, shape.TINY_PROJECT)
    return _shared(zone.id, zone.project, f"receiver{number % 1000}")


def _shared(zone_id: str, project: str, target: str) -> Values:
    return {"zone_id": zone_id, "project_id": project, "target_project_id": target}


def _task(number: int, zone: ZoneRow, total: int) -> Values:
    status = "COMPLETE"
    if number >= total - _WAITING:
        status = "PENDING"
    elif total // 2 <= number < total // 2 + total // 200:
        status = "ERROR"
    return {
        "task_type": EXPORT if number // 3 % 2 else IMPORT,
        "project_id": zone.project,
        "zone_id": zone.id,
        "status": status,
        "message": None,
        "context": "{}",
        "attributes": "{}",
        "records_done": 0,
        "bytes_done": 0,
        "bytes_total": 0,
        "version": 1,
    }


def _request(number: int, zone: ZoneRow, total: int) -> Values:
    is_open = number >= total - total // 200
    targets = (None, f"project{number % 1000}", shape.TINY_PROJECT)
    # Some offer a zone to themselves.
    target = zone.project if number % 50 == 7 else targets[number % 3]
    return {
        "zone_id": zone.id,
        "project_id": zone.project,
        "target_project_id": target,
        "key": "02F5PXV7" if is_open else None,
        "status": "ACTIVE" if is_open else "COMPLETE",
        "open": zone.id if is_open else identifier(number),
        "version": 1,
    }


def _accept(number: int, zone: ZoneRow, _total: int) -> Values:
    return {
        "transfer_request_id": identifier(number),
        "zone_id": zone.id,
        "project_id": f"project{number % 1000}" if number % 2 else shape.TINY_PROJECT,
        "status": "ERROR" if number < _FEW else "COMPLETE",
        "version": 1,
    }


def _tld(number: int, _zone: ZoneRow, _total: int) -> Values:
    return {"name": f"tld{number}", "name_key": f"tld{number}", "version": 1}


def _tsigkey(number: int, zone: ZoneRow, _total: int) -> Values:
    return {
        "name": f"key{number}.",
        "name_key": f"key{number}.",
        "algorithm": "hmac-sha256",
        "secret": "c2VjcmV0",
        "scope": "POOL" if number < _FEW else "ZONE",
        "resource_id": zone.id,
        "version": 1,
    }


_MADE = {
    shares: _share,
    zone_tasks: _task,
    transfer_requests: _request,
    transfer_accepts: _accept,
    tlds: _tld,
    tsigkeys: _tsigkey,
}
