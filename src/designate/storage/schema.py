# SPDX-License-Identifier: Apache-2.0
"""The schema of a database: which step it is at, and the way to the newest one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from designate.storage import engine as engines

_MIGRATIONS = Path(__file__).parent / "migrations"


def current(engine: Engine) -> str | None:
    """The step a database is at; None for one without our tables."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The step that this version of the services was written for."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def upgrade(engine: Engine) -> None:
    """Bring a database to the newest step; nothing happens where it is there already.

    On SQLite and PostgreSQL all steps are one transaction. MariaDB commits each statement, and so
    goes on behind the last whole step after an interruption.
    """
    if current(engine) == newest():
        return
    with engine.connect() as connection:
        engines.begin_write(connection)
        command.upgrade(_config(connection=connection), "head")
        connection.commit()


def sql(dialect: str) -> None:
    """Print the statements of all steps for a kind of database: mysql, postgresql or sqlite."""
    command.upgrade(_config(dialect=dialect), "head", sql=True)


def _config(**attributes: Connection | str) -> Config:
    config = Config(attributes=attributes)
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
