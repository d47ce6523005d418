# SPDX-License-Identifier: Apache-2.0
"""The processes that report themselves."""

from sqlalchemy import Column, Table, UniqueConstraint

from designate.storage.tables.columns import (
    Document,
    Identifier,
    Moment,
    Word,
    free_text,
    metadata,
)

service_statuses = Table(
    "service_statuses",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("service_name", Word, nullable=False),
    Column("hostname", free_text(255), nullable=False),
    Column("status", Word, nullable=False),
    Column("stats", Document, nullable=False),
    Column("capabilities", Document, nullable=False),
    Column("heartbeated_at", Moment, nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    UniqueConstraint("service_name", "hostname"),
)
