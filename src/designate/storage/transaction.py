# SPDX-License-Identifier: Apache-2.0
"""A write in progress, and what the writes of a transaction came to."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Executable

from designate.errors import DesignateError
from designate.storage import calls, rows
from designate.storage.combining import Write
from designate.storage.deferred import Deferred
from designate.storage.evidence import Evidence
from designate.storage.prepared import Prepared, Values


@dataclass(slots=True)
class Transaction:
    """A write in progress: the connection, and what to tell after the commit.

    `behind` is the connection without what is deferred, for reads that nothing deferred concerns.
    `remembered` holds what was read of rows that only deferred writes have changed since; `added`
    are zone id and name of the recordsets that wait to be inserted; `made`, how many zones more
    (or less) each project has than is written, and `most`, how many it may have. `closing` are
    steps for the end, on rows that many have in common: what they raise breaks the transaction.
    """

    behind: Connection
    now: datetime
    wrote: bool = False
    evidence: Evidence | None = None
    locked: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    versions: list[str] = field(default_factory=list)
    tasks: bool = False
    remembered: dict[Hashable, Any] = field(default_factory=dict)
    added: set[tuple[str, str]] = field(default_factory=set)
    deferred: Deferred = field(default_factory=Deferred)
    made: Counter[str] = field(default_factory=Counter)
    most: dict[str, int] = field(default_factory=dict)
    closing: dict[tuple[str, ...], Callable[["Transaction"], None]] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """The connection, with all that was deferred written."""
        self.flush()
        return self.behind

    def flush(self) -> None:
        """Write what was deferred, and forget what was remembered."""
        self.remembered.clear()
        self.added.clear()
        self.deferred.flush(self.behind)

    def defer(self, statement: Prepared, key: Hashable, values: Values) -> None:
        """Run a prepared statement later, at the end of the transaction or before any other read.

        Of values under the same key only the last are written.
        """
        self.wrote = True
        self.deferred.add(statement, key, values)

    def close(self) -> None:
        """Write what was deferred, and take the last steps, in the order of every writer."""
        self.flush()
        while self.closing:
            self.closing.pop(min(self.closing))(self)

    def read(self, statement: Executable, *args: Any) -> CursorResult[Any]:
        """Run a query."""
        return self.connection.execute(statement, *args)

    def write(self, statement: Executable, *args: Any) -> CursorResult[Any]:
        """Run a statement that changes rows."""
        self.wrote = True
        return self.connection.execute(statement, *args)

    def hold(self, statement: Executable) -> int:
        """Run a statement that only keeps others away from rows; how many.

        It may be committed alone, so that who is refused after it breaks nothing.
        """
        return self.connection.execute(statement).rowcount

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
        return self.behind.dialect.name == "sqlite"

    def proves(self, condition: Callable[[], ColumnElement[bool]]) -> None:
        """Note what nothing but the commit of this transaction makes true (decision 0009).

        A write that notes nothing must come to the same when it is run after it was committed.
        """
        self.evidence = Evidence(condition, own=True)

    def leaves(self, condition: Callable[[], ColumnElement[bool]]) -> None:
        """Note what is true after this write, which fails where it is so before."""
        if self.evidence is None:
            self.evidence = Evidence(condition, own=False)

    def changed(self, name_key: str) -> None:
        """Note that the zone of this name has new work or new content."""
        self.names.add(name_key)

    def version(self, kind: str) -> None:
        """Note that a zone version of this kind was made."""
        self.versions.append(kind)

    def queued_task(self) -> None:
        """Note that an import or export waits."""
        self.tasks = True


@dataclass(slots=True)
class Run:
    """The writes of one transaction, and what each came to: its result, or the rule it breaks."""

    tx: Transaction
    outcomes: list[tuple[Write[Any], Any, DesignateError | None]] = field(default_factory=list)

    def run(self, batch: Sequence[Write[Any]]) -> None:
        """Run all in sequence; raises what breaks the transaction, or is all there is of it."""
        self._take_calls(batch)
        for write in batch:
            self.tx.wrote = False
            try:
                self.outcomes.append((write, write.work(self.tx), None))
            except DesignateError as error:
                if self.tx.wrote or len(batch) == 1:
                    raise
                self.outcomes.append((write, None, error))
        self.tx.close()

    def _take_calls(self, batch: Sequence[Write[Any]]) -> None:
        ids = [write.call.id for write in batch if write.call and not write.call.taken]
        if ids:
            holder = rows.new_id()
            self.tx.proves(partial(calls.taken_by, holder, ids[0]))
            calls.take(self.tx.behind, ids, holder, self.tx.now)

    def shows(self, connection: Connection, *, tripped: bool) -> bool:
        """Whether it turns out to be committed, once a later run has ended or has its locks."""
        evidence = self.tx.evidence
        return evidence is not None and (evidence.own or tripped) and evidence.holds(connection)

    @property
    def has_own_evidence(self) -> bool:
        """Whether no run of its writes one by one can be taken for it."""
        return self.tx.evidence is not None and self.tx.evidence.own

    def tell(self) -> None:
        """Tell each writer what came of its write; for a transaction that was committed."""
        for write, result, failure in self.outcomes:
            if write.call is not None:
                write.call.taken = True
            if failure is None:
                write.succeed(result)
            else:
                write.fail(failure)
