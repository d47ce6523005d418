# SPDX-License-Identifier: Apache-2.0
"""Pools and TSIG keys."""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Project,
    Word,
    free_text,
    metadata,
)

pools = Table(
    "pools",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("name", free_text(50), nullable=False),
    Column("description", free_text(160), nullable=True),
    Column("project_id", Project, nullable=True),
    # attributes, ns_records, servers, who of them is new (joining): read and written as a whole.
    Column("definition", Document, nullable=False),
    Column("ns_version", Integer, nullable=False),
    Column("server_config_version", Integer, nullable=False),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    # Its zones of this shard and those after it are yet to be told of its servers; NULL: none are.
    Column("due_from", SmallInteger, nullable=True),
    UniqueConstraint("name"),
)

tsigkeys = Table(
    "tsigkeys",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("name", free_text(160), nullable=False),
    Column("algorithm", Word, nullable=False),
    Column("secret", free_text(160), nullable=False),
    Column("scope", Word, nullable=False),
    Column("resource_id", Identifier, nullable=False),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    # In lower case; every row has one, though steps of the schema may only add what may be NULL.
    Column("name_key", free_text(320), nullable=True),
    UniqueConstraint("name"),
    Index(None, "name_key", unique=True),
    Index(None, "scope", "resource_id"),
    Index(None, "created_at", "id"),
)
