# SPDX-License-Identifier: Apache-2.0
"""Queries that need no common snapshot are asked again when their connection breaks."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, literal, select, text
from sqlalchemy.exc import DBAPIError

from designate.errors import DatabaseUnavailable
from designate.storage.engine import open_engine
from designate.storage.prepared import Prepared
from designate.storage.reading import AT_ONCE, Reading
from designate.storage.unit_of_work import Store
from tests.databases import Databases, Served
from tests.servers.link import Link

pytestmark = pytest.mark.parametrize("databases", ["mariadb", "postgresql"], indirect=True)

Ask = Callable[[Connection], object]
_one = Prepared(select(literal(1).label("one")))
ASKS: dict[str, Ask] = {
    "execute": lambda connection: connection.execute(select(literal(1))).scalar(),
    "text": lambda connection: connection.exec_driver_sql("SELECT 1").scalar(),
    "prepared": lambda connection: _one.first(connection, {}).one,
}


@pytest.fixture
def link(databases: Databases) -> Iterator[Link]:
    """The way to the database."""
    assert isinstance(databases, Served)
    with Link((databases.server.host, databases.server.port)) as made:
        yield made


@pytest.fixture
def through(engine: Engine, link: Link) -> Iterator[Engine]:
    """The database by that way."""
    opened = open_engine(engine.url.set(port=link.port).render_as_string(hide_password=False))
    yield opened
    opened.dispose()


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_a_query_whose_connection_breaks_is_asked_again(
    through: Engine, link: Link, ask: Ask
) -> None:
    """As often as it happens; and so is what has no time, once."""
    for patience in (60.0, AT_ONCE):
        with Reading(through, patience=patience) as connection:
            for _ in range(3):
                assert ask(connection) == 1
                link.reset()
            assert ask(connection) == 1


def test_what_is_wrong_is_told_at_once(through: Engine) -> None:
    """It would be wrong again."""
    with Reading(through, patience=60.0) as connection, pytest.raises(DBAPIError):
        connection.execute(text("SELECT nothing FROM nowhere"))


def test_a_database_that_stays_away_is_said_to_be_away(through: Engine, link: Link) -> None:
    """Before and after a connection was made."""
    store = Store(through)
    with pytest.raises(DatabaseUnavailable), store.read(patience=AT_ONCE) as connection:
        link.cut()
        connection.execute(select(literal(1)))
    with pytest.raises(DatabaseUnavailable), store.read(patience=AT_ONCE):
        pass
    link.heal()
    with store.read(patience=AT_ONCE) as connection:
        assert connection.execute(select(literal(1))).scalar() == 1


def test_what_was_answered_is_not_taken_back_when_the_connection_breaks_at_the_end(
    through: Engine, link: Link
) -> None:
    """Nor is the connection kept."""
    for _ in range(3):
        with Reading(through, patience=AT_ONCE) as connection:
            assert connection.execute(select(literal(1))).scalar() == 1
            link.reset()
    assert through.pool.checkedout() == 0  # type: ignore[attr-defined]
