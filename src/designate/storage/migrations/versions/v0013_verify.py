# SPDX-License-Identifier: Apache-2.0
"""A name can be queued to be verified, without a word in the rows of its servers."""

from alembic import op
from sqlalchemy import Column, SmallInteger

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the column."""
    op.add_column("zone_work", Column("verify", SmallInteger, nullable=True))
