# SPDX-License-Identifier: Apache-2.0
"""Calls that arrive more than once are carried out once."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint

from designate.storage.tables.columns import Identifier, Moment

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "calls",
        Column("id", Identifier, nullable=False),
        Column("holder", Identifier, nullable=False),
        Column("created_at", Moment, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_created_at"), "calls", ["created_at"])
