# SPDX-License-Identifier: Apache-2.0
"""One cloud for all tests that only need somebody in some project: users take Keystone a second."""

from collections.abc import Iterator

import pytest

from tests.keystone.cloud import Cloud, populated
from tests.keystone.door import Door, written
from tests.servers.keystone import Keystone


@pytest.fixture(scope="session")
def cloud(keystone: Keystone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """See `Cloud`; zones of the tests are their own."""
    folder = tmp_path_factory.mktemp("cloud")
    with Door(written(folder, keystone.authtoken())) as door:
        yield populated(keystone, door)
