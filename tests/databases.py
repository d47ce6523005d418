# SPDX-License-Identifier: Apache-2.0
"""Databases for tests: empty ones with the whole schema, of each kind that services run on."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, event

from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.tables import metadata
from tests.servers.database import DatabaseServer
from tests.servers.mariadb import MariaDb
from tests.servers.postgresql import PostgreSql

_EMPTY = "".join(["BEGIN;", *(f"DELETE FROM {table};" for table in metadata.tables), "COMMIT"])


def engine_as_it_is(_engine: Engine) -> None:
    """Nothing is to be done to a new database."""


class Databases(ABC):
    """Gives out empty databases.

    One that is given back is emptied and given out again: its engine has compiled the statements.
    """

    def __init__(self) -> None:
        self._made: list[Engine] = []
        self._free: list[Engine] = []
        self._bare_made = 0
        self.prepare: Callable[[Engine], object] = engine_as_it_is
        """What is done to each new database."""

    def open(self) -> Engine:
        """An empty database, which forgets what a power failure interrupts."""
        if not self._free:
            engine = self._make(len(self._made))
            self._made.append(engine)
            self.prepare(engine)
            return engine
        return self._free.pop()

    @contextmanager
    def bare(self) -> Iterator[Engine]:
        """A database of its own without any table."""
        url = self._bare(self._bare_made)
        self._bare_made += 1
        engine = open_engine(url)
        yield engine
        engine.dispose()

    def close(self, engine: Engine) -> None:
        """Take a database back."""
        self._clear(engine)
        self._free.append(engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        for engine in self._made:
            engine.dispose()

    @abstractmethod
    def _make(self, number: int) -> Engine:
        """A new database."""

    @abstractmethod
    def _bare(self, number: int) -> str:
        """The URL of a new database without tables."""

    def _clear(self, engine: Engine) -> None:
        with engine.begin() as connection:
            for table in metadata.tables.values():
                connection.execute(table.delete())


class Sqlite(Databases):
    """SQLite files that begin as copies of one that was migrated."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._template = folder / "template.db"
        engine = open_engine(f"sqlite:///{self._template}")
        schema.upgrade(engine)
        engine.dispose()

    def _make(self, number: int) -> Engine:
        copy = self._folder / f"{number}.db"
        shutil.copy(self._template, copy)
        engine = open_engine(f"sqlite:///{copy}")
        event.listen(engine, "connect", _never_wait_for_the_disk)
        return engine

    def _bare(self, number: int) -> str:
        return f"sqlite:///{self._folder}/bare{number}.db"

    def _clear(self, engine: Engine) -> None:
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.executescript(_EMPTY)


class Served(Databases):
    """Databases of a server, each migrated by itself."""

    def __init__(self, server: DatabaseServer) -> None:
        super().__init__()
        self.server = server

    def _make(self, number: int) -> Engine:
        engine = open_engine(self.server.create(f"designate{number}"))
        schema.upgrade(engine)
        return engine

    def _bare(self, number: int) -> str:
        return self.server.create(f"bare{number}")


@contextmanager
def sqlite(folder: Path) -> Iterator[Databases]:
    """Databases of files in a folder."""
    with Sqlite(folder) as made:
        yield made


@contextmanager
def mariadb(_folder: Path) -> Iterator[Databases]:
    """Databases of a MariaDB that runs meanwhile."""
    with MariaDb() as server, Served(server) as made:
        yield made


@contextmanager
def postgresql(_folder: Path) -> Iterator[Databases]:
    """Databases of a PostgreSQL that runs meanwhile."""
    with PostgreSql() as server, Served(server) as made:
        yield made


def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


KINDS = {"sqlite": sqlite, "mariadb": mariadb, "postgresql": postgresql}
"""How databases of each kind are come by, given a folder of the test's own."""
