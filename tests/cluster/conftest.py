# SPDX-License-Identifier: Apache-2.0
"""The cluster, for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.cluster.cluster import Cluster


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A new one."""
    with Cluster() as started:
        yield started
