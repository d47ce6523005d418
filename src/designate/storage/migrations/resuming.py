# SPDX-License-Identifier: Apache-2.0
"""A step that was interrupted on MariaDB passes over what it has made before.

There each statement is committed by itself. What changes rows must come to the same when it is run
again; the rest of what a step may do is here.
"""

from alembic.operations import Operations, ops, toimpl
from sqlalchemy import Inspector, Table, inspect


def register() -> None:
    """Let operations look first; alembic has one registry for the process."""
    for operation, run in (
        (ops.CreateTableOp, create_table),
        (ops.CreateIndexOp, create_index),
        (ops.AddColumnOp, add_column),
    ):
        Operations.implementation_for(operation, replace=True)(run)


def create_table(operations: Operations, operation: ops.CreateTableOp) -> Table:
    """Make a table, unless it is there."""
    look = _look(operations)
    if look is not None and look.has_table(operation.table_name):
        return operation.to_table(operations.migration_context)
    return toimpl.create_table(operations, operation)


def create_index(operations: Operations, operation: ops.CreateIndexOp) -> None:
    """Make an index, unless the table has one of that name."""
    look = _look(operations)
    if look is not None:
        found = look.get_indexes(operation.table_name)
        if operation.index_name in {index["name"] for index in found}:
            return
    toimpl.create_index(operations, operation)


def add_column(operations: Operations, operation: ops.AddColumnOp) -> None:
    """Add a column, unless the table has it."""
    look = _look(operations)
    if look is not None:
        found = look.get_columns(operation.table_name)
        if operation.column.name in {column["name"] for column in found}:
            return
    toimpl.add_column(operations, operation)


def _look(operations: Operations) -> Inspector | None:
    context = operations.migration_context
    if context.as_sql or context.dialect.name not in ("mysql", "mariadb"):
        return None
    return inspect(operations.get_bind())
