# SPDX-License-Identifier: Apache-2.0
"""Names of TSIG keys are unique in any case."""

from alembic import op
from sqlalchemy import Column

from designate.storage.tables.columns import free_text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the column, fill it, and let it be unique.

    Of keys whose names differ by case only the first has its name; the others stay what they are,
    and are found under their id until they are renamed.
    """
    op.add_column("tsigkeys", Column("name_key", free_text(320), nullable=True))
    # MySQL changes no table that it reads, except through another.
    op.execute(
        "UPDATE tsigkeys SET name_key = LOWER(name) WHERE name_key IS NULL AND id IN"
        " (SELECT id FROM (SELECT MIN(id) AS id FROM tsigkeys GROUP BY LOWER(name)) AS firsts)"
    )
    op.execute("UPDATE tsigkeys SET name_key = id WHERE name_key IS NULL")
    op.create_index(op.f("ix_tsigkeys_name_key"), "tsigkeys", ["name_key"], unique=True)
