# SPDX-License-Identifier: Apache-2.0
"""The migrations make exactly the tables that the queries are written for."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Dialect, Engine, create_mock_engine, event, text
from sqlalchemy.dialects import registry

from designate.errors import ConfigurationError
from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.tables import metadata


def statements(text: str) -> set[str]:
    """The CREATE statements of a script, each on one line, with the columns that come later."""
    found = [" ".join(part.split()) for part in text.split(";")]
    made = {part for part in found if part.startswith("CREATE") and "alembic_version" not in part}
    for part in found:
        if part.startswith("ALTER TABLE"):
            table, _, column = part.removeprefix("ALTER TABLE ").partition(" ADD COLUMN ")
            (old,) = (item for item in made if item.startswith(f"CREATE TABLE {table} "))
            made.remove(old)
            made.add(old.replace(", CONSTRAINT", f", {column}, CONSTRAINT", 1))
    return made


def of_metadata(dialect: Dialect) -> set[str]:
    """What SQLAlchemy itself would run to make the tables of the metadata."""
    lines: list[str] = []
    mock = create_mock_engine(
        f"{dialect.name}://", lambda sql, *_: lines.append(str(sql.compile(dialect=dialect)))
    )
    metadata.create_all(mock, checkfirst=False)
    return statements(";".join(lines))


def without_comments(text: str) -> str:
    """A script without the lines that alembic explains it by."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def test_the_migrated_schema_is_the_metadata(tmp_path: Path) -> None:
    """Nothing is missing, and nothing is left, between the migrations and the metadata."""
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("name", ["mysql", "postgresql"])
def test_the_statements_for_other_databases_are_the_metadatas(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """MariaDB and PostgreSQL get the same tables, keys and indexes, to the letter."""
    schema.sql(name)
    assert statements(without_comments(capsys.readouterr().out)) == of_metadata(
        registry.load(name)()
    )


def test_an_upgrade_that_succeeds_pauses_for_nobody(tmp_path: Path) -> None:
    """A start waits for it."""
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")
    pauses: list[float] = []
    schema.upgrade(engine, pause=pauses.append)
    assert schema.current(engine) == schema.newest()
    assert pauses == []
    engine.dispose()


def test_an_upgrade_of_the_newest_schema_writes_nothing(tmp_path: Path) -> None:
    """Every start upgrades, so that a schema that is up to date costs a look and no lock."""
    engine = open_engine(f"sqlite:///{tmp_path}/new.db")
    assert schema.current(engine) is None
    schema.upgrade(engine)
    assert schema.current(engine) == schema.newest()
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    schema.upgrade(engine)
    assert not [sql for sql in seen if not sql.lstrip().startswith(("SELECT", "PRAGMA"))]
    engine.dispose()


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("0001", "too old for this code"),
        ("9999+9998", "too new"),
        ("a69b45715cc1", "another program"),
        (None, "no tables of designate yet"),
    ],
)
def test_code_that_upgrades_nothing_refuses_a_schema_it_cannot_serve(
    tmp_path: Path, step: str | None, problem: str
) -> None:
    """Its own, and a newer one that says so, are served."""
    engine = open_engine(f"sqlite:///{tmp_path}/step.db")
    if step is not None:
        schema.upgrade(engine)
        for served in (schema.newest(), "9998"):
            _set_step(engine, served)
            schema.check(engine)
        _set_step(engine, step)
    with pytest.raises(ConfigurationError, match=problem):
        schema.check(engine)
    engine.dispose()


def _set_step(engine: Engine, step: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})
