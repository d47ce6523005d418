# SPDX-License-Identifier: Apache-2.0
"""One cloud for every client; each test makes zones of its own."""

from collections.abc import Iterator

import pytest

from tests.clients.cloud import Cloud
from tests.servers.keystone import Keystone

pytest.register_assert_rewrite("tests.clients.walks")


@pytest.fixture(scope="session")
def cloud(keystone: Keystone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A running installation behind Keystone."""
    made = Cloud(tmp_path_factory.mktemp("cloud"), keystone)
    try:
        made.start()
        yield made
    finally:
        made.stop()
