# SPDX-License-Identifier: Apache-2.0
"""Every database the services run on, each empty with the whole schema for each test.

The tests of this folder do not know which it is. A kind of database is a class with `open` and
`close` (see tests/databases.py), and one more name in KINDS.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from designate.storage.unit_of_work import Store
from tests.databases import Sqlite
from tests.unit.central.site import Site

KINDS: dict[str, Callable[[Path], Sqlite]] = {"sqlite": Sqlite}


@pytest.fixture(scope="session", params=KINDS)
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sqlite]:
    """Where databases of one kind come from."""
    kind: str = request.param
    with KINDS[kind](tmp_path_factory.mktemp(kind)) as made:
        yield made


@pytest.fixture
def engine(databases: Sqlite) -> Iterator[Engine]:
    """An empty database."""
    opened = databases.open()
    yield opened
    databases.close(opened)


@pytest.fixture
def site(engine: Engine) -> Site:
    """Central over the database: how rows come to be."""
    return Site(engine)


@pytest.fixture
def store(site: Site) -> Store:
    """The database of the site."""
    return site.store
