# SPDX-License-Identifier: Apache-2.0
"""Where the databases of these tests come from."""

from collections.abc import Iterator

import pytest

from tests.databases import Sqlite


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqlite]:
    """Empty databases with the whole schema."""
    with Sqlite(tmp_path_factory.mktemp("databases")) as made:
        yield made
