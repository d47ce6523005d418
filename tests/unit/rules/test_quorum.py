# SPDX-License-Identifier: Apache-2.0
"""Enough servers make a version confirmed, and nothing makes it unconfirmed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designate.rules.quorum import Served, confirmed_generation, is_absent, needed

SERVERS = st.lists(st.builds(Served, st.integers(0, 9), st.booleans()), max_size=6)


@pytest.mark.parametrize(
    ("servers", "threshold", "expected"),
    [(1, 100, 1), (3, 100, 3), (3, 50, 2), (3, 34, 2), (3, 33, 1), (4, 50, 2), (2, 0, 1)],
)
def test_needed_is_the_share_rounded_up_and_at_least_one(
    servers: int, threshold: int, expected: int
) -> None:
    """k = ceil(threshold x n / 100)."""
    assert needed(servers, threshold) == expected


@pytest.mark.parametrize(
    ("generations", "threshold", "expected"),
    [([7, 7, 7], 100, 7), ([7, 7, 6], 100, 6), ([7, 7, 6], 60, 7), ([7, 0, 0], 33, 7), ([0], 1, 3)],
)
def test_confirmed_is_the_kth_highest_generation(
    generations: list[int], threshold: int, expected: int
) -> None:
    """The slowest of the servers that are needed decides; 3 was confirmed before."""
    served = [Served(generation) for generation in generations]
    assert confirmed_generation(3, served, threshold) == expected


def test_a_server_that_has_not_joined_does_not_hold_the_zone_up() -> None:
    """A new server counts once it has served the zone."""
    servers = [Served(5), Served(0, joined=False)]
    assert confirmed_generation(4, servers, 100) == 5


def test_when_no_server_has_joined_all_count() -> None:
    """Otherwise nobody would have to serve the zone."""
    servers = [Served(5, joined=False), Served(0, joined=False)]
    assert confirmed_generation(0, servers, 100) == 0


def test_without_servers_nothing_is_confirmed() -> None:
    """What was confirmed stays."""
    assert confirmed_generation(4, [], 100) == 4


@given(st.integers(0, 9), SERVERS, st.integers(0, 100))
def test_confirmed_never_falls_nor_passes_what_somebody_serves(
    previous: int, servers: list[Served], threshold: int
) -> None:
    """It stays between what it was and the best server."""
    confirmed = confirmed_generation(previous, servers, threshold)
    assert previous <= confirmed <= max([previous, *(server.generation for server in servers)])


@given(SERVERS, st.integers(1, 100))
def test_enough_joined_servers_serve_what_is_confirmed(
    servers: list[Served], threshold: int
) -> None:
    """Counted over the servers that have joined, or over all when none has."""
    counted = [server for server in servers if server.joined] or servers
    confirmed = confirmed_generation(0, servers, threshold)
    reached = sum(server.generation >= confirmed for server in counted)
    assert confirmed == 0 or reached * 100 >= threshold * len(counted)


@pytest.mark.parametrize(
    ("absent", "servers", "threshold", "expected"),
    [(0, 0, 100, True), (1, 2, 50, True), (1, 2, 100, False), (0, 2, 0, False), (2, 2, 100, True)],
)
def test_absence_needs_as_many_servers_as_presence(
    absent: int, servers: int, threshold: int, *, expected: bool
) -> None:
    """Without servers there is nobody to ask."""
    assert is_absent(absent, servers, threshold) is expected
