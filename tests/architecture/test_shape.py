# SPDX-License-Identifier: Apache-2.0
"""The shape of this tree: sizes, names, headers, homes of libraries, nouns in each layer."""

from collections.abc import Callable

import pytest

from tests.architecture.nouns import NOUNS, missing_files, needless_reasons
from tests.architecture.shape import FILE_CHECKS, machine_paths, written_files
from tests.architecture.sources import ROOT, Source, python_sources

SOURCES = python_sources(ROOT)


def test_the_package_is_among_the_sources() -> None:
    """The checks below see the package, and this file."""
    paths = {str(source.path) for source in SOURCES}
    assert {"src/designate/__init__.py", "tests/architecture/test_shape.py"} <= paths


@pytest.mark.parametrize("check", FILE_CHECKS, ids=lambda check: check.__name__)
def test_every_file_has_the_shape(check: Callable[[Source], list[str]]) -> None:
    """No file breaks the rule the check is named after."""
    problems = [problem for source in SOURCES for problem in check(source)]
    assert not problems, "\n".join(problems)


def test_every_noun_has_its_file_in_each_layer() -> None:
    """A feature is found by its name in every layer it touches."""
    problems = missing_files(ROOT, NOUNS)
    assert not problems, "\n".join(problems)


def test_no_reason_outlives_its_file() -> None:
    """The table of nouns does not excuse a file that exists."""
    problems = needless_reasons(ROOT, NOUNS)
    assert not problems, "\n".join(problems)


def test_nothing_points_at_one_machine() -> None:
    """Sources, documents and scripts hold no path of the machine they were written on."""
    problems = [
        problem
        for file in written_files(ROOT)
        for problem in machine_paths(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))
    ]
    assert not problems, "\n".join(problems)
