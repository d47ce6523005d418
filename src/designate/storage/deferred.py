# SPDX-License-Identifier: Apache-2.0
"""Rows that a transaction writes at its end, all of one statement together.

Writers that share a transaction (decision 3a.17) would each insert the same kinds of rows and
update the same zone. What none of them reads again can wait: one statement for all of them.
"""

from collections.abc import Hashable

from sqlalchemy import Connection

from designate.storage.prepared import Prepared, Values


class Deferred:
    """Statements in the order of their first use, each with its values by key.

    Of values under one key the last ones are written: the key of an update is that of its row.
    """

    def __init__(self) -> None:
        self._values: dict[Prepared, dict[Hashable, Values]] = {}

    def add(self, statement: Prepared, key: Hashable, values: Values) -> None:
        """Write these values later."""
        self._values.setdefault(statement, {})[key] = values

    def flush(self, connection: Connection) -> None:
        """Write everything now."""
        waiting, self._values = self._values, {}
        for statement, values in waiting.items():
            statement.run_many(connection, list(values.values()))
