# SPDX-License-Identifier: Apache-2.0
"""Quotas, usage, shares, and the names nobody may take."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Identifier,
    Moment,
    Name,
    Project,
    Word,
    free_text,
)

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    _quotas()
    _project_usage()
    _shares()
    _tlds()
    _blacklists()


def _quotas() -> None:
    op.create_table(
        "quotas",
        Column("project_id", Project, nullable=False),
        Column("resource", Word, nullable=False),
        Column("hard_limit", Integer, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("project_id", "resource", name=op.f("pk_quotas")),
    )


def _project_usage() -> None:
    op.create_table(
        "project_usage",
        Column("project_id", Project, nullable=False),
        Column("zones", Integer, nullable=False),
        PrimaryKeyConstraint("project_id", name=op.f("pk_project_usage")),
    )


def _shares() -> None:
    op.create_table(
        "shares",
        Column("id", Identifier, nullable=False),
        Column("zone_id", Identifier, nullable=False),
        Column("project_id", Project, nullable=False),
        Column("target_project_id", Project, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        UniqueConstraint(
            "zone_id", "target_project_id", name=op.f("uq_shares_zone_id_target_project_id")
        ),
    )
    op.create_index(
        op.f("ix_shares_target_project_id_zone_id"), "shares", ["target_project_id", "zone_id"]
    )


def _tlds() -> None:
    op.create_table(
        "tlds",
        Column("id", Identifier, nullable=False),
        Column("name", Name, nullable=False),
        Column("name_key", Name, nullable=False),
        Column("description", free_text(160), nullable=True),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_tlds")),
        UniqueConstraint("name_key", name=op.f("uq_tlds_name_key")),
    )


def _blacklists() -> None:
    op.create_table(
        "blacklists",
        Column("id", Identifier, nullable=False),
        Column("pattern", free_text(255), nullable=False),
        Column("description", free_text(160), nullable=True),
        Column("version", Counter, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=True),
        PrimaryKeyConstraint("id", name=op.f("pk_blacklists")),
        UniqueConstraint("pattern", name=op.f("uq_blacklists_pattern")),
    )
