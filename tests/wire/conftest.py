# SPDX-License-Identifier: Apache-2.0
"""Where the databases of these tests come from."""

import pytest

from tests.databases import Sqlite


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    """Empty databases with the whole schema."""
    return Sqlite(tmp_path_factory.mktemp("databases"))
