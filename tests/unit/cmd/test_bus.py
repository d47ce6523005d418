# SPDX-License-Identifier: Apache-2.0
"""What a process says and hears over a broker."""

import threading

import pytest

from designate.cmd.bus import patience


@pytest.mark.parametrize(
    ("limit", "up", "seconds"),
    [
        (60, True, 55.0),
        (600, True, 595.0),
        (10, True, 25.0),
        (0, True, threading.TIMEOUT_MAX),
        (600, False, 25.0),
        (0, False, 25.0),
    ],
)
def test_a_server_has_nearly_all_the_time_there_is(limit: int, *, up: bool, seconds: float) -> None:
    """As far as anything can still be answered."""
    assert patience(limit, up=up) == seconds
