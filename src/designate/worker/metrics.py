# SPDX-License-Identifier: Apache-2.0
"""What the worker tells Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from designate.errors import DatabaseUnavailable
from designate.storage.work import Queue

SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """Propagation times and backend calls; the queue is read when somebody looks."""

    def __init__(
        self,
        registry: CollectorRegistry,
        queue: Callable[[], Queue],
        now: Callable[[], float],
    ) -> None:
        self._propagation = Histogram(
            "designate_propagation_seconds",
            "Time from the commit of a change until enough name servers served it",
            buckets=SECONDS,
            registry=registry,
        )
        self._calls = Counter(
            "designate_backend_calls",
            "Calls of backends by outcome: done, or the code of the failure",
            ("backend", "outcome"),
            registry=registry,
        )
        self._claims = Counter(
            "designate_work_claims",
            "Names that were claimed, by outcome: won, or seen free and lost to another worker",
            ("outcome",),
            registry=registry,
        )
        self.claimed(won=0, lost=0)
        registry.register(_QueueGauges(queue, now))

    def propagated(self, seconds: float) -> None:
        """A change was confirmed this long after its commit."""
        self._propagation.observe(max(seconds, 0.0))

    def claimed(self, *, won: int, lost: int) -> None:
        """Names were claimed."""
        self._claims.labels("won").inc(won)
        self._claims.labels("lost").inc(lost)

    def called(self, backend: str, outcome: str) -> None:
        """A backend was called."""
        self._calls.labels(backend, outcome).inc()


class _QueueGauges(Collector):
    def __init__(self, queue: Callable[[], Queue], now: Callable[[], float]) -> None:
        self._queue = queue
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """The queue as it is now; nothing while the database is away, which hides no other."""
        try:
            queue = self._queue()
        except DatabaseUnavailable:
            return
        age = 0.0 if queue.oldest is None else max(self._now() - queue.oldest, 0.0)
        yield GaugeMetricFamily(
            "designate_work_names", "Zone names that wait for the worker", value=queue.names
        )
        yield GaugeMetricFamily(
            "designate_work_oldest_seconds", "Age of the oldest unconfirmed change", value=age
        )

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering does not query."""
        return iter(())
