# SPDX-License-Identifier: Apache-2.0
"""What a step of the schema may do, so that the release before works with it (docs/databases.md).

A step adds. One that takes something away says so in its number: behind the plus sign stands the
oldest step that code must know, which is one whose code did without already.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import StringIO
from typing import Any

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from alembic.script import Script

from designate.storage import schema

DIALECTS = ("sqlite", "mysql", "postgresql")


@dataclass
class Step:
    """A step, and what it runs."""

    revision: str
    operations: list[ops.MigrateOperation] = field(default_factory=list)

    @property
    def number(self) -> str:
        """Its place."""
        return self.revision.partition("+")[0]

    @property
    def floor(self) -> str:
        """The oldest step that code must know, empty when any will do."""
        return self.revision.partition("+")[2]


def recorded(revision: str, upgrade: Callable[[], None]) -> Step:
    """A step by what its `upgrade` does; nothing is run."""
    step = Step(revision)

    def note(operation: ops.MigrateOperation) -> Any:
        step.operations.append(operation)
        return operation.to_table() if isinstance(operation, ops.CreateTableOp) else None

    options = {"as_sql": True, "output_buffer": StringIO()}
    context = MigrationContext.configure(dialect_name="sqlite", opts=options)
    with Operations.context(context) as operations:
        operations.invoke = note  # type: ignore[method-assign]
        upgrade()
    return step


def all_steps() -> list[Step]:
    """Those of this version."""
    return [recorded(script.revision, script.module.upgrade) for script in schema.steps()]


def offences(steps: Sequence[Step]) -> list[str]:
    """A sentence for each operation that the release before might not survive."""
    found: list[str] = []
    floor = ""
    for step in steps:
        if step.floor < floor:
            found.append(f"{step.revision}: the floor was {floor} before")
        if step.floor >= step.number:
            found.append(f"{step.revision}: nobody knows a step that is still to come")
        if step.floor <= floor:
            found += [f"{step.revision}: {text}" for text in _taken_away(step)]
        floor = max(floor, step.floor)
    return found


def digest(script: Script) -> str:
    """What a step runs on all kinds of database, whatever its spaces and lines are."""
    words = list[str]()
    for dialect in DIALECTS:
        buffer = StringIO()
        options = {"as_sql": True, "output_buffer": buffer}
        context = MigrationContext.configure(dialect_name=dialect, opts=options)
        with Operations.context(context):
            script.module.upgrade()
        words += buffer.getvalue().split()
    return sha256(" ".join(words).encode()).hexdigest()[:16]


def _taken_away(step: Step) -> list[str]:
    new = {item.table_name for item in step.operations if isinstance(item, ops.CreateTableOp)}
    own = {
        (item.table_name, item.column.name)
        for item in step.operations
        if isinstance(item, ops.AddColumnOp) and item.column.server_default is None
    }
    return [text for item in step.operations if (text := _offence(item, new, own))]


def _offence(operation: ops.MigrateOperation, new: set[str], own: set[tuple[str, str]]) -> str:
    """Why older code could fail, empty when it could not."""
    table = getattr(operation, "table_name", None)
    if isinstance(operation, ops.CreateTableOp) or table in new:
        return ""
    if isinstance(operation, ops.AddColumnOp):
        column = operation.column
        if column.nullable or column.server_default is not None:
            return ""
        return f"{table}.{column.name} is NOT NULL without a default"
    if isinstance(operation, ops.CreateIndexOp):
        # Of a column that older code does not know it writes NULL, which is like no other.
        harmless = not operation.unique or any((table, name) in own for name in operation.columns)
        return "" if harmless else f"{operation.index_name} is a new rule for {table}"
    if isinstance(operation, ops.ExecuteSQLOp):
        words = str(operation.sqltext).split()
        return "" if words[0].upper() in ("UPDATE", "INSERT") else f"runs {words[0]}"
    return f"{type(operation).__name__} {table}"
