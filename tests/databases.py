# SPDX-License-Identifier: Apache-2.0
"""Databases for tests: SQLite files that begin as copies of one that was migrated."""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, event

from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.tables import metadata

_EMPTY = "".join(["BEGIN;", *(f"DELETE FROM {table};" for table in metadata.tables), "COMMIT"])


class Sqlite:
    """Gives out empty databases with the whole schema, in one folder.

    One that is given back is emptied and given out again: its engine has compiled the statements.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._made: list[Engine] = []
        self._free: list[Engine] = []
        engine = open_engine(f"sqlite:///{self._template}")
        schema.upgrade(engine)
        engine.dispose()

    def open(self) -> Engine:
        """An empty database, which forgets what a power failure interrupts."""
        if self._free:
            return self._free.pop()
        copy = self._folder / f"{len(self._made)}.db"
        shutil.copy(self._template, copy)
        engine = open_engine(f"sqlite:///{copy}")
        event.listen(engine, "connect", _never_wait_for_the_disk)
        self._made.append(engine)
        return engine

    def close(self, engine: Engine) -> None:
        """Take a database back."""
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.executescript(_EMPTY)
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


def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
