# SPDX-License-Identifier: Apache-2.0
"""A read-only replica, and whether it has what the writer had when somebody asked.

Replicas lag. So the writer is asked for its position, which costs it next to nothing, and the
replica is used once it has come that far. Where it does not within `WAIT` seconds, or does not
answer, or nobody can tell, the writer answers itself.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from designate.conf.storage import GROUP, Settings
from designate.errors import ConfigurationError
from designate.storage import engine as engines
from designate.storage import failures
from designate.storage.drivers import Limits

LOG = logging.getLogger(__name__)
WAIT = 0.25
"""Seconds that it may take to come as far as the writer is."""
REST = 1.0
"""Seconds for which who cannot wait relies on what was found, and nobody asks one that lags."""
AWAY = 10.0
"""Seconds for which nobody asks one that did not answer."""
LIMITS = Limits(connect=2, statement=2, grace=1)
"""The writer answers as well: nobody waits for a replica that hangs."""
_STEP = 0.01
_BINARY_LOG = text("SELECT @@GLOBAL.gtid_binlog_pos")
_POSITION = {
    "mysql": _BINARY_LOG,
    "mariadb": _BINARY_LOG,
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
        self._warned = False

    def has_caught_up(self) -> bool:
        """Whether it has all that was committed before this call."""
        if self._is_fresh:
            # Of several at once each has a position of its own to wait for.
            return self._reaches(self._position())
        with self._turn() as mine:
            return mine and self._reaches(self._position())

    def is_fresh(self) -> bool:
        """Whether it had, less than `REST` seconds ago, all that was committed then.

        It is good enough as well while the writer does not answer: there is nothing newer.
        """
        with self._turn() as mine:
            if not mine:
                return self._is_fresh
            position = self._position()
            if position is None:
                self._note(is_fresh=True)
                return True
            # Should it hang, nobody else is to find out by himself.
            self._is_fresh = False
            return self._reaches(position)

    def failed(self) -> None:
        """Leave it alone for a while: it did not answer."""
        self._note(is_fresh=False, rest=AWAY)

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Whether it is time to look again, and nobody else does."""
        if self._clock() < self._look_at or not self._lock.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()

    def _note(self, *, is_fresh: bool, rest: float = REST) -> None:
        self._look_at = self._clock() + rest
        self._is_fresh = is_fresh

    def _position(self) -> str | None:
        """Of the writer: empty where it has none to tell, None where it does not answer."""
        try:
            with self._writer.connect() as connection:
                position = str(
                    connection.execute(_POSITION[connection.dialect.name]).scalar() or ""
                )
        except SQLAlchemyError as error:
            if failures.is_transient(error):
                return None
            # Such as one that became a replica itself: it can be read all the same.
            if not self._warned:
                LOG.warning(
                    "The replica is not used: the writer has no position: %s",
                    getattr(error, "orig", None) or error,
                )
            self._warned = True
            return ""
        self._warned = False
        return position

    def _reaches(self, position: str | None) -> bool:
        """Whether it comes to a position of the writer; noted for others, unless there is none."""
        if position is None:
            return False
        try:
            with self.engine.connect() as connection:
                reached = bool(position) and _waits(connection, position)
        except SQLAlchemyError as error:
            LOG.info("The replica does not answer: %s", getattr(error, "orig", None) or error)
            self.failed()
            return False
        self._note(is_fresh=reached)
        return reached


def configured(writer: Engine, settings: Settings) -> Replica | None:
    """The replica that the options name, if any; raises ConfigurationError."""
    if not settings.slave_connection:
        return None
    engine = engines.configured(replace(settings, connection=settings.slave_connection), LIMITS)
    position = _POSITION.get(engine.dialect.name)
    if position is None or position is not _POSITION.get(writer.dialect.name):
        raise ConfigurationError(
            f"[{GROUP}] slave_connection: not the kind of a database that has replicas here"
        )
    return Replica(writer, engine)


def _waits(connection: Connection, position: str) -> bool:
    """Wait for it; whether it came so far."""
    if connection.dialect.name != "postgresql":
        values = {"position": position, "seconds": WAIT}
        return connection.execute(_GTID_WAIT, values).scalar() == 0
    deadline = time.monotonic() + WAIT
    while not connection.execute(_REPLAYED, {"position": position}).scalar():
        if time.monotonic() > deadline:
            return False
        time.sleep(_STEP)
    return True
