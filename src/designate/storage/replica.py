# SPDX-License-Identifier: Apache-2.0
"""A read-only replica, and whether it has what the writer had when somebody asked.

Replicas lag. So the writer is asked for its position, which costs it next to nothing, and the
replica is used once it has come that far. Where it does not within `WAIT` seconds, or does not
answer, or nobody can tell, the writer answers itself.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from designate.conf.storage import GROUP, Settings
from designate.errors import ConfigurationError
from designate.storage import engine as engines
from designate.storage import failures

LOG = logging.getLogger(__name__)
WAIT = 0.25
"""Seconds that it may take to come as far as the writer is."""
REST = 1.0
"""Seconds for which who cannot wait relies on what was found, and nobody asks one that failed."""
_STEP = 0.01
_POSITION = {
    "mysql": text("SELECT @@GLOBAL.gtid_binlog_pos"),
    "postgresql": text("SELECT CAST(pg_current_wal_insert_lsn() AS text)"),
}
_GTID_WAIT = text("SELECT MASTER_GTID_WAIT(:position, :seconds)")
_REPLAYED = text("SELECT pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn)")


class Replica:
    """The replica of a writer; `engine` is for reading."""

    def __init__(
        self, writer: Engine, engine: Engine, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.engine = engine
        self._writer = writer
        self._clock = clock
        self._lock = threading.Lock()
        self._is_fresh = False
        self._look_at = clock()

    def has_caught_up(self) -> bool:
        """Whether it has all that was committed before this call."""
        if not self._is_fresh and self._clock() < self._look_at:
            return False
        position = self._position()
        if position is not None:
            self._note(is_fresh=self._has_reached(position))
        return position is not None and self._is_fresh

    def is_fresh(self) -> bool:
        """Whether it had, less than `REST` seconds ago, all that was committed then.

        It is good enough as well while the writer does not answer: there is nothing newer.
        """
        if self._clock() < self._look_at or not self._lock.acquire(blocking=False):
            return self._is_fresh
        try:
            position = self._position()
            self._note(is_fresh=position is None or self._has_reached(position))
            return self._is_fresh
        finally:
            self._lock.release()

    def failed(self) -> None:
        """Leave it alone for a while."""
        self._note(is_fresh=False)

    def _note(self, *, is_fresh: bool) -> None:
        self._look_at = self._clock() + REST
        self._is_fresh = is_fresh

    def _position(self) -> str | None:
        """Of the writer: empty where it keeps none, None where it does not answer."""
        try:
            with self._writer.connect() as connection:
                return str(connection.execute(_POSITION[connection.dialect.name]).scalar() or "")
        except SQLAlchemyError as error:
            if not failures.is_transient(error):
                raise
            return None

    def _has_reached(self, position: str) -> bool:
        try:
            with self.engine.connect() as connection:
                return bool(position) and _waits(connection, position)
        except SQLAlchemyError as error:
            LOG.info("The replica does not answer: %s", getattr(error, "orig", None) or error)
            return False


def configured(writer: Engine, settings: Settings) -> Replica | None:
    """The replica that the options name, if any; raises ConfigurationError."""
    if not settings.slave_connection:
        return None
    engine = engines.configured(replace(settings, connection=settings.slave_connection))
    if engine.dialect.name != writer.dialect.name or engine.dialect.name not in _POSITION:
        raise ConfigurationError(
            f"[{GROUP}] slave_connection: not the kind of a database that has replicas here"
        )
    return Replica(writer, engine)


def _waits(connection: Connection, position: str) -> bool:
    """Wait for it; whether it came so far."""
    if connection.dialect.name == "mysql":
        values = {"position": position, "seconds": WAIT}
        return connection.execute(_GTID_WAIT, values).scalar() == 0
    deadline = time.monotonic() + WAIT
    while not connection.execute(_REPLAYED, {"position": position}).scalar():
        if time.monotonic() > deadline:
            return False
        time.sleep(_STEP)
    return True
