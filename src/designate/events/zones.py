# SPDX-License-Identifier: Apache-2.0
"""What notifications say of a zone: upstream's keys, whose consumers are to find them again."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from designate.events.notifier import Event
from designate.model.zones import Zone, master_server

EXISTS = ("dns.domain.exists", "dns.zone.exists")
"""The same under its former name and under today's."""
_NAMESPACE = uuid.UUID("6f1a2ac4-2f5d-4d0c-9d55-5a5f1c6b0f0e")
LIVE = "0"


def exists(zone: Zone, deleted_at: datetime | None, begin: int, end: int) -> Iterator[Event]:
    """That a zone existed at the end of a period, from one Unix time to another.

    The ids follow from the zone, the period and the type: what is sent again has the same.
    """
    payload = _payload(zone, deleted_at) | {
        "audit_period_beginning": _text(_moment(begin)),
        "audit_period_ending": _text(_moment(end)),
    }
    for event_type in EXISTS:
        name = f"{event_type} {zone.id} {begin} {end}"
        yield Event(str(uuid.uuid5(_NAMESPACE, name)), event_type, payload)


def _payload(zone: Zone, deleted_at: datetime | None) -> dict[str, Any]:
    return {
        "id": zone.id,
        "version": zone.version,
        "created_at": _text(zone.created_at),
        "updated_at": _text(zone.updated_at),
        "deleted": LIVE if deleted_at is None else zone.id.replace("-", ""),
        "deleted_at": _text(deleted_at),
        "shard": int(zone.id[:3], 16),
        "tenant_id": zone.project_id,
        "name": zone.name,
        "email": zone.email,
        "ttl": zone.ttl,
        "refresh": zone.refresh,
        "retry": zone.retry,
        "expire": zone.expire,
        "minimum": zone.minimum,
        "parent_zone_id": None,
        "serial": zone.serial,
        "description": zone.description,
        "status": zone.status,
        "action": zone.action,
        "pool_id": zone.pool_id,
        "attributes": [{"key": key, "value": value} for key, value in zone.attributes.items()],
        "masters": [_master(master) for master in zone.masters],
        "type": zone.type,
        "transferred_at": _text(zone.transferred_at),
        # A serial advances with its change, and workers are told at once.
        "delayed_notify": False,
        "increment_serial": False,
        "shared": zone.shared,
    }


def _master(text: str) -> dict[str, Any]:
    host, port = master_server(text)
    return {"host": host, "port": port}


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
