# SPDX-License-Identifier: Apache-2.0
"""The Python sources of a tree, parsed once for all checks of its shape."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
"""The top of the source tree under test."""

PACKAGE = PurePosixPath("src/designate")


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the top of the tree, its text and its syntax tree."""

    path: PurePosixPath
    text: str
    syntax: ast.Module

    @property
    def layer(self) -> str | None:
        """The folder of src/designate it is in (or the module); None for anything else."""
        if not self.path.is_relative_to(PACKAGE):
            return None
        return self.path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parse(path: str, text: str) -> Source:
    """A source from its text; raises SyntaxError."""
    return Source(PurePosixPath(path), text, ast.parse(text))


def python_sources(root: Path) -> list[Source]:
    """Everything below src and tests, in the order of the paths."""
    files = sorted(file for top in ("src", "tests") for file in (root / top).rglob("*.py"))
    return [parse(file.relative_to(root).as_posix(), file.read_text("utf-8")) for file in files]


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    for node in ast.walk(source.syntax):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of each module imported; `from a import b` is a, since b may be a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
