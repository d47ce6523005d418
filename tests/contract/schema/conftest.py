# SPDX-License-Identifier: Apache-2.0
"""Databases of each kind, for tests that make the schema themselves."""

from collections.abc import Iterator

import pytest

from tests.databases import KINDS, Databases


@pytest.fixture(scope="session", params=KINDS)
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Where databases of one kind come from."""
    kind: str = request.param
    with KINDS[kind](tmp_path_factory.mktemp(kind)) as made:
        yield made
