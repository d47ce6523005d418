# SPDX-License-Identifier: Apache-2.0
"""Serials in sequence space (RFC 1982, decision 3a.3)."""

from hypothesis import assume, given
from hypothesis import strategies as st

from designate.wire.serial import following, is_newer

SERIALS = st.integers(0, (1 << 32) - 1)


@given(SERIALS, st.integers(0, 1 << 40))
def test_the_following_serial_is_newer_and_not_zero(serial: int, now: int) -> None:
    """Whatever the clock says."""
    after = following(serial, now)
    assert is_newer(after, serial)
    assert 0 < after < 1 << 32


@given(SERIALS, SERIALS)
def test_of_two_serials_one_at_most_is_newer(one: int, other: int) -> None:
    """At a distance of half the space neither is (RFC 1982 section 3.2)."""
    newer = (is_newer(one, other), is_newer(other, one))
    undefined = one == other or (one - other) % (1 << 32) == 1 << 31
    assert sum(newer) == (0 if undefined else 1)


@given(SERIALS, st.integers(1, (1 << 31) - 1))
def test_the_clock_counts_where_it_is_ahead(serial: int, ahead: int) -> None:
    """By up to half the space, over its end too."""
    now = (serial + ahead) % (1 << 32)
    assume(now)
    assert following(serial, now) == now
