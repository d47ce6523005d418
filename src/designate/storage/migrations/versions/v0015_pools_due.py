# SPDX-License-Identifier: Apache-2.0
"""Zones of a pool that has changed become due step by step."""

from alembic import op
from sqlalchemy import Column, SmallInteger

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the column."""
    op.add_column("pools", Column("due_from", SmallInteger, nullable=True))
