# SPDX-License-Identifier: Apache-2.0
"""Whatever is written, every difference leads exactly from one version of a zone to another."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import Sqlite
from tests.unit.central.site import Site
from tests.wire.history import History, Move, creations, moves


def play(databases: Sqlite, script: Sequence[Move]) -> History:
    """Make all the moves on a new zone; each is checked against all before it."""
    engine = databases.open()
    try:
        history = History(Site(engine))
        for move in script:
            history.play(move)
        return history
    finally:
        databases.close(engine)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=st.lists(moves, min_size=4, max_size=14))
def test_every_pair_of_versions(databases: Sqlite, script: list[Move]) -> None:
    """IXFR applied to the old AXFR is the new AXFR, or the whole zone is sent.

    Serials only rise, the journal has no gap, the counters are those of the rows.
    """
    play(databases, script)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=st.lists(creations, min_size=2, max_size=10))
def test_what_is_only_added_is_never_sent_as_the_whole_zone(
    databases: Sqlite, script: list[Move]
) -> None:
    """Without a barrier, and with no more changes than records, every pair has its difference."""
    history = play(databases, script)
    pairs = combinations([version.serial for version in history.versions], 2)
    assert (history.differences, history.whole) == (sum(old != new for old, new in pairs), 0)


@pytest.mark.slow
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(script=st.lists(moves, min_size=10, max_size=40))
def test_every_pair_of_many_versions(databases: Sqlite, script: list[Move]) -> None:
    """The same for longer histories."""
    play(databases, script)
