# SPDX-License-Identifier: Apache-2.0
"""Buckets of this process, by a clock of the test's."""

import pytest

from designate.errors import ConfigurationError
from designate.runtime import buckets
from designate.runtime.buckets import LocalBuckets, SharedBuckets


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_size_at_once_and_then_its_rate() -> None:
    clock = Clock()
    made = LocalBuckets(2.0, 3, clock)
    assert [made.take("a") for _ in range(3)] == [0, 0, 0]
    assert made.take("a") == pytest.approx(0.5)
    assert made.take("a") == pytest.approx(0.5)  # to be refused costs nothing
    clock.now += 0.5
    assert made.take("a") == 0
    assert made.take("a") == pytest.approx(0.5)


def test_what_it_holds_never_exceeds_its_size() -> None:
    clock = Clock()
    made = LocalBuckets(2.0, 3, clock)
    made.take("a")
    clock.now += 3600
    assert [made.take("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_names_do_not_meet() -> None:
    made = LocalBuckets(1.0, 1, Clock())
    assert made.take("a") == 0
    assert made.take("b") == 0
    assert made.take("a") > 0


def test_a_slow_rate_waits_long() -> None:
    made = LocalBuckets(1 / 60, 1, Clock())
    assert made.take("a") == 0
    assert made.take("a") == pytest.approx(60)


def test_memory_is_bounded_and_nobody_gains_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has an empty bucket is remembered longest."""
    monkeypatch.setattr(buckets, "MOST", 100)
    clock = Clock()
    made = LocalBuckets(1.0, 10, clock)
    for _ in range(10):
        made.take("greedy")
    for number in range(1000):
        made.take(f"name{number}")
        assert len(made) <= 100
    assert made.take("greedy") > 0
    clock.now += 3600
    for number in range(1000):
        made.take(f"name{number}")
    assert len(made) <= 100


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1/"])
def test_a_url_must_be_of_redis(url: str) -> None:
    with pytest.raises(ConfigurationError, match="redis"):
        SharedBuckets(url, 1.0, 1)
