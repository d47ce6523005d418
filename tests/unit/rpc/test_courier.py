# SPDX-License-Identifier: Apache-2.0
"""Threads that wait in the place of others."""

import threading

import pytest

from designate.rpc.courier import Courier

WAITING = 10.0


def test_what_comes_of_an_errand_is_returned_or_raised() -> None:
    """To whoever asks, once it is done."""
    courier = Courier()
    errand = courier.send(lambda _: 1)
    assert errand.done.wait(WAITING)
    assert errand.outcome() == 1
    failing = courier.send(lambda _: 1 // 0)
    assert failing.done.wait(WAITING)
    with pytest.raises(ZeroDivisionError):
        failing.outcome()
    courier.close()


def test_errands_do_not_wait_for_one_another() -> None:
    """However many are under way; threads that are free are used again."""
    courier = Courier()
    together = threading.Barrier(20)
    errands = [courier.send(lambda _: together.wait(WAITING)) for _ in range(20)]
    assert all(errand.done.wait(WAITING) for errand in errands)
    seen = set()
    for _ in range(50):
        errand = courier.send(lambda _: threading.get_ident())
        assert errand.done.wait(WAITING)
        seen.add(errand.outcome())
    assert len(seen) <= 20
    courier.close()
