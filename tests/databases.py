# SPDX-License-Identifier: Apache-2.0
"""Databases for tests: SQLite files that begin as copies of one that was migrated."""

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from designate.storage import schema
from designate.storage.engine import open_engine


class Sqlite:
    """Makes empty databases with the whole schema, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._made = 0
        engine = open_engine(f"sqlite:///{self._template}")
        schema.upgrade(engine)
        engine.dispose()

    def open(self) -> Engine:
        """An empty database that forgets what a power failure interrupts."""
        self._made += 1
        copy = self._folder / f"{self._made}.db"
        shutil.copy(self._template, copy)
        engine = open_engine(f"sqlite:///{copy}")
        event.listen(engine, "connect", _never_wait_for_the_disk)
        return engine

    def close(self, engine: Engine) -> None:
        """Remove a database."""
        engine.dispose()
        for file in self._folder.glob(f"{Path(str(engine.url.database)).name}*"):
            file.unlink()


def _never_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
