# SPDX-License-Identifier: Apache-2.0
"""Zones, what is observed of them, and the rows that exclude writers from one another."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Name,
    Project,
    Word,
    free_text,
    metadata,
)

LIVE = "0"
"""The value of `zones.deleted` of a zone that exists; a deleted zone holds its own id there."""

zones = Table(
    "zones",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("pool_id", Identifier, nullable=False),
    Column("project_id", Project, nullable=True),
    Column("name", Name, nullable=False),
    Column("name_key", Name, nullable=False),
    # The key reversed character by character: "is below Z" and "ends with" are prefix ranges.
    Column("reverse_key", Name, nullable=False),
    Column("type", Word, nullable=False),
    Column("email", free_text(320), nullable=False),
    Column("description", free_text(160), nullable=True),
    Column("ttl", Integer, nullable=False),
    Column("refresh", Integer, nullable=False),
    Column("retry", Integer, nullable=False),
    Column("expire", Integer, nullable=False),
    Column("minimum", Integer, nullable=False),
    Column("mname", Name, nullable=False),
    Column("ns_version", Integer, nullable=False),
    Column("serial", Counter, nullable=False),
    Column("generation", Counter, nullable=False),
    # Recordsets of another epoch are staged, or replaced and waiting for purge: never content.
    Column("epoch", Integer, nullable=False, default=0),
    Column("status", Word, nullable=False),
    Column("action", Word, nullable=False),
    Column("recordset_count", Integer, nullable=False),
    Column("record_count", Integer, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("attributes", Document, nullable=False),
    Column("masters", Document, nullable=False),
    Column("hard_delete", Boolean(create_constraint=False), nullable=False, default=False),
    # Raised by those who must exclude writers of this zone without changing it (decision 3a.6).
    Column("turn", Counter, nullable=False, default=0),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    Column("transferred_at", Moment, nullable=True),
    Column("deleted", Identifier, nullable=False, default=LIVE),
    Column("deleted_at", Moment, nullable=True),
    UniqueConstraint("deleted", "name_key", "pool_id"),
    Index(None, "project_id", "deleted", "created_at", "id"),
    Index(None, "deleted", "created_at", "id"),
    Index(None, "deleted", "reverse_key"),
    Index(None, "status", "deleted"),
    Index(None, "pool_id", "ns_version"),
    Index(None, "shard"),
    Index(None, "type", "id"),
)
"""`serial` is unsigned 32-bit. Counters: `recordset_count` counts all, `record_count` unmanaged."""

zone_state = Table(
    "zone_state",
    metadata,
    Column("zone_id", Identifier, primary_key=True),
    Column("confirmed_generation", Counter, nullable=False, default=0),
    Column("failure_code", Word, nullable=True),
    Column("failure_text", free_text(255), nullable=True),
    Column("changed_at", Moment, nullable=True),
)
"""What is observed of a zone, apart from `zones` so that observers never contend with writers."""

names = Table(
    "names",
    metadata,
    Column("name_key", Name, primary_key=True),
    Column("last_serial", Counter, nullable=False),
)
"""The last serial a deleted zone of that name had; survives the purge (decision 3a.3)."""

name_locks = Table(
    "name_locks",
    metadata,
    Column("name_key", Name, primary_key=True),
    Column("turn", Counter, nullable=False),
)
"""Creators of zones under the same two last labels update one row here (decision 3a.6).

So do those who put a zone into a pool, under a key that is no name, and who deletes the pool all of
its keys (`storage.pools.enter`).
"""

zone_pools = Table(
    "zone_pools",
    metadata,
    Column("zone_id", Identifier, primary_key=True),
    Column("pool_id", Identifier, primary_key=True),
    Column("phase", Word, nullable=False),
    Index(None, "pool_id"),
)
"""The pools that serve a zone: phase serving, joining or leaving (decision 3a.22)."""
