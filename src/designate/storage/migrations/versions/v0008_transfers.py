# SPDX-License-Identifier: Apache-2.0
"""Transfers of zones between projects."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Identifier,
    Moment,
    Project,
    Word,
    free_text,
)

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    _transfer_requests()
    _transfer_accepts()


def _transfer_requests() -> None:
    op.create_table(
        "transfer_requests",
        Column("id", Identifier, nullable=False),
        Column("zone_id", Identifier, nullable=False),
        Column("project_id", Project, nullable=False),
        Column("target_project_id", Project, nullable=True),
        Column("key", Word, nullable=True),
        Column("description", free_text(160), nullable=True),
        Column("status", Word, nullable=False),
        Column("open", Identifier, nullable=False),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_transfer_requests")),
        UniqueConstraint("open", name=op.f("uq_transfer_requests_open")),
    )
    op.create_index(op.f("ix_transfer_requests_zone_id"), "transfer_requests", ["zone_id"])
    op.create_index(
        op.f("ix_transfer_requests_project_id_created_at_id"),
        "transfer_requests",
        ["project_id", "created_at", "id"],
    )
    op.create_index(
        op.f("ix_transfer_requests_target_project_id_created_at_id"),
        "transfer_requests",
        ["target_project_id", "created_at", "id"],
    )
    op.create_index(
        op.f("ix_transfer_requests_created_at_id"), "transfer_requests", ["created_at", "id"]
    )


def _transfer_accepts() -> None:
    op.create_table(
        "transfer_accepts",
        Column("id", Identifier, nullable=False),
        Column("transfer_request_id", Identifier, nullable=False),
        Column("zone_id", Identifier, nullable=False),
        Column("project_id", Project, nullable=False),
        Column("status", Word, nullable=False),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_transfer_accepts")),
    )
    op.create_index(op.f("ix_transfer_accepts_zone_id"), "transfer_accepts", ["zone_id"])
    op.create_index(
        op.f("ix_transfer_accepts_project_id_created_at_id"),
        "transfer_accepts",
        ["project_id", "created_at", "id"],
    )
    op.create_index(
        op.f("ix_transfer_accepts_created_at_id"), "transfer_accepts", ["created_at", "id"]
    )
