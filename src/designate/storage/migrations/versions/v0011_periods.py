# SPDX-License-Identifier: Apache-2.0
"""Periodic tasks that several processes share out, and secondary zones by index."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, SmallInteger

from designate.storage.tables.columns import Counter, Identifier, Word, free_text

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables and the index."""
    _task_periods()
    _members()
    op.create_index(op.f("ix_zones_type_id"), "zones", ["type", "id"])


def _task_periods() -> None:
    op.create_table(
        "task_periods",
        Column("task", Word, nullable=False),
        Column("shard", SmallInteger, nullable=False),
        Column("done", Counter, nullable=False),
        Column("goal", Counter, nullable=True),
        Column("position", free_text(255), nullable=True),
        Column("holder", Identifier, nullable=True),
        Column("beat", Counter, nullable=False),
        PrimaryKeyConstraint("task", "shard", name=op.f("pk_task_periods")),
    )


def _members() -> None:
    op.create_table(
        "members",
        Column("kind", Word, nullable=False),
        Column("id", Identifier, nullable=False),
        Column("hostname", free_text(255), nullable=False),
        Column("beat", Counter, nullable=False),
        PrimaryKeyConstraint("kind", "id", name=op.f("pk_members")),
    )
