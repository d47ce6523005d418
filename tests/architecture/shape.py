# SPDX-License-Identifier: Apache-2.0
"""What each file must look like; every check returns a sentence for each place that does not."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

from tests.architecture.sources import PACKAGE, Source, functions, imported_modules

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
SPDX = "# SPDX-License-Identifier: Apache-2.0"

DRAWERS = {"base2", "common", "helper", "helpers", "lib", "misc", "shared", "util", "utils"}
"""Names that say nothing about what is inside."""

BASES = {"backends", "rdata"}
"""Layers of many alike, where base.py is the form they share."""

LIBRARY_HOMES = {
    "alembic": {"storage"},
    "dns": {"wire", "rdata", "mdns", "worker"},
    "falcon": {"api"},
    "keystoneauth1": {"api", "conf", "network"},
    "keystonemiddleware": {"api"},
    "kombu": {"conf"},
    "oslo_config": {"conf", "cmd"},
    "oslo_log": {"conf", "runtime"},
    "oslo_messaging": {"rpc", "sink", "events"},
    "oslo_middleware": {"api", "conf"},
    "oslo_policy": {"policy"},
    "oslo_reports": {"conf", "runtime"},
    "paste": {"api"},
    "redis": {"runtime"},
    "selectors": {"mdns", "worker", "backends"},
    "socket": {"mdns", "worker", "backends", "rpc", "runtime"},
    "socketserver": {"mdns", "worker", "backends"},
    "sqlalchemy": {"storage"},
    "tooz": {"runtime"},
}
"""Library: the layers that may import it."""

MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:home|root|work|workspace|Users)/\w")
"""A path that exists on one machine only."""


def file_length(source: Source) -> list[str]:
    """No file is longer than a person reads in one sitting."""
    lines = len(source.text.splitlines())
    if lines <= MAX_FILE_LINES:
        return []
    return [f"{source.path}: {lines} lines, at most {MAX_FILE_LINES}"]


def function_length(source: Source) -> list[str]:
    """No function is longer than a screen."""
    return [
        f"{source.path}:{function.lineno}: {function.name} has {lines} lines,"
        f" at most {MAX_FUNCTION_LINES}"
        for function in functions(source)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]


def header(source: Source) -> list[str]:
    """The licence line comes first, and the module says what it is for."""
    problems = []
    if source.text.splitlines()[:1] != [SPDX]:
        problems.append(f"{source.path}:1: the first line is not {SPDX!r}")
    if not ast.get_docstring(source.syntax):
        problems.append(f"{source.path}: no module docstring")
    return problems


def names(source: Source) -> list[str]:
    """A file or folder is named after what is in it."""
    problems = [
        f"{source.path}: {part!r} is a drawer, not a name"
        for part in source.path.with_suffix("").parts
        if part in DRAWERS
    ]
    in_package = source.path.is_relative_to(PACKAGE)
    if in_package and source.path.name == "base.py" and source.layer not in BASES:
        problems.append(f"{source.path}: base.py belongs to {' and '.join(sorted(BASES))} only")
    return problems


def hidden_imports(source: Source) -> list[str]:
    """Imports stand at the top, where the layers can be read."""
    found = {line for function in functions(source) for line, _ in imported_modules(function)}
    return [f"{source.path}:{line}: import inside a function" for line in sorted(found)]


def global_statements(source: Source) -> list[str]:
    """State belongs to an object that somebody was given."""
    return [
        f"{source.path}:{node.lineno}: global {', '.join(node.names)}"
        for node in ast.walk(source.syntax)
        if isinstance(node, ast.Global)
    ]


def library_homes(source: Source) -> list[str]:
    """A library is known to its home only, so that it can be replaced there."""
    if source.layer is None:
        return []
    return [
        f"{source.path}:{line}: {module} belongs to {', '.join(sorted(homes))}"
        for line, module in imported_modules(source.syntax)
        if (homes := LIBRARY_HOMES.get(module.partition(".")[0])) and source.layer not in homes
    ]


def machine_paths(name: str, text: str) -> list[str]:
    """Nothing points at a directory of one machine; `name` is the file the text is from."""
    return [
        f"{name}:{number}: path of one machine: {line.strip()[:60]}"
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]


FILE_CHECKS: tuple[Callable[[Source], list[str]], ...] = (
    file_length,
    function_length,
    header,
    names,
    hidden_imports,
    global_statements,
    library_homes,
)

WRITTEN = ("*.py", "*.md", "*.toml", "*.yaml", "*.txt", "*.ini", "*.mako", "setup", "run")


def written_files(root: Path) -> list[Path]:
    """The text files of the project, documents and scripts included."""
    folders = [root / name for name in (".ci", "changes", "docs", "scripts", "src", "tests")]
    found = [file for folder in folders for form in WRITTEN for file in folder.rglob(form)]
    return sorted(
        file
        for file in (*found, *root.glob("*.md"), *root.glob("*.toml"), root / "Makefile")
        if file.is_file()
    )
