# SPDX-License-Identifier: Apache-2.0
"""Imports, exports and other long work, and the zone files that wait for their import."""

from sqlalchemy import Column, Index, Integer, Table

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Project,
    Wire,
    Word,
    free_text,
    metadata,
)

IMPORT = "IMPORT"
EXPORT = "EXPORT"
FOLLOW = "FOLLOW"
"""Recordsets that follow a large zone to its new owner."""
DISCARDED = "DISCARDED"
"""An import that was deleted while it was under way: its rows are left to be purged."""

zone_tasks = Table(
    "zone_tasks",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("task_type", Word, nullable=False),
    Column("project_id", Project, nullable=False),
    Column("zone_id", Identifier, nullable=True),
    # Import: the id that its zone gets, known before the zone exists so that rows can be staged.
    Column("staged_zone_id", Identifier, nullable=True),
    Column("status", Word, nullable=False),
    Column("message", free_text(160), nullable=True),
    Column("location", free_text(160), nullable=True),
    # The caller, for the rules that apply when the task runs, and an import's attributes.
    Column("context", Document, nullable=False),
    Column("attributes", Document, nullable=False),
    Column("records_done", Integer, nullable=False, default=0),
    Column("bytes_done", Counter, nullable=False, default=0),
    Column("bytes_total", Counter, nullable=False, default=0),
    Column("lease_token", Identifier, nullable=True),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    # Lists in their order, of a project and of all.
    Index(None, "task_type", "project_id", "created_at", "id"),
    Index(None, "task_type", "created_at", "id"),
    # What waits, and lists by status.
    Index(None, "task_type", "status", "created_at"),
    Index(None, "zone_id"),
)

zone_task_chunks = Table(
    "zone_task_chunks",
    metadata,
    Column("task_id", Identifier, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("body", Wire, nullable=False),
)
"""The bytes of a zone file in pieces; removed when its import has ended."""
