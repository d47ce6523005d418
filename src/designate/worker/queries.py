# SPDX-License-Identifier: Apache-2.0
"""Queries that wait for their answer: found by sender and id, so many of one server at most."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from designate.worker.exchanges import Address
from designate.worker.orders import Server


@dataclass(slots=True)
class Query:
    """What was asked of a server, for a zone or only to hear whether it is back."""

    zone_id: str | None
    server: Server
    question: bytes
    at: float
    mac: bytes


class Queries:
    """Those that were sent in the last `timeout` seconds, `most` of them to one server."""

    def __init__(self, timeout: float, most: Callable[[], int]) -> None:
        self._timeout = timeout
        self._most = most
        self._sent: dict[tuple[Address, int], Query] = {}
        self._of_server: Counter[str] = Counter()

    def is_full(self, server: str) -> bool:
        """Whether a server has enough to answer."""
        return self._of_server[server] >= self._most()

    def add(self, address: Address, message_id: int, query: Query) -> None:
        """Remember a query. An id that is out already goes to the newer one."""
        self.take(address, message_id)
        self._sent[address, message_id] = query
        self._of_server[query.server.key] += 1

    def find(self, address: Address, message_id: int) -> Query | None:
        """What this may be the answer to."""
        return self._sent.get((address, message_id))

    def take(self, address: Address, message_id: int) -> None:
        """Forget a query that is answered."""
        query = self._sent.pop((address, message_id), None)
        if query is not None:
            self._forget(query)

    def expire(self, now: float) -> None:
        """Forget those that were not answered in time: they stand first."""
        while self._sent:
            first, query = next(iter(self._sent.items()))
            if now - query.at < self._timeout:
                return
            del self._sent[first]
            self._forget(query)

    def _forget(self, query: Query) -> None:
        self._of_server[query.server.key] -= 1
        if not self._of_server[query.server.key]:
            del self._of_server[query.server.key]
