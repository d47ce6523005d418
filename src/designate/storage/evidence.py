# SPDX-License-Identifier: Apache-2.0
"""How a transaction whose COMMIT was not answered is found again (decision 0009)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, literal, select


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is true if a transaction was committed, and how to ask for it.

    `own` says that no other makes it true, not even a second run of the same writes. Where that
    comes to the same rows, it trips over them, and only then is there something to ask.
    """

    condition: Callable[[], ColumnElement[bool]]
    own: bool

    def holds(self, connection: Connection) -> bool:
        """Whether the transaction was committed, provided that it has ended."""
        return connection.execute(select(literal(1)).where(self.condition())).first() is not None
