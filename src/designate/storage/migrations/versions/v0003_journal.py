# SPDX-License-Identifier: Apache-2.0
"""The journal."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Name,
    Project,
    Wire,
    Word,
    free_text,
)

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    _journal()


def _journal() -> None:
    op.create_table(
        "journal",
        Column("id", Counter, nullable=False, autoincrement=True),
        Column("change_id", Identifier, nullable=False),
        Column("zone_id", Identifier, nullable=False),
        Column("generation", Counter, nullable=False),
        Column("seq", Integer, nullable=False),
        Column("serial", Counter, nullable=False),
        Column("kind", Word, nullable=False),
        Column("recordset_id", Identifier, nullable=True),
        Column("name", Name, nullable=True),
        Column("type", Word, nullable=True),
        Column("head", Wire, nullable=True),
        Column("ttl_before", Integer, nullable=True),
        Column("wire_before", Wire, nullable=True),
        Column("records_before", Document, nullable=True),
        Column("ttl_after", Integer, nullable=True),
        Column("wire_after", Wire, nullable=True),
        Column("records_after", Document, nullable=True),
        Column("soa_before", Wire, nullable=True),
        Column("soa_ttl_before", Integer, nullable=True),
        Column("soa_after", Wire, nullable=False),
        Column("soa_ttl_after", Integer, nullable=False),
        Column("zone_before", Document, nullable=True),
        Column("project_id", Project, nullable=True),
        Column("user_id", free_text(255), nullable=True),
        Column("request_id", free_text(64), nullable=True),
        Column("comment", free_text(255), nullable=True),
        Column("created_at", Moment, nullable=False),
        PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        UniqueConstraint(
            "zone_id", "generation", "seq", name=op.f("uq_journal_zone_id_generation_seq")
        ),
    )
    op.create_index(op.f("ix_journal_change_id"), "journal", ["change_id"])
    op.create_index(op.f("ix_journal_zone_id_serial"), "journal", ["zone_id", "serial"])
