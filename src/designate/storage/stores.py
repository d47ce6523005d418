# SPDX-License-Identifier: Apache-2.0
"""Makes the store of a process, with the clock and the replica that belong to it."""

import contextlib

from sqlalchemy import Engine

from designate.conf.storage import Settings
from designate.storage import replica as replicas
from designate.storage.clock import DatabaseClock
from designate.storage.unit_of_work import Store


def over(stack: contextlib.ExitStack, engine: Engine, settings: Settings) -> Store:
    """A store that follows the database's clock, with the replica that is configured.

    What it opens ends with `stack`. Not to be called before a fork. Raises ConfigurationError.
    """
    replica = replicas.configured(engine, settings)
    if replica:
        stack.callback(replica.engine.dispose)
    clock = DatabaseClock(engine)
    clock.start()
    stack.callback(clock.stop)
    return Store(engine, clock, replica=replica)
