# SPDX-License-Identifier: Apache-2.0
"""Figures of the worker."""

from prometheus_client import CollectorRegistry, generate_latest

from designate.errors import DatabaseUnavailable
from designate.storage.work import Queue
from designate.worker.metrics import Metrics


def test_the_queue_is_read_when_somebody_looks() -> None:
    """Its length and the age of the oldest change in it."""
    queues = iter([Queue(0, None), Queue(3, 90.0)])
    registry = CollectorRegistry()
    Metrics(registry, lambda: next(queues), lambda: 100.0)
    ages = [
        {sample.name: sample.value for metric in registry.collect() for sample in metric.samples}
        for _ in range(2)
    ]
    found = [(age["designate_work_names"], age["designate_work_oldest_seconds"]) for age in ages]
    assert found == [(0, 0), (3, 10)]


def test_propagation_is_counted_in_seconds() -> None:
    """A clock that stepped back gives no negative time."""
    registry = CollectorRegistry()
    metrics = Metrics(registry, lambda: Queue(0, None), lambda: 0.0)
    for seconds in (0.07, 4.0, -1.0):
        metrics.propagated(seconds)
    assert registry.get_sample_value("designate_propagation_seconds_count") == 3
    assert registry.get_sample_value("designate_propagation_seconds_sum") == 4.07
    below = {"le": "0.1"}
    assert registry.get_sample_value("designate_propagation_seconds_bucket", below) == 2


def test_a_database_that_is_away_hides_no_other_measure() -> None:
    """Only what is read from it is missing."""

    def away() -> Queue:
        raise DatabaseUnavailable

    registry = CollectorRegistry()
    metrics = Metrics(registry, away, lambda: 0.0)
    metrics.called("bind9", "done")
    said = generate_latest(registry).decode()
    assert 'designate_backend_calls_total{backend="bind9",outcome="done"} 1.0' in said
    assert "designate_work_names" not in said
