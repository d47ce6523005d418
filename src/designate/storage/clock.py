# SPDX-License-Identifier: Apache-2.0
"""The clock that all processes have in common: the database's.

Clocks of hosts may differ by minutes (docs/decisions/0019). On a cluster the nodes have clocks of
their own; whoever compares times across transactions lets the later one win.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

LOG = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds until a host's clock is compared again."""
NOISE = 0.1
"""Seconds by which two clocks may differ that are both well kept."""
NOTABLE = 1.0
"""Seconds of a difference that an operator should hear of."""
GRACE = 5.0
"""Seconds that a comparison under way has when the process ends."""
_NOW = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400.0"),
    "postgresql": text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)"),
}
# Of today's MySQL and MariaDB, whatever they call themselves.
_OTHERS = text("SELECT UNIX_TIMESTAMP(SYSDATE(6))")


def now(connection: Connection) -> float:
    """The database's time as Unix time, in seconds."""
    return float(connection.execute(_NOW.get(connection.dialect.name, _OTHERS)).scalar_one())


class DatabaseClock:
    """The host's clock, moved by how far the database's was from it when they were compared.

    That is done at `start` and every `AGAIN` seconds until `stop`, in a thread of its own. SQLite's
    clock is the host's. `host` returns Unix time.
    """

    def __init__(self, engine: Engine, host: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._host = host
        self._offset = 0.0
        self._is_same = engine.dialect.name == "sqlite"
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def __call__(self) -> datetime:
        """The database's time, naive UTC; asks nobody."""
        return datetime.fromtimestamp(self._host() + self._offset, UTC).replace(tzinfo=None)

    def start(self) -> None:
        """Begin, with the first comparison done."""
        self.compare()
        if not self._is_same:
            self._thread.start()

    def stop(self) -> None:
        """End; harmless where it does not run."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(GRACE)

    def compare(self) -> None:
        """Ask the database. What was found before holds while nothing shows that it is wrong."""
        if self._is_same:
            return
        try:
            with self._engine.connect() as connection:
                host, began = self._host(), time.monotonic()
                database = now(connection)
                took = time.monotonic() - began
        except SQLAlchemyError as error:
            LOG.info("The database's clock is not known: %s", getattr(error, "orig", None) or error)
            return
        # It was read at some moment in between.
        offset = database - host - took / 2
        if abs(offset - self._offset) <= max(NOISE, took / 2):
            return
        if abs(offset - self._offset) >= NOTABLE:
            LOG.warning(
                "The clock of this host is %.1f s %s the database's, which is followed",
                abs(offset),
                "behind" if offset > 0 else "ahead of",
            )
        self._offset = offset

    def _run(self) -> None:
        while not self._end.wait(AGAIN):
            try:
                self.compare()
            except Exception:  # the thread must outlive whatever the driver raises
                LOG.exception("The clocks could not be compared")
