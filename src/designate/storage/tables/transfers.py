# SPDX-License-Identifier: Apache-2.0
"""Zones that are offered to another project, and who took them."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Identifier,
    Moment,
    Project,
    Word,
    free_text,
    metadata,
)

transfer_requests = Table(
    "transfer_requests",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("zone_id", Identifier, nullable=False),
    Column("project_id", Project, nullable=False),
    Column("target_project_id", Project, nullable=True),
    # None unless the request is ACTIVE.
    Column("key", Word),
    Column("description", free_text(160), nullable=True),
    Column("status", Word, nullable=False),
    # The zone's id while the request is ACTIVE, else its own: a zone has one that is open.
    Column("open", Identifier, nullable=False),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    UniqueConstraint("open"),
    Index(None, "zone_id"),
    # Lists in their order: of who offers, of who is offered to, of all; and lists by status.
    Index(None, "project_id", "created_at", "id"),
    Index(None, "target_project_id", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "status"),
)

transfer_accepts = Table(
    "transfer_accepts",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("transfer_request_id", Identifier, nullable=False),
    Column("zone_id", Identifier, nullable=False),
    Column("project_id", Project, nullable=False),
    Column("status", Word, nullable=False),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    Index(None, "zone_id"),
    Index(None, "project_id", "created_at", "id"),
    Index(None, "created_at", "id"),
    Index(None, "status"),
)
