# SPDX-License-Identifier: Apache-2.0
"""Transactions: one place that opens, combines, retries and commits them.

A write is a function of a `Transaction`. It may run more than once, so it changes nothing but the
database, and tells what is to happen after the commit through the transaction.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError

from designate.errors import DesignateError
from designate.storage import engine as engines
from designate.storage.combining import Combiner, Write
from designate.storage.prepared import Prepared, Values

Result = TypeVar("Result")
Listener = Callable[[frozenset[str]], None]

LOG = logging.getLogger(__name__)
MAX_COMBINED = 64
MAX_ATTEMPTS = 10
# InnoDB: lock wait timeout, deadlock, record changed since last read (Galera).
_RETRIED_MYSQL = frozenset({1205, 1213, 1020})
# PostgreSQL: serialization failure, deadlock detected.
_RETRIED_SQLSTATES = frozenset({"40001", "40P01"})


class Retry(Exception):
    """The transaction met a rival that committed first; run it anew."""


@dataclass(slots=True)
class Transaction:
    """A write in progress: the connection, and what to tell after the commit."""

    connection: Connection
    now: datetime
    wrote: bool = False
    names: set[str] = field(default_factory=set)
    versions: list[str] = field(default_factory=list)
    tasks: bool = False

    def read(self, statement: Executable, *args: Any) -> CursorResult[Any]:
        """Run a query."""
        return self.connection.execute(statement, *args)

    def write(self, statement: Executable, *args: Any) -> CursorResult[Any]:
        """Run a statement that changes rows."""
        self.wrote = True
        return self.connection.execute(statement, *args)

    def run(self, statement: Prepared, values: Values) -> int:
        """Run a prepared statement that changes rows; how many."""
        self.wrote = True
        return statement.run(self.connection, values)

    def run_many(self, statement: Prepared, values: Sequence[Values]) -> None:
        """Run a prepared statement that changes rows, once with each of the values."""
        self.wrote = True
        statement.run_many(self.connection, values)

    @property
    def sole_writer(self) -> bool:
        """Whether the database admits no other writer until this one has ended."""
        return self.connection.dialect.name == "sqlite"

    def changed(self, name_key: str) -> None:
        """Note that the zone of this name has new work or new content."""
        self.names.add(name_key)

    def version(self, kind: str) -> None:
        """Note that a zone version of this kind was made."""
        self.versions.append(kind)

    def queued_task(self) -> None:
        """Note that an import or export waits."""
        self.tasks = True


class Store:
    """The database as the services use it."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] | None = None) -> None:
        self.engine = engine
        self._clock = clock or _utc_now
        self._combiner = Combiner(self._run_batch, MAX_COMBINED)
        self._combine = engine.dialect.name == "sqlite"
        self._listeners: list[Listener] = []
        self._task_listeners: list[Callable[[], None]] = []
        self._version_listeners: list[Callable[[Sequence[str]], None]] = []

    def now(self) -> datetime:
        """The time of the store's clock, naive UTC."""
        return self._clock()

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the zone names that a commit changed, right after it."""
        self._listeners.append(listener)

    def subscribe_tasks(self, listener: Callable[[], None]) -> None:
        """Call `listener` after a commit that queued an import or export."""
        self._task_listeners.append(listener)

    def subscribe_versions(self, listener: Callable[[Sequence[str]], None]) -> None:
        """Call `listener` with the kinds of the zone versions that a commit made."""
        self._version_listeners.append(listener)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries that need no common snapshot."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose queries all see one state of the database."""
        with engines.snapshot(self.engine) as connection:
            yield connection

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Run `work` in a transaction and commit it; raise what it raises, with nothing done.

        On SQLite concurrent writers share one transaction and one commit (decision 3a.24): who
        gets the lead runs the waiting writes in sequence, each on top of the one before.
        """
        if not self._combine:
            return self._alone(work)
        return self._combiner.submit(work)

    @property
    def waiting(self) -> int:
        """How many writers wait for a transaction under way to end."""
        return self._combiner.waiting

    def _run_batch(self, batch: list[Write[Any]]) -> None:
        if not self._together(batch):
            self._singly(batch)

    def _together(self, batch: list[Write[Any]]) -> bool:
        """Run all in one transaction; False, with nothing done, when one of them broke it."""
        outcomes: list[tuple[Write[Any], Any, DesignateError | None]] = []
        with self.engine.connect() as connection:
            engines.begin_write(connection)
            tx = Transaction(connection, self.now())
            for write in batch:
                tx.wrote = False
                try:
                    outcomes.append((write, write.work(tx), None))
                except DesignateError as error:
                    if tx.wrote and len(batch) > 1:
                        connection.rollback()
                        return False
                    outcomes.append((write, None, error))
                    if tx.wrote:
                        connection.rollback()
                        tx = Transaction(connection, tx.now)
                except Exception:  # noqa: BLE001 - run alone, its own writer will be told
                    connection.rollback()
                    return False
            connection.commit()
        self._publish(tx)
        for write, result, failure in outcomes:
            if failure is None:
                write.succeed(result)
            else:
                write.fail(failure)
        return True

    def _singly(self, batch: list[Write[Any]]) -> None:
        for write in batch:
            try:
                result = self._alone(write.work)
            except Exception as error:  # noqa: BLE001 - told to its writer, who waits
                write.fail(error)
            else:
                write.succeed(result)

    def _alone(self, work: Callable[[Transaction], Result]) -> Result:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return self._once(work)
            except (DBAPIError, Retry) as error:
                if attempt == MAX_ATTEMPTS or not self._worth_retrying(error):
                    raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise AssertionError("the loop returns or raises")

    def _once(self, work: Callable[[Transaction], Result]) -> Result:
        with self.engine.connect() as connection:
            engines.begin_write(connection)
            tx = Transaction(connection, self.now())
            try:
                result = work(tx)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
        self._publish(tx)
        return result

    def _worth_retrying(self, error: Exception) -> bool:
        if isinstance(error, IntegrityError):
            # A rival's row appeared since it was looked for; a sole writer has no rivals.
            return not self._combine
        original = getattr(error, "orig", None)
        code = original.args[0] if original is not None and original.args else None
        return (
            isinstance(error, Retry)
            or code in _RETRIED_MYSQL
            or getattr(original, "sqlstate", None) in _RETRIED_SQLSTATES
            or "database is locked" in str(original)
        )

    def _publish(self, tx: Transaction) -> None:
        """Tell the listeners; one that fails does not make a committed write look failed."""
        try:
            if tx.names:
                names = frozenset(tx.names)
                for listener in self._listeners:
                    listener(names)
            if tx.versions:
                for version_listener in self._version_listeners:
                    version_listener(tx.versions)
            if tx.tasks:
                for task_listener in self._task_listeners:
                    task_listener()
        except Exception:  # what is committed is committed, and its writer must hear so
            LOG.exception("A listener failed")


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
