# SPDX-License-Identifier: Apache-2.0
"""Work beside its owner: one call at a time, and what it raises reaches the owner."""

import threading

import pytest

from designate.runtime.beside import Beside

PATIENCE = 10.0


def test_the_owner_goes_on_meanwhile() -> None:
    """It waits only where the next call is to begin, or for the end."""
    allowed, done = threading.Event(), list[int]()

    def first() -> None:
        assert allowed.wait(PATIENCE)
        done.append(1)

    with Beside() as beside:
        beside.begin(first)
        assert done == []
        allowed.set()
        beside.begin(lambda: done.append(2))
        assert done[0] == 1
        beside.wait()
        assert done == [1, 2]
        beside.begin(lambda: done.append(3))
    assert done == [1, 2, 3]


def test_an_error_is_raised_once() -> None:
    """By whatever the owner does next."""

    def fail() -> None:
        raise KeyError("why")

    with Beside() as beside:
        beside.begin(fail)
        with pytest.raises(KeyError, match="why"):
            beside.begin(fail)
        beside.begin(fail)
        with pytest.raises(KeyError, match="why"):
            beside.wait()
        beside.wait()


def test_the_end_waits_for_the_call_under_way() -> None:
    """Also where the owner gives up: what it does then must come after that call."""
    began, done = threading.Event(), list[str]()

    def slow() -> None:
        assert began.wait(PATIENCE)
        done.append("call")

    with pytest.raises(ValueError, match="owner"), Beside() as beside:
        beside.begin(slow)
        began.set()
        raise ValueError("owner")
    assert done == ["call"]
