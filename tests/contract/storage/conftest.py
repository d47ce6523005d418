# SPDX-License-Identifier: Apache-2.0
"""Every database the services run on, each empty with the whole schema for each test.

The tests of this folder do not know which it is, nor whether its schema is that of a release to
come. KINDS of tests/databases.py names them.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from designate.storage.unit_of_work import Store
from tests.contract.storage.next_schema import expand
from tests.databases import KINDS, Databases
from tests.unit.central.site import Site

NEXT = "+1"
"""Behind a kind: with the schema of a release to come."""
ALL = [
    *KINDS,
    *(
        pytest.param(kind + NEXT, marks=() if kind == "sqlite" else pytest.mark.slow)
        for kind in KINDS
    ),
]


@pytest.fixture(scope="session", params=ALL)
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Where databases of one kind come from."""
    kind: str = request.param
    with KINDS[kind.removesuffix(NEXT)](tmp_path_factory.mktemp(kind)) as made:
        if kind.endswith(NEXT):
            made.prepare = expand
        yield made


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
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
