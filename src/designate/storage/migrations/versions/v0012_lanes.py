# SPDX-License-Identifier: Apache-2.0
"""Names wait in the lane of the project that changed them."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the column. What waits already, or is put there by the release before, has no lane.

    Names without one have their turn like those of any lane.
    """
    op.add_column("zone_work", Column("lane", Integer, nullable=True))
    op.create_index(op.f("ix_zone_work_lane_due_at"), "zone_work", ["lane", "due_at"])
