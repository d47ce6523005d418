# SPDX-License-Identifier: Apache-2.0
"""A Keystone for all, and how property tests search.

These use the same examples in every gate, new ones in `make full`.

A gate must not turn red for what it did not see an hour ago; what `make full` finds becomes an
example of its own.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers.keystone import Keystone

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


@pytest.fixture(scope="session")
def keystone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keystone]:
    """A running Keystone, the same for every test; each makes projects and users of its own."""
    server = Keystone(tmp_path_factory.mktemp("keystone"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
