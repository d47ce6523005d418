# SPDX-License-Identifier: Apache-2.0
"""Reads that outlive a connection: what was asked of a server that went away is asked again."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine
from sqlalchemy.exc import SQLAlchemyError

from designate.storage import failures

Result = TypeVar("Result")

PATIENCE = 3.0
"""Seconds after which a query is not asked again."""
AT_ONCE = 0.0
"""The patience of who has no time: asked again once, which finds a dead connection replaced."""
_LONGEST_PAUSE = 0.25


class Reading(Connection):
    """A connection whose queries need no common snapshot, so that each may be asked again.

    It is of the first of the engines, and after a failure of the last. Nobody writes with it.
    Results are those of buffered cursors: what was answered is here.
    """

    def __init__(self, *engines: Engine, patience: float = PATIENCE) -> None:
        """Connect; raises what SQLAlchemy raises when that does not succeed in time."""
        self._engines = engines
        self._deadline = time.monotonic() + patience
        self._try(lambda: super(Reading, self).__init__(self._engines[0]), lambda: None)

    def execute(self, *args: Any, **options: Any) -> CursorResult[Any]:
        """As the base; asked again where that may help."""
        return self.again(lambda: super(Reading, self).execute(*args, **options))

    def exec_driver_sql(self, *args: Any, **options: Any) -> CursorResult[Any]:
        """As the base; asked again where that may help."""
        return self.again(lambda: super(Reading, self).exec_driver_sql(*args, **options))

    def close(self) -> None:
        """As the base; what was answered is here, whatever becomes of the connection."""
        try:
            super().close()
        except SQLAlchemyError as error:
            if not failures.is_transient(error):
                raise

    def again(self, ask: Callable[[], Result]) -> Result:
        """Ask until an answer comes, or the time is up."""
        return self._try(ask, self._give_up_server)

    def _give_up_server(self) -> None:
        """Connect anew when the next query is asked."""
        self.invalidate()
        self.rollback()
        self.engine = self._engines[0]

    def _try(self, run: Callable[[], Result], undo: Callable[[], None]) -> Result:
        attempt = 1
        while True:
            try:
                return run()
            except SQLAlchemyError as error:
                late = attempt > 1 and time.monotonic() > self._deadline
                if late or not failures.is_transient(error):
                    raise
            self._engines = self._engines[-1:]
            undo()
            if attempt > 1:
                time.sleep(random.uniform(0, min(0.01 * 2**attempt, _LONGEST_PAUSE)))
            attempt += 1
