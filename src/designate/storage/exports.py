# SPDX-License-Identifier: Apache-2.0
"""Queries on exports, and the records of a zone in the order an export shows them."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from designate.model.exports import ZoneExport
from designate.model.soa import soa_text
from designate.model.zones import Zone
from designate.storage.tables import recordsets

_CHUNK = 1000


def export_of(row: Row[Any]) -> ZoneExport:
    """An export from its task."""
    return ZoneExport(
        id=row.id,
        project_id=row.project_id,
        zone_id=row.zone_id,
        status=row.status,
        message=row.message,
        location=row.location,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def records(connection: Connection, zone: Zone) -> Iterator[tuple[str, int | None, str, str]]:
    """Name, own TTL, type and text of each record, oldest recordset first."""
    statement = (
        select(recordsets.c.name, recordsets.c.ttl, recordsets.c.type, recordsets.c.records)
        .where(recordsets.c.zone_id == zone.id, recordsets.c.epoch == zone.epoch)
        .order_by(recordsets.c.created_at, recordsets.c.id)
    )
    streamed = connection.execution_options(stream_results=True, max_row_buffer=_CHUNK)
    for row in streamed.execute(statement):
        texts = [soa_text(zone)] if row.type == "SOA" else json.loads(row.records)
        for text in texts:
            yield row.name, row.ttl, row.type, text
