# SPDX-License-Identifier: Apache-2.0
"""How far periodic tasks have come, and the processes that share them out."""

from sqlalchemy import Column, SmallInteger, Table

from designate.storage.tables.columns import Counter, Identifier, Word, free_text, metadata

task_periods = Table(
    "task_periods",
    metadata,
    Column("task", Word, primary_key=True),
    # The first shard of those that the row is about.
    Column("shard", SmallInteger, primary_key=True),
    # Unix time, of the database's clock: all periods that ended by then are done.
    Column("done", Counter, nullable=False),
    # The end of the period under way, NULL when there is none, and where in it the task is.
    Column("goal", Counter, nullable=True),
    Column("position", free_text(255), nullable=True),
    # The member that has it. `beat` rises with each of its signs of life, and each new holder.
    Column("holder", Identifier, nullable=True),
    Column("beat", Counter, nullable=False),
)
"""The right to run a task for a period and some shards: whoever changes a row under the holder and
the beat that it read there has it (decision 3a.11)."""

members = Table(
    "members",
    metadata,
    Column("kind", Word, primary_key=True),
    Column("id", Identifier, primary_key=True),
    Column("hostname", free_text(255), nullable=False),
    Column("beat", Counter, nullable=False),
)
"""Live processes of a kind: alive is whose `beat` rises, by the clock of whoever watches."""
