# SPDX-License-Identifier: Apache-2.0
"""Lists of shares, tasks and transfers, and of what is registered, are read in their order."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the indexes."""
    _index("shares", "zone_id", "created_at", "id")
    _index("zone_tasks", "task_type", "created_at", "id")
    for table in ("tlds", "blacklists", "tsigkeys"):
        _index(table, "created_at", "id")
    for table in ("transfer_requests", "transfer_accepts"):
        _index(table, "status")


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, [*columns])
