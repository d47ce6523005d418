# SPDX-License-Identifier: Apache-2.0
"""Reads for AXFR and IXFR, in a snapshot of the caller: a zone's content, and its changes.

The content goes by as rows of the driver: a million of them cost a second, not a minute.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, Executable, bindparam, func, select, text

from designate.model.tsigkeys import TsigKey
from designate.model.zones import Zone
from designate.storage import answers, versions
from designate.storage.tables import journal
from designate.storage.unit_of_work import Store

BATCH = 500
"""Rows fetched at once."""

# As text, so that values come as the driver gives them. The order is that of an index, and near
# that of the rows on disk.
_content = text(
    "SELECT head, ttl, wire FROM recordsets"
    " WHERE zone_id = :zone_id AND epoch = :epoch AND wire <> :nothing"
    " ORDER BY created_at, id"
)
_changes = (
    select(
        journal.c.generation,
        journal.c.kind,
        journal.c.head,
        func.coalesce(journal.c.ttl_before, journal.c.soa_ttl_before).label("ttl_before"),
        journal.c.wire_before,
        func.coalesce(journal.c.ttl_after, journal.c.soa_ttl_after).label("ttl_after"),
        journal.c.wire_after,
        journal.c.soa_before,
        journal.c.soa_ttl_before,
        journal.c.soa_after,
        journal.c.soa_ttl_after,
    )
    .where(journal.c.zone_id == bindparam("zone_id"), journal.c.generation > bindparam("after"))
    .order_by(journal.c.generation, journal.c.seq)
)

Content = Sequence[Any]
"""Rows of head, TTL or None, wire."""


class JournalRow(NamedTuple):
    """One recordset in one version (see `storage.tables.journal`); TTLs as they were served."""

    generation: int
    kind: str
    head: bytes | None
    ttl_before: int | None
    wire_before: bytes | None
    ttl_after: int | None
    wire_after: bytes | None
    soa_before: bytes | None
    soa_ttl_before: int | None
    soa_after: bytes
    soa_ttl_after: int


class Snapshot:
    """One state of the database, for one transfer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._results: list[CursorResult[Any]] = []

    def close(self) -> None:
        """End reads that were given up: their cursors live on the server."""
        for result in self._results:
            result.close()

    def zone_named(self, name_key: str, key: TsigKey | None = None) -> Zone | None:
        """The zone that answers for its name, within the scope of a key."""
        found = answers.zones_named(self._connection, [name_key], key)
        return found[name_key].zone if name_key in found else None

    def content(self, zone: Zone) -> Iterator[Content]:
        """The RRsets of a zone, the SOA apart, in batches of (head, TTL or None, wire)."""
        bound = {"zone_id": zone.id, "epoch": zone.epoch, "nothing": b""}
        if self._connection.dialect.name == "sqlite":
            # The driver reads nothing ahead; rows of SQLAlchemy's would cost half as much again.
            result = self._connection.execute(_content, bound)
            self._results.append(result)
            cursor: Any = result.cursor
            while batch := cursor.fetchmany(BATCH):
                yield batch
            return
        yield from self._stream(_content, bound).partitions(BATCH)

    def generation_of(self, zone_id: str, serial: int) -> int | None:
        """The newest generation of a zone that had this serial, None when no kept one had."""
        return versions.generation_of(self._connection, zone_id, serial)

    def changes(self, zone_id: str, after: int) -> Generator[JournalRow, None, None]:
        """The journal of a zone after a generation, oldest first; to be closed or read whole."""
        with self._stream(_changes, {"zone_id": zone_id, "after": after}) as rows:
            for row in rows:
                yield JournalRow._make(row)

    def _stream(self, statement: Executable, bound: dict[str, Any]) -> CursorResult[Any]:
        streaming = self._connection.execution_options(stream_results=True, max_row_buffer=BATCH)
        result = streaming.execute(statement, bound)
        self._results.append(result)
        return result


@contextmanager
def snapshot(store: Store) -> Iterator[Snapshot]:
    """A snapshot of the database, until the block ends."""
    with store.snapshot() as connection, closing(Snapshot(connection)) as found:
        yield found
