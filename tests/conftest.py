# SPDX-License-Identifier: Apache-2.0
"""A Keystone for all, how processes of pytest share the work, and how property tests search.

These use the same examples in every gate, new ones in `make full`.

A gate must not turn red for what it did not see an hour ago; what `make full` finds becomes an
example of its own.
"""

import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.servers.keystone import Keystone

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


class ByServer(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What a process of pytest does at a time: the tests of a server, else those of a file."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.partition("::")
        if path.startswith(("tests/keystone/", "tests/clients/")):
            return "keystone"
        if path.startswith("tests/contract/rpc/"):
            return "rabbitmq"
        kind = re.search(r"\[.*?(sqlite\+1|sqlite|mariadb|postgresql)\b", name)
        if path.startswith("tests/contract/") and kind:
            return kind[1]
        return path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer | None:
    """Choose it where `--dist loadscope` asks for one of this kind."""
    return ByServer(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def keystone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keystone]:
    """A running Keystone, the same for every test; each makes projects and users of its own."""
    server = Keystone(tmp_path_factory.mktemp("keystone"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
