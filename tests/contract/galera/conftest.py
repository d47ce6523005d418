# SPDX-License-Identifier: Apache-2.0
"""A Galera cluster with a central on each of its nodes."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from designate.storage import schema
from designate.storage.engine import open_engine
from designate.storage.tables import metadata
from tests.servers.galera import Galera, catch_up
from tests.unit.central.site import Site


@pytest.fixture(scope="session")
def cluster() -> Iterator[Galera]:
    """Two nodes."""
    with Galera() as started:
        yield started


@pytest.fixture(scope="session")
def engines(cluster: Galera) -> Iterator[list[Engine]]:
    """One database, as each of the nodes has it."""
    opened = [open_engine(url) for url in cluster.create("designate")]
    schema.upgrade(opened[0])
    for engine in opened:
        catch_up(engine)
    yield opened
    for engine in opened:
        engine.dispose()


@pytest.fixture
def sites(engines: list[Engine]) -> Iterator[list[Site]]:
    """A central on each node, over an empty database."""
    yield [Site(engine) for engine in engines]
    with engines[0].begin() as connection:
        for table in metadata.tables.values():
            connection.execute(table.delete())
