# SPDX-License-Identifier: Apache-2.0
"""The queue of zone names, and zones on servers."""

from alembic import op
from sqlalchemy import Column, Double, Integer, PrimaryKeyConstraint, SmallInteger

from designate.storage.tables.columns import (
    Counter,
    Identifier,
    Moment,
    Name,
    ServerKey,
    Word,
    free_text,
)

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    _zone_work()
    _zone_servers()


def _zone_work() -> None:
    op.create_table(
        "zone_work",
        Column("name_key", Name, nullable=False),
        Column("shard", SmallInteger, nullable=False),
        Column("wanted", Counter, nullable=False),
        Column("due_at", Double, nullable=True),
        Column("since", Double, nullable=True),
        Column("attempts", Integer, nullable=False),
        Column("lease_token", Identifier, nullable=True),
        PrimaryKeyConstraint("name_key", name=op.f("pk_zone_work")),
    )
    op.create_index(op.f("ix_zone_work_due_at"), "zone_work", ["due_at"])


def _zone_servers() -> None:
    op.create_table(
        "zone_servers",
        Column("zone_id", Identifier, nullable=False),
        Column("role", Word, nullable=False),
        Column("server", ServerKey, nullable=False),
        Column("pool_id", Identifier, nullable=False),
        Column("name_key", Name, nullable=False),
        Column("state", Word, nullable=False),
        Column("serial", Counter, nullable=True),
        Column("generation", Counter, nullable=False),
        Column("config_version", Integer, nullable=False),
        Column("joined", SmallInteger, nullable=False),
        Column("error_code", Word, nullable=True),
        Column("error_text", free_text(255), nullable=True),
        Column("attempts", Integer, nullable=False),
        Column("changed_at", Moment, nullable=False),
        PrimaryKeyConstraint("zone_id", "role", "server", name=op.f("pk_zone_servers")),
    )
    op.create_index(op.f("ix_zone_servers_name_key_server"), "zone_servers", ["name_key", "server"])
    op.create_index(
        op.f("ix_zone_servers_pool_id_config_version"),
        "zone_servers",
        ["pool_id", "config_version"],
    )
