# SPDX-License-Identifier: Apache-2.0
"""A site per test."""

from collections.abc import Callable, Iterator

import pytest

from tests.databases import Sqlite
from tests.unit.central.site import Site

MakeSite = Callable[..., Site]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqlite]:
    """Where databases come from."""
    with Sqlite(tmp_path_factory.mktemp("databases")) as made:
        yield made


@pytest.fixture
def make_site(databases: Sqlite) -> Iterator[MakeSite]:
    """Makes a site with other options than the default ones."""
    engines = []

    def make(**options: object) -> Site:
        engine = databases.open()
        engines.append(engine)
        return Site(engine, **options)  # type: ignore[arg-type]

    yield make
    for engine in engines:
        databases.close(engine)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A site with the default options."""
    return make_site()
