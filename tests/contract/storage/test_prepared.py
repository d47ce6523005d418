# SPDX-License-Identifier: Apache-2.0
"""Prepared statements do what `Connection.execute` does, and fail as it fails."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError, IntegrityError

from designate.storage.engine import begin_write
from designate.storage.prepared import Prepared
from designate.storage.tables import tlds

COLUMNS = ("id", "name", "name_key", "version", "created_at")
MOMENT = datetime(2026, 11, 25, 9, 0, 0, 123456)
_insert = Prepared(insert(tlds), *COLUMNS)
_by_version = Prepared(
    select(tlds).where(tlds.c.version >= bindparam("least"), tlds.c.name != "never").order_by("id")
)


def values(name: str, version: int = 1) -> dict[str, object]:
    """A row."""
    return dict(zip(COLUMNS, (name, name, name, version, MOMENT), strict=True))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """An open connection."""
    with engine.connect() as opened:
        yield opened


def test_rows_have_the_names_and_types_of_their_columns(connection: Connection) -> None:
    """Times come back as times, and what was not set as None."""
    _insert.run_many(connection, [values("a"), values("b", 2)])
    first, second = _by_version.all(connection, {"least": 1})
    assert (first.id, first.created_at, first.description) == ("a", MOMENT, None)
    assert _by_version.first(connection, {"least": 2}) == second
    assert _by_version.first(connection, {"least": 3}) is None
    plain = connection.execute(select(tlds).order_by(tlds.c.id)).all()
    assert [tuple(row) for row in plain] == [tuple(first), tuple(second)]


def test_changes_are_counted(connection: Connection) -> None:
    """As the driver counts them."""
    _insert.run_many(connection, [values(name) for name in "abc"])
    raise_all = Prepared(update(tlds).values(version=tlds.c.version + bindparam("by")))
    assert raise_all.run(connection, {"by": 5}) == 3
    remove = Prepared(delete(tlds).where(tlds.c.version == bindparam("version_is")))
    assert remove.run(connection, {"version_is": 1}) == 0
    assert remove.run(connection, {"version_is": 6}) == 3


def test_they_are_part_of_the_transaction(connection: Connection) -> None:
    """What they write goes with a rollback, and stays with a commit."""
    for name, end in (("a", connection.rollback), ("b", connection.commit)):
        begin_write(connection)
        _insert.run_many(connection, [values(name)])
        end()
    assert [row.id for row in _by_version.all(connection, {"least": 0})] == ["b"]


def test_errors_are_those_of_sqlalchemy(connection: Connection) -> None:
    """With the driver's error inside, so that one place decides what is tried again."""
    _insert.run_many(connection, [values("a")])
    with pytest.raises(IntegrityError) as caught:
        _insert.run_many(connection, [values("a")])
    assert caught.value.orig is not None
    connection.rollback()
    nowhere = Prepared(select(Table("nowhere", MetaData(), Column("id", String(9)))))
    with pytest.raises(DatabaseError):
        nowhere.all(connection, {})


def test_a_value_that_is_missing_is_named(connection: Connection) -> None:
    """Nothing is run with half of its values."""
    with pytest.raises(KeyError, match="least"):
        _by_version.all(connection, {})


def test_listeners_of_statements_hear_of_them(connection: Connection) -> None:
    """Tests count statements, and tracers show them."""
    heard: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    _by_version.all(connection, {"least": 1})
    event.remove(connection.engine, "before_cursor_execute", note)
    assert [text.partition(" ")[0] for text in heard] == ["SELECT"]


def test_a_list_is_no_value(connection: Connection) -> None:
    """The text of a statement with a list depends on the list."""
    of_list = Prepared(select(tlds).where(tlds.c.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(TypeError):
        of_list.all(connection, {"ids": ["a"]})
