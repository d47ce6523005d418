# SPDX-License-Identifier: Apache-2.0
"""Work that is due, and what was observed of each server."""

from sqlalchemy import Column, Double, Index, Integer, SmallInteger, Table

from designate.storage.tables.columns import (
    Counter,
    Identifier,
    Moment,
    Name,
    ServerKey,
    Word,
    free_text,
    metadata,
)

zone_work = Table(
    "zone_work",
    metadata,
    Column("name_key", Name, primary_key=True),
    Column("shard", SmallInteger, nullable=False),
    # Rises with every change of any zone of this name: work is done when nothing rose meanwhile.
    Column("wanted", Counter, nullable=False),
    # Unix time in seconds; NULL means that nothing is to be done.
    Column("due_at", Double, nullable=True),
    # When the oldest change that is not confirmed yet was committed: the age of the queue.
    Column("since", Double, nullable=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_token", Identifier, nullable=True),
    # Of the project that waits; NULL when nobody does, or nothing is to be done (storage.lanes).
    Column("lane", Integer, nullable=True),
    # 1: what is known of its servers is not to be believed, only found to be so.
    Column("verify", SmallInteger, nullable=True),
    Index(None, "due_at"),
    Index(None, "lane", "due_at"),
    Index(None, "lease_token", "due_at"),
)
"""One row per zone name, over all its pools and incarnations, so that the work on one name on one
server is in order by construction (decision 3a.10)."""

zone_servers = Table(
    "zone_servers",
    metadata,
    Column("zone_id", Identifier, primary_key=True),
    Column("role", Word, primary_key=True),
    Column("server", ServerKey, primary_key=True),
    Column("pool_id", Identifier, nullable=False),
    Column("name_key", Name, nullable=False),
    Column("state", Word, nullable=False),
    Column("serial", Counter, nullable=True),
    Column("generation", Counter, nullable=False, default=0),
    # Target: the server_config_version applied. 0: the zone is not known to be there.
    Column("config_version", Integer, nullable=False, default=0),
    # Nameserver: whether it has served this zone once and so counts for the quorum.
    Column("joined", SmallInteger, nullable=False, default=0),
    Column("error_code", Word, nullable=True),
    Column("error_text", free_text(255), nullable=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("changed_at", Moment, nullable=False),
    Index(None, "name_key", "server"),
    Index(None, "pool_id", "config_version"),
)
"""Role `target`: whether the zone is there. Role `nameserver`: which version it serves."""
