# SPDX-License-Identifier: Apache-2.0
"""The whole system as a user runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.designate import Designate


@pytest.fixture
def designate(tmp_path: Path) -> Iterator[Designate]:
    """A running `designate up` with the embedded name server."""
    server = Designate(tmp_path / "designate")
    server.start()
    yield server
    server.stop()
