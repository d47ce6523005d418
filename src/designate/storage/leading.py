# SPDX-License-Identifier: Apache-2.0
"""Joins that begin where we say.

A database that does not know how many rows a list of ids has may start from the other side, and
read a zone of a million rows to find one.
"""

from typing import Any

from sqlalchemy import Join
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class LeadingJoin(Join):
    """An inner join that reads its left side first, where a database can be told to."""

    inherit_cache = True


@compiles(LeadingJoin)
def _plain(join: LeadingJoin, compiler: SQLCompiler, **options: Any) -> str:
    return _written(join, compiler, "JOIN", options)


@compiles(LeadingJoin, "sqlite")
def _sqlite(join: LeadingJoin, compiler: SQLCompiler, **options: Any) -> str:
    return _written(join, compiler, "CROSS JOIN", options)


@compiles(LeadingJoin, "mysql", "mariadb")
def _mariadb(join: LeadingJoin, compiler: SQLCompiler, **options: Any) -> str:
    return _written(join, compiler, "STRAIGHT_JOIN", options)


def _written(join: LeadingJoin, compiler: SQLCompiler, word: str, options: dict[str, Any]) -> str:
    options = {**options, "asfrom": True}
    left = compiler.process(join.left, **options)
    right = compiler.process(join.right, **options)
    assert join.onclause is not None
    condition = compiler.process(join.onclause, **{**options, "asfrom": False})
    return f"{left} {word} {right} ON {condition}"
