# SPDX-License-Identifier: Apache-2.0
"""The checks themselves: each reports a file that is deliberately wrong, and only that."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import shape
from tests.architecture.nouns import missing_files, needless_reasons
from tests.architecture.sources import Source, parse

HEAD = f'{shape.SPDX}\n"""What it is for."""\n'
CLEAN = parse("src/designate/rules/serial.py", HEAD + "\nimport re\n\n\ndef run() -> None: ...\n")
LONG_FUNCTION = "def run() -> None:\n" + "    print()\n" * shape.MAX_FUNCTION_LINES

BAD = [
    (shape.file_length, "src/designate/a.py", HEAD + "\n" * shape.MAX_FILE_LINES, "402 lines"),
    (shape.function_length, "src/designate/a.py", LONG_FUNCTION, "run has 51 lines"),
    (
        shape.function_length,
        "tests/a.py",
        "class A:\n" + "    async " + LONG_FUNCTION.replace("\n", "\n    "),
        "run has 51 lines",
    ),
    (shape.header, "src/designate/a.py", '"""Without a licence."""\n', "first line"),
    (shape.header, "src/designate/a.py", shape.SPDX + "\n", "no module docstring"),
    (shape.names, "src/designate/utils/dates.py", HEAD, "'utils' is a drawer"),
    (shape.names, "tests/unit/helpers.py", HEAD, "'helpers' is a drawer"),
    (shape.names, "src/designate/central/base.py", HEAD, "base.py belongs to"),
    (shape.hidden_imports, "src/designate/a.py", "def run():\n    import re\n", ":2: import"),
    (shape.hidden_imports, "tests/a.py", "def run():\n    from os import path\n", ":2: import"),
    (shape.global_statements, "src/designate/a.py", "def run():\n    global x\n", "global x"),
    (shape.library_homes, "src/designate/rules/a.py", "import sqlalchemy.sql\n", "to storage"),
    (shape.library_homes, "src/designate/wire/a.py", "from socket import socket\n", "socket"),
    (shape.library_homes, "src/designate/central/a.py", "import falcon as f\n", "to api"),
]


@pytest.mark.parametrize(("check", "path", "text", "expected"), BAD)
def test_a_wrong_file_is_reported(
    check: Callable[[Source], list[str]], path: str, text: str, expected: str
) -> None:
    """The check names the file and says what is wrong with it."""
    problems = check(parse(path, text))
    assert len(problems) == 1
    assert problems[0].startswith(path)
    assert expected in problems[0]


@pytest.mark.parametrize("check", shape.FILE_CHECKS, ids=lambda check: check.__name__)
def test_a_right_file_is_not_reported(check: Callable[[Source], list[str]]) -> None:
    """A file that keeps the rules passes each check."""
    assert check(CLEAN) == []


def test_every_check_has_a_wrong_file() -> None:
    """No check is listed without a proof that it can fail."""
    assert {check for check, *_ in BAD} == set(shape.FILE_CHECKS)


def test_a_library_is_welcome_at_home() -> None:
    """The home of a library may import it, and base.py may exist where many are alike."""
    assert shape.library_homes(parse("src/designate/storage/a.py", "import sqlalchemy\n")) == []
    assert shape.names(parse("src/designate/rdata/base.py", HEAD)) == []


@pytest.mark.parametrize("top", ["home", "root", "work", "Users"])
def test_a_path_of_one_machine_is_reported(top: str) -> None:
    """Directories of a person or a build machine are seen in any text."""
    assert shape.machine_paths("a.md", f"first\nsee /{top}/somebody/file\n")
    assert not shape.machine_paths("a.md", f"https://example.org/{top}/somebody and ./{top}/x\n")


def test_scripts_and_documents_are_searched_for_paths(tmp_path: Path) -> None:
    """Not only Python: the places where such a path is usually left behind."""
    for name in ("README.md", "docs/testing.md", "scripts/setup", "src/designate/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = {file.relative_to(tmp_path).as_posix() for file in shape.written_files(tmp_path)}
    assert found == {"README.md", "docs/testing.md", "scripts/setup", "src/designate/a.py"}


def test_a_noun_without_its_file_is_reported(tmp_path: Path) -> None:
    """Only layers that exist are asked, and a reason excuses exactly its layer."""
    storage = tmp_path / "src/designate/storage"
    storage.mkdir(parents=True)
    (storage / "zones.py").write_text("")
    nouns = {"zones": {}, "tlds": {}, "limits": {"storage": "not stored"}}
    assert [problem.split()[0] for problem in missing_files(tmp_path, nouns)] == [
        "src/designate/storage/tlds.py"
    ]


def test_a_reason_for_an_existing_file_is_reported(tmp_path: Path) -> None:
    """The table of nouns cannot say that a file is absent when it is there."""
    model = tmp_path / "src/designate/model"
    model.mkdir(parents=True)
    (model / "limits.py").write_text("")
    assert len(needless_reasons(tmp_path, {"limits": {"model": "not stored"}})) == 1
