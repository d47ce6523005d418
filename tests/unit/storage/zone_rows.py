# SPDX-License-Identifier: Apache-2.0
"""Rows of zones and of the queue, as tests of the worker's tables need them."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from designate.storage.tables import metadata, zone_state, zone_work, zones
from designate.storage.tables.zones import LIVE
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store

NAME = "example.org."
NOON = datetime(2026, 1, 1, 12)


def add_zone(store: Store, zone_id: str = "zone", **more: Any) -> None:
    """A zone at generation 5 where 4 is confirmed, with its place in the queue."""
    fields: dict[str, Any] = {
        "id": zone_id,
        "pool_id": "pool",
        "name": NAME,
        "type": "PRIMARY",
        "email": "admin@example.org",
        "ttl": 60,
        **dict.fromkeys(("refresh", "retry", "expire", "minimum"), 600),
        "mname": "ns1.example.org.",
        "ns_version": 1,
        "serial": 500,
        "generation": 5,
        "status": "PENDING",
        "action": "UPDATE",
        "recordset_count": 2,
        "record_count": 0,
        "shard": 0,
        "attributes": "{}",
        "masters": "[]",
        "version": 1,
        "created_at": NOON,
        "deleted": LIVE,
    }
    fields |= more
    key = fields["name"].lower()

    def write(tx: Transaction) -> None:
        tx.write(insert(zones).values(**fields, name_key=key, reverse_key=key[::-1]))
        tx.write(insert(zone_state).values(zone_id=zone_id, confirmed_generation=4))

    store.write(write)
    add_work(store, key)


def add_work(store: Store, name: str = NAME, *, due_at: float | None = 100.0) -> None:
    """A place in the queue, unless the name has one."""

    def write(tx: Transaction) -> None:
        if tx.read(select(zone_work).where(zone_work.c.name_key == name)).first() is None:
            tx.write(
                insert(zone_work).values(
                    name_key=name, shard=0, wanted=1, due_at=due_at, since=due_at, attempts=0
                )
            )

    store.write(write)


def work_row(store: Store, name: str = NAME) -> dict[str, Any]:
    """The name's place in the queue."""
    with store.read() as connection:
        row = connection.execute(select(zone_work).where(zone_work.c.name_key == name)).one()
        return dict(row._mapping)


def zone_row(store: Store, zone_id: str = "zone") -> dict[str, Any]:
    """A zone with its state."""
    with store.read() as connection:
        statement = select(zones, zone_state).join(zone_state, zone_state.c.zone_id == zones.c.id)
        row = connection.execute(statement.where(zones.c.id == zone_id)).one()
        return dict(row._mapping)


def create_tables(store: Store) -> None:
    """An empty schema."""
    metadata.create_all(store.engine)
