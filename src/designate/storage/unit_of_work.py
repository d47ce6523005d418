# SPDX-License-Identifier: Apache-2.0
"""Transactions: one place that opens, combines, retries and commits them.

A write is a function of a `Transaction`. It may run more than once, so it changes nothing but the
database, and tells what is to happen after the commit through the transaction.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from designate.errors import DatabaseUnavailable
from designate.storage import calls, failures, reading, retries
from designate.storage import engine as engines
from designate.storage.combining import Combiner, Write
from designate.storage.replica import Replica
from designate.storage.retries import Step
from designate.storage.transaction import Run, Transaction

Result = TypeVar("Result")
Listener = Callable[[frozenset[str]], None]

LOG = logging.getLogger(__name__)
MAX_COMBINED = 64
MAX_AT_ONCE = 8
"""Transactions that write at once in a process: more only wait for one another."""
PATIENCE = 10.0
"""Seconds after which a transaction is not begun anew."""
QUIET = 10.0
"""Seconds in which the log says once that the database is away, however many meet it."""


class Outpaced(Exception):
    """Rivals came first again and again: a smaller part may come in between."""


class Store:
    """The database as the services use it."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime] | None = None,
        *,
        patience: float = PATIENCE,
        replica: Replica | None = None,
    ) -> None:
        self.engine = engine
        self.replica = replica
        self._clock = clock or _utc_now
        self._patience = patience
        self._warned = -QUIET
        self._combiner = Combiner(self._carry_out, most=MAX_COMBINED, at_once=MAX_AT_ONCE)
        self._sole_writer = engine.dialect.name == "sqlite"
        self._listeners: list[Listener] = []
        self._task_listeners: list[Callable[[], None]] = []
        self._version_listeners: list[Callable[[Sequence[str]], None]] = []

    def now(self) -> datetime:
        """The time of the store's clock, naive UTC."""
        return self._clock()

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the zone names that a commit changed, right after it."""
        self._listeners.append(listener)

    def heard(self, names: frozenset[str]) -> None:
        """Tell the listeners of a commit of another process."""
        for listener in self._listeners:
            _call(partial(listener, names))

    def subscribe_tasks(self, listener: Callable[[], None]) -> None:
        """Call `listener` after a commit that queued an import or export."""
        self._task_listeners.append(listener)

    def subscribe_versions(self, listener: Callable[[Sequence[str]], None]) -> None:
        """Call `listener` with the kinds of the zone versions that a commit made."""
        self._version_listeners.append(listener)

    @contextmanager
    def read(self, *, patience: float = reading.PATIENCE) -> Iterator[Connection]:
        """A connection for queries that need no common snapshot.

        Each is asked again elsewhere, for so many seconds, when its server goes away. Raises
        DatabaseUnavailable.
        """
        with self._told(), reading.Reading(self.engine, patience=patience) as connection:
            yield connection

    @contextmanager
    def listing(self) -> Iterator[Connection]:
        """As `read`, for a list: of the replica once it has all that is committed by now."""
        with self._told():
            caught_up = self.replica is not None and self.replica.has_caught_up()
            first = self.replica.engine if self.replica and caught_up else self.engine
            with reading.Reading(first, self.engine) as connection:
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose queries all see one state of the database."""
        with self._told(), engines.snapshot(self.engine) as connection:
            yield connection

    def write(
        self,
        work: Callable[[Transaction], Result],
        *,
        zone_id: str | None = None,
        project_id: str | None = None,
        divisible: bool = False,
    ) -> Result:
        """Run `work` in a transaction and commit it; raise what it raises, with nothing done.

        Concurrent writers of one zone, and who makes zones for one project, share a transaction and
        a commit (decision 3a.17), on SQLite all do (3a.24): who gets the lead runs the waiting
        writes in sequence, each on top of the one before. Raises DatabaseUnavailable when the
        database does not answer in time, CallRepeated when what it is part of was carried out
        before (`storage.calls`). Who has a `divisible` write gets Outpaced when it loses to rivals.
        """
        lane = "" if self._sole_writer else zone_id or project_id
        return self._combiner.submit(work, lane, calls.begin_write(), divisible=divisible)

    @property
    def waiting(self) -> int:
        """How many writers wait for a transaction under way to end."""
        return self._combiner.waiting

    def _carry_out(self, batch: list[Write[Any]]) -> None:
        unheard = list[Run]()
        if not self._persist(batch, unheard):
            for write in batch:
                if not write.done:
                    known = list(unheard)
                    self._persist([write], known)
                    if len(known) != len(unheard):
                        # It was, or may be, committed by itself, which leaves what all of them
                        # together would have left. Its own runs say nothing of the others.
                        unheard = [run for run in unheard if run.has_own_evidence]

    def _persist(self, batch: list[Write[Any]], unheard: list[Run]) -> bool:
        """Run all in one transaction; False, with nothing done, when one of several broke it.

        A single one that is to be divided is told so. What is nobody's fault is tried again, until
        the deadline. `unheard` are the runs of these writes whose COMMIT was not answered.
        """
        deadline = time.monotonic() + self._patience
        for attempt in count(1):
            try:
                run = self._once(batch, unheard)
            except Exception as error:  # noqa: BLE001 - told to the writers, who wait
                step = retries.next_step(
                    error,
                    writes=len(batch),
                    attempt=attempt,
                    late=time.monotonic() > deadline,
                    sole_writer=self._sole_writer,
                    divisible=len(batch) > 1 or (batch[0].divisible and not unheard),
                )
                if step is Step.APART and len(batch) > 1:
                    return False
                if step is Step.APART:
                    batch[0].fail(Outpaced())
                    return True
                if step is Step.GIVE_UP:
                    self._give_up(batch, error, unheard)
                    return True
                time.sleep(retries.pause(error, attempt))
            else:
                self._publish(run.tx)
                run.tell()
                return True
        raise AssertionError("the loop returns")

    def _once(self, batch: list[Write[Any]], unheard: list[Run]) -> Run:
        """Run all in one transaction, unless an earlier run turns out to be committed.

        docs/decisions/0009: the look comes last, when the rows that both runs write are ours.
        """
        failure: Exception | None = None
        with self.engine.connect() as connection:
            engines.begin_write(connection)
            run = Run(Transaction(connection, self.now()))
            try:
                run.run(batch)
            except Exception as error:  # noqa: BLE001 - raised below, unless it has come true before
                connection.rollback()
                failure = error
            for earlier in unheard:
                if earlier.shows(connection, tripped=failure is not None):
                    unheard.clear()
                    return earlier
            if failure is not None:
                raise failure
            try:
                connection.commit()
            except SQLAlchemyError as error:
                if not failures.is_lost_to_rival(error):
                    unheard.append(run)
                raise
        unheard.clear()
        return run

    def _give_up(self, batch: list[Write[Any]], error: Exception, unheard: list[Run]) -> None:
        for run in unheard:
            # It may have come true: whoever remembers what was before has to look.
            self._hint(run.tx)
        away = failures.is_transient(error)
        if away:
            self._warn(error)
        for write in batch:
            if unheard and write.call is not None:
                # It is not to take its own id for that of another.
                write.call.taken = True
            write.fail(DatabaseUnavailable() if away else error)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say so when the database is not available."""
        try:
            yield
        except SQLAlchemyError as error:
            if not failures.is_transient(error):
                raise
            self._warn(error)
            raise DatabaseUnavailable from error

    def _warn(self, error: Exception) -> None:
        now = time.monotonic()
        if now - self._warned >= QUIET:
            self._warned = now
            # Without the statement: its parameters are nobody's business.
            LOG.warning("%s: %s", DatabaseUnavailable(), getattr(error, "orig", None) or error)

    def _publish(self, tx: Transaction) -> None:
        """Tell the listeners of a commit."""
        self._hint(tx)
        if tx.versions:
            for listener in self._version_listeners:
                _call(partial(listener, tx.versions))

    def _hint(self, tx: Transaction) -> None:
        if tx.names:
            self.heard(frozenset(tx.names))
        if tx.tasks:
            for task_listener in self._task_listeners:
                _call(task_listener)


def _call(listener: Callable[[], None]) -> None:
    try:
        listener()
    except Exception:  # what is committed is committed, and its writer must hear so
        LOG.exception("A listener failed")


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
