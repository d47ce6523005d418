# SPDX-License-Identifier: Apache-2.0
"""Recordsets as they are shown and as they are served, and their values for search."""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table, UniqueConstraint

from designate.storage.tables.columns import (
    Counter,
    Document,
    Identifier,
    Moment,
    Name,
    Project,
    SearchKey,
    Wire,
    Word,
    free_text,
    metadata,
)

recordsets = Table(
    "recordsets",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("zone_id", Identifier, nullable=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("project_id", Project, nullable=True),
    Column("name", Name, nullable=False),
    Column("name_key", Name, nullable=False),
    Column("reverse_key", Name, nullable=False),
    Column("type", Word, nullable=False),
    Column("ttl", Integer, nullable=True),
    Column("description", free_text(160), nullable=True),
    Column("managed", SmallInteger, nullable=False, default=0),
    # The texts in the order given, a JSON list.
    Column("records", Document, nullable=False),
    # The head of each of its records in a transfer: the owner relative to the apex with a pointer
    # to offset 12 (the question, which is the apex), TYPE and CLASS.
    Column("head", Wire, nullable=False),
    # The canonical rdata set, each behind its RDLENGTH, in the order of RFC 4034 6.3.
    Column("wire", Wire, nullable=False),
    Column("generation", Counter, nullable=False),
    Column("created_generation", Counter, nullable=False),
    Column("version", Counter, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=True),
    UniqueConstraint("zone_id", "epoch", "name_key", "type"),
    # Lists in their order: of a zone, of a project, of all; and each of these of one type. Those of
    # all begin with a column that no other list names: else PostgreSQL would read all projects in
    # order to find one, since it believes that each is spread evenly.
    Index(None, "zone_id", "epoch", "created_at", "id"),
    Index(None, "project_id", "created_at", "id"),
    Index(None, "managed", "created_at", "id"),
    Index(None, "zone_id", "epoch", "type", "created_at", "id"),
    Index(None, "project_id", "type", "created_at", "id"),
    Index(None, "managed", "type", "created_at", "id"),
    # Names that end alike: filters in a zone; DNS looks for the neighbours of a name.
    Index(None, "zone_id", "epoch", "reverse_key"),
    # Status and action in a zone: what is newer than the version that name servers confirmed.
    Index(None, "zone_id", "epoch", "generation"),
    # Filters over zones; the project stands there to pass over other projects' rows unread.
    Index(None, "name_key", "project_id", "id"),
    Index(None, "reverse_key", "project_id", "id"),
    Index(None, "ttl", "project_id", "id"),
)
"""The SOA recordset holds no records and no wire: both are rendered from the zone row."""

record_values = Table(
    "record_values",
    metadata,
    Column("recordset_id", Identifier, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("zone_id", Identifier, nullable=False),
    Column("project_id", Project, nullable=True),
    # The first 255 characters in lower case; longer values are compared whole after this index.
    Column("search_key", SearchKey, nullable=False),
    Column("managed_plugin_type", free_text(50), nullable=True),
    Column("managed_plugin_name", free_text(50), nullable=True),
    Column("managed_resource_type", free_text(50), nullable=True),
    Column("managed_resource_id", Identifier, nullable=True),
    Column("managed_resource_region", free_text(100), nullable=True),
    Column("managed_project_id", Project, nullable=True),
    Column("managed_extra", free_text(100), nullable=True),
    # Filters by data; project and zone stand there to pass over other rows unread.
    Index(None, "search_key", "project_id", "zone_id", "recordset_id"),
    Index(None, "managed_resource_id"),
)
