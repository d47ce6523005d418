# SPDX-License-Identifier: Apache-2.0
"""Runs a periodic task once over all shards, without waiting for its time."""

from dataclasses import replace

from designate.producer.periods import Period, Stopping
from designate.producer.schedule import Task
from designate.runtime.partitions import SHARDS
from designate.storage import periods
from designate.storage.unit_of_work import Store

ME = "me"


def claimed(store: Store, task: str, length: int = 60) -> Period:
    """The next period of a task, over all shards."""
    store.write(lambda tx: periods.add(tx, task, [0], 0))
    with store.read() as connection:
        row = periods.of(connection, task)[0]
    goal = row.done + length
    assert store.write(lambda tx: periods.claim(tx, task, row, ME, goal, row.done))
    taken = replace(row, goal=goal, holder=ME, beat=row.beat + 1)
    return Period(store, task, range(SHARDS), ME, taken)


def run_once(store: Store, task: Task, stopping: Stopping = lambda: False) -> bool:
    """Run a task for its next period; whether it got to the end of it."""
    period = claimed(store, task.name)
    done = task.run(period, stopping)
    # As the schedule does.
    if done:
        period.finish(period.position if task.parts == 1 else None)
    else:
        period.release()
    return done
