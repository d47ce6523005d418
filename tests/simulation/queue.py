# SPDX-License-Identifier: Apache-2.0
"""The queue of a large cloud: real rows in a real database, most of which rest."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event, insert, text

from designate.model.work import lane_of
from designate.storage import work
from designate.storage.engine import open_engine
from designate.storage.tables import metadata, zone_work
from designate.storage.unit_of_work import Store
from designate.storage.versions import mark_due

EPOCH = 1_800_000_000.0
"""The Unix time at which the virtual clock begins."""


class Queue:
    """`zone_work` with so many names that rest; its clock is the simulation's."""

    def __init__(self, folder: Path, resting: int, now: Callable[[], float]) -> None:
        self.engine = open_engine(f"sqlite:///{folder / 'queue.db'}")
        event.listen(self.engine, "connect", lambda connection, _: _hurry(connection))
        self.store = Store(self.engine, lambda: _moment(EPOCH + now()))
        self._now = now
        with self.engine.begin() as connection:
            metadata.create_all(connection, [zone_work])
            connection.execute(
                text(
                    "WITH RECURSIVE n(i) AS"
                    " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
                    " INSERT INTO zone_work (name_key, shard, wanted, attempts)"
                    " SELECT 'rests' || i || '.example.', i % 4096, 1, 0 FROM n"
                ),
                {"many": resting},
            )

    def put(self, project: str, names: Iterable[str]) -> None:
        """A project has changed zones of these names just now, for the first time."""
        at = EPOCH + self._now()
        fields = {"shard": 0, "wanted": 1, "attempts": 0, "lane": lane_of(project)}
        rows = [{"name_key": name, "due_at": at, "since": at, **fields} for name in names]
        self.store.write(lambda tx: tx.write(insert(zone_work), rows))

    def is_held(self, tokens: Collection[str]) -> bool:
        """Whether anything is held by these tokens."""
        with self.store.read() as connection:
            return bool(work.held_by(connection, tokens))

    def change(self, project: str, name: str) -> None:
        """A project changes a zone that is known."""
        self.store.write(lambda tx: mark_due(tx, name, lane_of(project)))


def _hurry(connection: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def _moment(unix: float) -> datetime:
    return datetime.fromtimestamp(unix, UTC).replace(tzinfo=None)
