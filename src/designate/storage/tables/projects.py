# SPDX-License-Identifier: Apache-2.0
"""What bounds a project: quotas, usage, shares, and the names nobody may take."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Identifier,
    Moment,
    Name,
    Project,
    Word,
    free_text,
    metadata,
)

quotas = Table(
    "quotas",
    metadata,
    Column("project_id", Project, primary_key=True),
    Column("resource", Word, primary_key=True),
    Column("hard_limit", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
)

project_usage = Table(
    "project_usage",
    metadata,
    Column("project_id", Project, primary_key=True),
    Column("zones", Integer, nullable=False),
)
"""Zones that exist, deleting ones too: creators of one project update one row (decision 3a.6)."""

shares = Table(
    "shares",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("zone_id", Identifier, nullable=False),
    Column("project_id", Project, nullable=False),
    Column("target_project_id", Project, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    UniqueConstraint("zone_id", "target_project_id"),
    Index(None, "target_project_id", "zone_id"),
    # Lists in their order.
    Index(None, "zone_id", "created_at", "id"),
)

tlds = Table(
    "tlds",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("name", Name, nullable=False),
    Column("name_key", Name, nullable=False),
    Column("description", free_text(160), nullable=True),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    UniqueConstraint("name_key"),
    Index(None, "created_at", "id"),
)

blacklists = Table(
    "blacklists",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("pattern", free_text(255), nullable=False),
    Column("description", free_text(160), nullable=True),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    UniqueConstraint("pattern"),
    Index(None, "created_at", "id"),
)
