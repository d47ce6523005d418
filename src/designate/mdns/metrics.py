# SPDX-License-Identifier: Apache-2.0
"""What the server counts."""

from collections import Counter
from collections.abc import Iterable
from threading import Lock

import dns.rcode
from prometheus_client import CollectorRegistry
from prometheus_client import Counter as PrometheusCounter
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from designate.wire import numbers

AXFR = "axfr"
IXFR = "ixfr"
SOA_ONLY = "soa-only"
DONE = "done"
REFUSED = "refused"
FAILED = "failed"
ABORTED = "aborted"
_WHOLE = {numbers.BADCOOKIE & 0xF: numbers.BADCOOKIE}
"""What an rcode in the header of an answer from memory is part of: YXRRSET itself is never sent."""


class Queries(Collector):
    """Answers by protocol and rcode.

    A thread that answers many counts in a `tally` of its own, which costs it no lock.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, int]] = Counter()
        self._tallies: list[tuple[str, list[int]]] = []

    def add(self, protocol: str, rcode: int) -> None:
        """Count one answer."""
        with self._lock:
            self._counts[protocol, rcode] += 1

    def tally(self, protocol: str) -> list[int]:
        """Counts by the rcode of the header that one thread raises."""
        counts = [0] * 16
        self._tallies.append((protocol, counts))
        return counts

    def collect(self) -> Iterable[Metric]:
        """The sums, for a scrape."""
        with self._lock:
            sums = Counter(self._counts)
        for protocol, counts in self._tallies:
            for low, count in enumerate(counts):
                sums[protocol, _WHOLE.get(low, low)] += count
        family = CounterMetricFamily(
            "designate_mdns_queries", "DNS answers sent.", labels=["protocol", "rcode"]
        )
        for (protocol, rcode), count in sorted((+sums).items()):
            family.add_metric([protocol, dns.rcode.to_text(dns.rcode.Rcode(rcode))], count)
        return [family]


class Metrics:
    """The counters of one server; without a registry nobody reads them."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.queries = Queries()
        registry.register(self.queries)
        self._xfrs = PrometheusCounter(
            "designate_mdns_xfrs", "Zone transfers out.", ["kind", "result"], registry=registry
        )

        self._dropped = PrometheusCounter(
            "designate_mdns_dropped",
            "Requests and connections turned away because there were too many.",
            ["reason"],
            registry=registry,
        )
        self._limited = PrometheusCounter(
            "designate_mdns_rate_limited",
            "Answers over the rate of a network of clients.",
            ["action"],
            registry=registry,
        )

    def dropped(self, reason: str) -> None:
        """Count a UDP request (`udp`) or a connection (`tcp`, `tcp-address`) without room."""
        self._dropped.labels(reason).inc()

    def limited(self, action: str) -> None:
        """Count an answer that was not sent as it is."""
        self._limited.labels(action).inc()

    def xfr(self, kind: str, result: str) -> None:
        """Count a transfer that has ended."""
        self._xfrs.labels(kind, result).inc()
