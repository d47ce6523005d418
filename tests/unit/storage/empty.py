# SPDX-License-Identifier: Apache-2.0
"""A database of a test's own, with tables and nothing in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from designate.storage.engine import open_engine
from designate.storage.unit_of_work import Store
from tests.unit.storage.zone_rows import create_tables


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    engine = open_engine(f"sqlite:///{tmp_path / 'designate.db'}")
    made = Store(engine)
    create_tables(made)
    yield made
    engine.dispose()
