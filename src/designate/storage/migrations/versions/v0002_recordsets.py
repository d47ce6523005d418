# SPDX-License-Identifier: Apache-2.0
"""Recordsets and their values."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, SmallInteger, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Name,
    Project,
    SearchKey,
    Wire,
    Word,
    free_text,
)

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _recordsets()
    _recordsets_indexes()
    _record_values()


def _recordsets() -> None:
    op.create_table(
        "recordsets",
        Column("id", Identifier, nullable=False),
        Column("zone_id", Identifier, nullable=False),
        Column("epoch", Integer, nullable=False),
        Column("project_id", Project, nullable=True),
        Column("name", Name, nullable=False),
        Column("name_key", Name, nullable=False),
        Column("reverse_key", Name, nullable=False),
        Column("type", Word, nullable=False),
        Column("ttl", Integer, nullable=True),
        Column("description", free_text(160), nullable=True),
        Column("managed", SmallInteger, nullable=False),
        Column("records", Document, nullable=False),
        Column("head", Wire, nullable=False),
        Column("wire", Wire, nullable=False),
        Column("generation", Counter, nullable=False),
        Column("created_generation", Counter, nullable=False),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_recordsets")),
        UniqueConstraint(
            "zone_id",
            "epoch",
            "name_key",
            "type",
            name=op.f("uq_recordsets_zone_id_epoch_name_key_type"),
        ),
    )


def _recordsets_indexes() -> None:
    for columns in (
        ["managed", "created_at", "id"],
        ["name_key", "project_id", "id"],
        ["project_id", "created_at", "id"],
        ["project_id", "type", "created_at", "id"],
        ["reverse_key", "project_id", "id"],
        ["ttl", "project_id", "id"],
        ["managed", "type", "created_at", "id"],
        ["zone_id", "epoch", "created_at", "id"],
        ["zone_id", "epoch", "generation"],
        ["zone_id", "epoch", "reverse_key"],
        ["zone_id", "epoch", "type", "created_at", "id"],
    ):
        name = op.f(f"ix_recordsets_{'_'.join(columns)}")
        op.create_index(name, "recordsets", columns)


def _record_values() -> None:
    op.create_table(
        "record_values",
        Column("recordset_id", Identifier, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("zone_id", Identifier, nullable=False),
        Column("project_id", Project, nullable=True),
        Column("search_key", SearchKey, nullable=False),
        Column("managed_plugin_type", free_text(50), nullable=True),
        Column("managed_plugin_name", free_text(50), nullable=True),
        Column("managed_resource_type", free_text(50), nullable=True),
        Column("managed_resource_id", Identifier, nullable=True),
        Column("managed_resource_region", free_text(100), nullable=True),
        Column("managed_project_id", Project, nullable=True),
        Column("managed_extra", free_text(100), nullable=True),
        PrimaryKeyConstraint("recordset_id", "ordinal", name=op.f("pk_record_values")),
    )
    op.create_index(
        op.f("ix_record_values_managed_resource_id"), "record_values", ["managed_resource_id"]
    )
    op.create_index(
        op.f("ix_record_values_search_key_project_id_zone_id_recordset_id"),
        "record_values",
        ["search_key", "project_id", "zone_id", "recordset_id"],
    )
