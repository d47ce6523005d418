# SPDX-License-Identifier: Apache-2.0
"""The limit of open files is raised, never lowered."""

import resource
from collections.abc import Iterator

import pytest

from designate.runtime import open_files


@pytest.fixture
def hard() -> Iterator[int]:
    """The hard limit; the soft one is as it was in the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(("enough", "expected"), [(300, 300), (100, 256), (1 << 40, None)])
def test_the_limit_is_raised_as_far_as_needed(
    hard: int, enough: int, expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to the hard one."""
    monkeypatch.setattr(open_files, "ENOUGH", enough)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    if expected is None and hard == resource.RLIM_INFINITY:
        enough = expected = 1 << 20
        monkeypatch.setattr(open_files, "ENOUGH", enough)
    open_files.allow_many()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (expected or hard, hard)
