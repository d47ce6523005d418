# SPDX-License-Identifier: Apache-2.0
"""The journal: what each version of each zone removed and added."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

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
    metadata,
)

CHANGE = "change"
"""Content changed: the row holds a recordset before and after; without one, only the SOA."""
META = "meta"
"""Nothing that DNS shows changed; the serial stayed."""
BARRIER = "barrier"
"""Content changed as a whole: IXFR does not cross it."""

journal = Table(
    "journal",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("change_id", Identifier, nullable=False),
    Column("zone_id", Identifier, nullable=False),
    Column("generation", Counter, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("serial", Counter, nullable=False),
    Column("kind", Word, nullable=False),
    Column("recordset_id", Identifier, nullable=True),
    Column("name", Name, nullable=True),
    Column("type", Word, nullable=True),
    # `head`, `ttl` and `wire` as in recordsets: a TTL that is NULL is the zone's, which is that of
    # the SOA beside it. `records` tells whether the recordset existed.
    Column("head", Wire, nullable=True),
    Column("ttl_before", Integer, nullable=True),
    Column("wire_before", Wire, nullable=True),
    Column("records_before", Document, nullable=True),
    Column("ttl_after", Integer, nullable=True),
    Column("wire_after", Wire, nullable=True),
    Column("records_after", Document, nullable=True),
    # Whole SOA rdata and TTL of the version before and of this one.
    Column("soa_before", Wire, nullable=True),
    Column("soa_ttl_before", Integer, nullable=True),
    Column("soa_after", Wire, nullable=False),
    Column("soa_ttl_after", Integer, nullable=False),
    # Those fields of the zone row that the version changed, as they were before it.
    Column("zone_before", Document, nullable=True),
    Column("project_id", Project, nullable=True),
    Column("user_id", free_text(255), nullable=True),
    Column("request_id", free_text(64), nullable=True),
    Column("comment", free_text(255), nullable=True),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("zone_id", "generation", "seq"),
    Index(None, "zone_id", "serial"),
    Index(None, "change_id"),
)
"""`head` NULL means that no recordset is named: only the SOA differs, or nothing that DNS shows."""
