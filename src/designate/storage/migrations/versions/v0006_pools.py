# SPDX-License-Identifier: Apache-2.0
"""Pools and TSIG keys."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Project,
    Word,
    free_text,
)

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    _pools()
    _tsigkeys()


def _pools() -> None:
    op.create_table(
        "pools",
        Column("id", Identifier, nullable=False),
        Column("name", free_text(50), nullable=False),
        Column("description", free_text(160), nullable=True),
        Column("project_id", Project, nullable=True),
        Column("definition", Document, nullable=False),
        Column("ns_version", Integer, nullable=False),
        Column("server_config_version", Integer, nullable=False),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_pools")),
        UniqueConstraint("name", name=op.f("uq_pools_name")),
    )


def _tsigkeys() -> None:
    op.create_table(
        "tsigkeys",
        Column("id", Identifier, nullable=False),
        Column("name", free_text(160), nullable=False),
        Column("algorithm", Word, nullable=False),
        Column("secret", free_text(160), nullable=False),
        Column("scope", Word, nullable=False),
        Column("resource_id", Identifier, nullable=False),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_tsigkeys")),
        UniqueConstraint("name", name=op.f("uq_tsigkeys_name")),
    )
    op.create_index(op.f("ix_tsigkeys_scope_resource_id"), "tsigkeys", ["scope", "resource_id"])
