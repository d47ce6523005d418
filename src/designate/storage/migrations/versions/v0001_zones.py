# SPDX-License-Identifier: Apache-2.0
"""Zones, what is observed of them, and the rows that exclude writers."""

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
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
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _zones()
    _zones_indexes()
    _zone_state()
    _names()
    _name_locks()
    _zone_pools()


def _zones() -> None:
    op.create_table(
        "zones",
        Column("id", Identifier, nullable=False),
        Column("pool_id", Identifier, nullable=False),
        Column("project_id", Project, nullable=True),
        Column("name", Name, nullable=False),
        Column("name_key", Name, nullable=False),
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
        Column("epoch", Integer, nullable=False),
        Column("status", Word, nullable=False),
        Column("action", Word, nullable=False),
        Column("recordset_count", Integer, nullable=False),
        Column("record_count", Integer, nullable=False),
        Column("shard", SmallInteger, nullable=False),
        Column("attributes", Document, nullable=False),
        Column("masters", Document, nullable=False),
        Column("hard_delete", Boolean(create_constraint=False), nullable=False),
        Column("turn", Counter, nullable=False),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        Column("transferred_at", Moment, nullable=True),
        Column("deleted", Identifier, nullable=False),
        Column("deleted_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        UniqueConstraint(
            "deleted", "name_key", "pool_id", name=op.f("uq_zones_deleted_name_key_pool_id")
        ),
    )


def _zones_indexes() -> None:
    op.create_index(
        op.f("ix_zones_deleted_created_at_id"), "zones", ["deleted", "created_at", "id"]
    )
    op.create_index(op.f("ix_zones_pool_id_ns_version"), "zones", ["pool_id", "ns_version"])
    op.create_index(
        op.f("ix_zones_project_id_deleted_created_at_id"),
        "zones",
        ["project_id", "deleted", "created_at", "id"],
    )
    op.create_index(op.f("ix_zones_deleted_reverse_key"), "zones", ["deleted", "reverse_key"])
    op.create_index(op.f("ix_zones_shard"), "zones", ["shard"])
    op.create_index(op.f("ix_zones_status_deleted"), "zones", ["status", "deleted"])


def _zone_state() -> None:
    op.create_table(
        "zone_state",
        Column("zone_id", Identifier, nullable=False),
        Column("confirmed_generation", Counter, nullable=False),
        Column("failure_code", Word, nullable=True),
        Column("failure_text", free_text(255), nullable=True),
        Column("changed_at", Moment, nullable=True),
        PrimaryKeyConstraint("zone_id", name=op.f("pk_zone_state")),
    )


def _names() -> None:
    op.create_table(
        "names",
        Column("name_key", Name, nullable=False),
        Column("last_serial", Counter, nullable=False),
        PrimaryKeyConstraint("name_key", name=op.f("pk_names")),
    )


def _name_locks() -> None:
    op.create_table(
        "name_locks",
        Column("name_key", Name, nullable=False),
        Column("turn", Counter, nullable=False),
        PrimaryKeyConstraint("name_key", name=op.f("pk_name_locks")),
    )


def _zone_pools() -> None:
    op.create_table(
        "zone_pools",
        Column("zone_id", Identifier, nullable=False),
        Column("pool_id", Identifier, nullable=False),
        Column("phase", Word, nullable=False),
        PrimaryKeyConstraint("zone_id", "pool_id", name=op.f("pk_zone_pools")),
    )
    op.create_index(op.f("ix_zone_pools_pool_id"), "zone_pools", ["pool_id"])
