# SPDX-License-Identifier: Apache-2.0
"""Imports and exports."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Project,
    Wire,
    Word,
    free_text,
)

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    _zone_tasks()
    _zone_task_chunks()


def _zone_tasks() -> None:
    op.create_table(
        "zone_tasks",
        Column("id", Identifier, nullable=False),
        Column("task_type", Word, nullable=False),
        Column("project_id", Project, nullable=False),
        Column("zone_id", Identifier, nullable=True),
        Column("staged_zone_id", Identifier, nullable=True),
        Column("status", Word, nullable=False),
        Column("message", free_text(160), nullable=True),
        Column("location", free_text(160), nullable=True),
        Column("context", Document, nullable=False),
        Column("attributes", Document, nullable=False),
        Column("records_done", Integer, nullable=False),
        Column("bytes_done", Counter, nullable=False),
        Column("bytes_total", Counter, nullable=False),
        Column("lease_token", Identifier, nullable=True),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_zone_tasks")),
    )
    op.create_index(
        op.f("ix_zone_tasks_task_type_project_id_created_at_id"),
        "zone_tasks",
        ["task_type", "project_id", "created_at", "id"],
    )
    op.create_index(
        op.f("ix_zone_tasks_task_type_status_created_at"),
        "zone_tasks",
        ["task_type", "status", "created_at"],
    )
    op.create_index(op.f("ix_zone_tasks_zone_id"), "zone_tasks", ["zone_id"])


def _zone_task_chunks() -> None:
    op.create_table(
        "zone_task_chunks",
        Column("task_id", Identifier, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("body", Wire, nullable=False),
        PrimaryKeyConstraint("task_id", "ordinal", name=op.f("pk_zone_task_chunks")),
    )
