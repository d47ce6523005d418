# SPDX-License-Identifier: Apache-2.0
"""The schema of a release to come, with all that a step may add (docs/databases.md, Upgrades).

This release works with it, so that an upgrade goes host by host and can be taken back.
"""

from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Engine, Integer, String, text

from designate.storage import schema
from designate.storage.tables import metadata

REVISION = f"9001+{schema.newest()}"


def upgrade() -> None:
    """Add to every table what code of today does not know, and a table."""
    for table in metadata.tables:
        op.add_column(table, Column("later_word", String(64), nullable=True))
        op.add_column(table, Column("later_number", Integer, nullable=False, server_default="0"))
        op.create_index(f"ix_{table}_later", table, ["later_word", "later_number"])
        op.execute(f"UPDATE {table} SET later_word = 'filled'")
    op.create_table("later", Column("id", Integer, primary_key=True))
    op.create_index("ux_later", "later", ["id"], unique=True)


def expand(engine: Engine) -> None:
    """Bring a database of today there."""
    with engine.begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            upgrade()
        connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": REVISION})
