# SPDX-License-Identifier: Apache-2.0
"""The schema of each database: made step by step, by several at once, and after interruptions."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import IntegrityError

from designate.errors import ConfigurationError
from designate.storage import schema
from designate.storage.tables import metadata
from tests.databases import Databases

AT_ONCE = 3


@pytest.fixture
def bare(databases: Databases) -> Iterator[Engine]:
    """A database without any table."""
    with databases.bare() as engine:
        yield engine


def differences(engine: Engine) -> list[Any]:
    """What separates the tables from those that the queries are written for."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def set_step(engine: Engine, step: str) -> None:
    """Pretend that the schema is at a step."""
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})
        connection.commit()


def test_the_migrated_schema_is_the_metadata(bare: Engine) -> None:
    """Nothing is missing, and nothing is left."""
    schema.upgrade(bare)
    assert schema.current(bare) == schema.newest()
    assert differences(bare) == []


def test_each_step_is_made_by_itself(bare: Engine) -> None:
    """An upgrade begins anywhere."""
    steps = [script.revision for script in schema.steps()]
    for step in steps:
        schema.upgrade(bare, to=step)
        assert schema.current(bare) == step
    assert steps[-1] == schema.newest()
    assert differences(bare) == []


def test_the_script_makes_the_same_schema(bare: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    """For operators who want to see what is run, or to run it themselves."""
    schema.sql(bare.dialect.name)
    script = capsys.readouterr().out
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    with bare.begin() as connection:
        for statement in "\n".join(lines).split(";"):
            if statement.strip() not in ("", "BEGIN", "COMMIT"):
                connection.exec_driver_sql(statement)
    assert schema.current(bare) == schema.newest()
    assert differences(bare) == []


def test_a_script_of_the_newest_schema_is_taken_for_it(bare: Engine) -> None:
    """An upgrade of an upgraded database looks, and does nothing."""
    schema.upgrade(bare)
    seen: list[str] = []
    event.listen(bare, "before_cursor_execute", lambda *args: seen.append(args[2]))
    schema.upgrade(bare)
    reads = ("SELECT", "PRAGMA", "SHOW", "DESCRIBE")
    assert [sql for sql in seen if not sql.lstrip().upper().startswith(reads)] == []


def test_an_interrupted_upgrade_goes_on(bare: Engine) -> None:
    """After each of its statements: on MariaDB from there, elsewhere from the beginning."""
    resumes = bare.dialect.name not in ("sqlite", "postgresql")
    interruptions = 0
    while schema.current(bare) != schema.newest():
        with contextlib.suppress(InterruptedError), interrupted(bare, after=1 if resumes else 9):
            schema.upgrade(bare)
        interruptions += 1
        assert interruptions < 300
        if not resumes:
            assert inspect(bare).get_table_names() == []
            schema.upgrade(bare)
    assert interruptions > (10 if resumes else 0)
    assert differences(bare) == []


@contextlib.contextmanager
def interrupted(engine: Engine, after: int) -> Iterator[None]:
    """Let an upgrade end after so many statements that change tables."""
    made = 0

    def count(*args: Any) -> None:
        nonlocal made
        if args[2].lstrip().startswith("CREATE") and "alembic_version" not in args[2]:
            made += 1
            if made > after:
                raise InterruptedError

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_processes_that_start_at_once_upgrade_once(bare: Engine) -> None:
    """Each finds the schema when its own upgrade returns."""
    program = (
        "import sys; from designate.storage import schema; from designate.storage.engine import"
        " open_engine; engine = open_engine(sys.argv[1]); schema.upgrade(engine);"
        " sys.exit(schema.current(engine) != schema.newest())"
    )
    url = bare.url.render_as_string(hide_password=False)
    started = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(AT_ONCE)]
    assert [process.wait(60) for process in started] == [0] * AT_ONCE
    assert differences(bare) == []


def test_names_of_tsig_keys_become_unique_in_any_case(bare: Engine) -> None:
    """Of those that are there only the first has its name; the others stay, under their ids."""
    schema.upgrade(bare, to="0009")
    key = {"algorithm": "hmac-sha256", "secret": "c2VjcmV0", "scope": "POOL", "resource_id": "p"}
    key |= {"version": "1", "created_at": "2026-11-21 09:00:00"}
    columns = ", ".join(("id", "name", *key))
    values = ", ".join(f"'{value}'" for value in key.values())
    with bare.begin() as connection:
        for row in ("'1', 'Same'", "'2', 'same'", "'3', 'sAME'", "'4', 'Other.'"):
            connection.exec_driver_sql(f"INSERT INTO tsigkeys ({columns}) VALUES ({row}, {values})")
    schema.upgrade(bare)
    with bare.connect() as connection:
        found = connection.exec_driver_sql("SELECT id, name_key FROM tsigkeys ORDER BY id").all()
    assert [tuple(row) for row in found] == [("1", "same"), ("2", "2"), ("3", "3"), ("4", "other.")]
    with pytest.raises(IntegrityError), bare.begin() as connection:
        connection.exec_driver_sql("UPDATE tsigkeys SET name_key = 'same' WHERE id = '4'")


def test_a_newer_schema_that_serves_this_code_stays(bare: Engine) -> None:
    """So that an upgrade can be taken back (docs/databases.md)."""
    schema.upgrade(bare)
    for step in ("9998", f"9998+{schema.newest()}"):
        set_step(bare, step)
        schema.upgrade(bare)
        assert schema.current(bare) == step


def test_a_schema_that_is_too_new_is_refused(bare: Engine) -> None:
    """With what it needs."""
    schema.upgrade(bare)
    set_step(bare, "9999+9998")
    with pytest.raises(ConfigurationError, match="too new: it needs code that knows step 9998"):
        schema.upgrade(bare)


def test_the_database_of_another_program_is_refused(bare: Engine) -> None:
    """Upstream's has tables of the same names."""
    with bare.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE zones (id INTEGER)")
    with pytest.raises(ConfigurationError, match=r"tables of another program \(zones"):
        schema.upgrade(bare)
    with bare.begin() as connection:
        connection.exec_driver_sql("DROP TABLE zones")
    schema.upgrade(bare)
    set_step(bare, "a69b45715cc1")
    with pytest.raises(ConfigurationError, match=r"another program \(a69b45715cc1\)"):
        schema.upgrade(bare)


def test_text_holds_any_language_whatever_the_default_of_the_database_is(bare: Engine) -> None:
    """Every column that holds text says how it is stored and compared: byte by byte."""
    schema.upgrade(bare)
    if bare.dialect.name == "sqlite":
        statement = "SELECT 'x', 'x' WHERE EXISTS (SELECT 1 WHERE 'a' = 'A')"
    elif bare.dialect.name == "postgresql":
        statement = (
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
            " AND data_type = 'character varying' AND collation_name IS DISTINCT FROM 'C'"
        )
    else:
        statement = (
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name <> 'alembic_version'"
            " AND character_set_name IS NOT NULL"
            " AND collation_name NOT IN ('ascii_bin', 'utf8mb4_bin')"
        )
    with bare.connect() as connection:
        assert connection.exec_driver_sql(statement.replace("%", "%%")).all() == []
