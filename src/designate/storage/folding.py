# SPDX-License-Identifier: Apache-2.0
"""Text whose case does not count, by the database's own letters.

What is stored and what is looked for are folded by the same hand: what only one side takes for a
letter would never be found. SQLite and PostgreSQL fold A to Z, MariaDB and MySQL all letters.
"""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Folded(FunctionElement[str]):
    """A text in lower case."""

    name = "folded"
    type = String()
    inherit_cache = True


@compiles(Folded)
def _plain(text: Folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower({compiler.process(text.clauses, **options)})"


@compiles(Folded, "postgresql")
def _postgresql(text: Folded, compiler: SQLCompiler, **options: Any) -> str:
    """A parameter has the collation of the database, which need not be that of the column."""
    return f'lower(({compiler.process(text.clauses, **options)}) COLLATE "C")'
