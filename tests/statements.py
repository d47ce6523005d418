# SPDX-License-Identifier: Apache-2.0
"""The SQL statements that a piece of code runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def statements(where: Engine | Connection) -> Iterator[list[tuple[str, Any]]]:
    """Those that are run there meanwhile, each with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, *rest: Any) -> None:
        parameters = tuple(rest[0]) if isinstance(rest[0], list) else rest[0]
        if not statement.startswith(_TRANSACTION):
            seen.append((statement, parameters))

    event.listen(where, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(where, "before_cursor_execute", note)
