# SPDX-License-Identifier: Apache-2.0
"""The schema of a database: which step it is at, and the way to the newest one.

A step's number may name, behind a plus sign, the oldest step that code must know to work with it
and all that follow it: "0012+0009". Code that is older than the schema reads it there (docs/
databases.md, Upgrades).
"""

import logging
import random
import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from designate.errors import ConfigurationError
from designate.storage import engine as engines
from designate.storage import failures
from designate.storage.tables import metadata

LOG = logging.getLogger(__name__)
_MIGRATIONS = Path(__file__).parent / "migrations"
_ATTEMPTS = 100
_PAUSE = 1.0
_VERSION_TABLE = "alembic_version"
# MariaDB: table, column, index or row exists, or a table is being changed. PostgreSQL: a row, a
# relation or an object exists.
_DONE_BEFORE = frozenset({1050, 1060, 1061, 1062, 1684, "23505", "42P07", "42710"})


def current(engine: Engine) -> str | None:
    """The step a database is at; None for one without our tables."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The step that this version of the services was written for."""
    step = _scripts().get_current_head()
    assert step is not None
    return step


def steps() -> list[Script]:
    """All steps in their order."""
    return list(_scripts().walk_revisions())[::-1]


def step(number: str) -> str:
    """The step of a number, which may be written without its floor; raises ConfigurationError."""
    for script in steps():
        if number in (script.revision, script.revision.partition("+")[0]):
            return str(script.revision)
    raise ConfigurationError(f"there is no step {number} of the schema")


def upgrade(
    engine: Engine, *, to: str | None = None, pause: Callable[[float], None] = time.sleep
) -> None:
    """Bring a database to a step, by default the newest; one that is there or beyond stays.

    On SQLite and PostgreSQL all steps are one transaction. MariaDB commits each statement, and so
    goes on behind the last one after an interruption. Processes that upgrade at once get in each
    other's way, and each goes on from where the others are. Raises ConfigurationError when the
    schema is too new for this code, or another program's.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        at = current(engine)
        if at is None:
            _check_empty(engine)
        elif at == (to or newest()) or _is_beyond(at, to):
            return
        try:
            _upgrade(engine, to or "head")
        except (CommandError, DBAPIError) as error:
            if attempt == _ATTEMPTS or not _met_another(error):
                raise
            pause(random.uniform(0, _PAUSE))


def check(engine: Engine) -> None:
    """Raise ConfigurationError unless this code can work with the schema as it is."""
    at = current(engine)
    if at is None:
        _check_empty(engine)
        raise ConfigurationError("the database has no tables of designate yet")
    if at != newest() and not _is_beyond(at, None):
        number, own = (step.partition("+")[0] for step in (at, newest()))
        raise ConfigurationError(
            f"the schema (step {number}) is too old for this code, which needs step {own}:"
            " upgrade the database first"
        )


def sql(dialect: str) -> None:
    """Print the statements of all steps for a kind of database: mysql, postgresql or sqlite."""
    command.upgrade(_config(dialect=dialect), "head", sql=True)


def _upgrade(engine: Engine, to: str) -> None:
    with engine.connect() as connection:
        engines.begin_write(connection)
        command.upgrade(_config(connection=connection), to)
        connection.commit()


def _is_beyond(step: str, to: str | None) -> bool:
    """Whether a schema is further than we would bring it, perhaps by newer code."""
    number, _, floor = step.partition("+")
    own = newest().partition("+")[0]
    if not (number.isdecimal() and len(number) == len(own)):
        raise ConfigurationError(f"the database has the schema of another program ({step})")
    if number <= own:
        return number > (to or own).partition("+")[0]
    if floor > own:
        raise ConfigurationError(
            f"the schema (step {number}) is too new: it needs code that knows step {floor},"
            f" and this one knows {own}"
        )
    LOG.info("the schema (step %s) is newer than this code (%s), and serves it", number, own)
    return True


def _check_empty(engine: Engine) -> None:
    """Tables that no step has made are somebody else's."""
    found = set(inspect(engine).get_table_names())
    if _VERSION_TABLE not in found and (taken := found & set(metadata.tables)):
        raise ConfigurationError(
            f"the database has tables of another program ({', '.join(sorted(taken)[:3])} ...)"
        )


def _met_another(error: Exception) -> bool:
    """Whether what we were about to do was just done, or is being done."""
    if isinstance(error, CommandError):
        # The step in the database was not the one that was to be left.
        return True
    return failures.code(getattr(error, "orig", None)) in _DONE_BEFORE or failures.is_transient(
        error
    )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_MIGRATIONS))


def _config(**attributes: Connection | str) -> Config:
    config = Config(attributes=attributes)
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
