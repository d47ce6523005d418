# SPDX-License-Identifier: Apache-2.0
"""Names that somebody holds are found beside any number of names that wait."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_zone_work_lease_token_due_at"), "zone_work", ["lease_token", "due_at"])
