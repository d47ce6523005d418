# SPDX-License-Identifier: Apache-2.0
"""Lists of shares, tasks and transfers, and of what is registered, are read in their order."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the indexes."""
    _index("shares", "zone_id", "project_id", "created_at", "id")
    _index("shares", "zone_id", "created_at", "id")
    _index("zone_tasks", "task_type", "created_at", "id")
    _index("zone_tasks", "task_type", "project_id", "status", "created_at", "id")
    _index("zone_tasks", "task_type", "status", "created_at", "id")
    _index("transfer_requests", "project_id", "status", "created_at", "id")
    _index("transfer_requests", "target_project_id", "status", "created_at", "id")
    _index("transfer_requests", "status", "created_at", "id")
    _index("transfer_accepts", "status")
    for table in ("tlds", "blacklists", "tsigkeys"):
        _index(table, "created_at", "id")


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, [*columns])
