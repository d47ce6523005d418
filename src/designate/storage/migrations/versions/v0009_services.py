# SPDX-License-Identifier: Apache-2.0
"""States of services."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, UniqueConstraint

from designate.storage.tables.columns import (
    Document,
    Identifier,
    Moment,
    Word,
    free_text,
)

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    _service_statuses()


def _service_statuses() -> None:
    op.create_table(
        "service_statuses",
        Column("id", Identifier, nullable=False),
        Column("service_name", Word, nullable=False),
        Column("hostname", free_text(255), nullable=False),
        Column("status", Word, nullable=False),
        Column("stats", Document, nullable=False),
        Column("capabilities", Document, nullable=False),
        Column("heartbeated_at", Moment, nullable=True),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_service_statuses")),
        UniqueConstraint(
            "service_name", "hostname", name=op.f("uq_service_statuses_service_name_hostname")
        ),
    )
