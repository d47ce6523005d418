# SPDX-License-Identifier: Apache-2.0
"""Carries out the calls of backends in a few threads: in order per server and name, some at once
per server, and none to a server that is known to be away.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from designate.backends.base import REFUSED, UNREACHABLE, Backend, BackendError
from designate.model.pools import Target
from designate.worker.metrics import Metrics
from designate.worker.orders import Back
from designate.worker.reconcile import CREATE, Call
from designate.worker.silence import Away

LOG = logging.getLogger(__name__)

THREADS = 8
PER_SERVER = 6
"""Calls to one server at once: a server that hangs leaves threads to the others."""
MARGIN = 1.0
"""Seconds of a lease that must be left when a call has taken its longest."""


@dataclass(slots=True)
class Lease:
    """Until when, in monotonic seconds, a name is surely ours."""

    ends: float


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The calls for one name on one server, in order; the first that fails ends it."""

    name_key: str
    server: str
    target: Target
    calls: Sequence[Call]
    lease: Lease


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: the calls done, then the one that failed and why.

    `fenced` says that the lease was too short to begin the next call.
    """

    batch: Batch
    done: Sequence[Call]
    failed: Call | None = None
    error: BackendError | None = None
    fenced: bool = False


@dataclass(slots=True)
class _Lane:
    target: Target
    waiting: deque[Batch] = field(default_factory=deque)
    running: set[str] = field(default_factory=set)
    away: Away | None = None
    text: str = ""


class Calls:
    """Used by one thread; `report` is called from many."""

    def __init__(
        self,
        backends: Mapping[str, Backend],
        report: Callable[[Outcome | Back], None],
        metrics: Metrics,
        threads: int = THREADS,
    ) -> None:
        self._backends = backends
        self._report = report
        self._metrics = metrics
        self._executor = ThreadPoolExecutor(max(1, threads), thread_name_prefix="backend")
        self._lanes: dict[str, _Lane] = {}

    def submit(self, batch: Batch) -> None:
        """Carry out a batch as soon as its server is free."""
        lane = self._lanes.setdefault(batch.server, _Lane(batch.target))
        lane.target = batch.target
        lane.waiting.append(batch)
        self._advance(lane)

    def backlog(self) -> int:
        """How many batches wait or are carried out."""
        return sum(len(lane.waiting) + len(lane.running) for lane in self._lanes.values())

    def ended(self, outcome: Outcome) -> None:
        """Take note of an outcome that was reported; its server may be free for the next."""
        lane = self._lanes[outcome.batch.server]
        lane.running.discard(outcome.batch.name_key)
        error = outcome.error
        if error is not None and error.code == UNREACHABLE:
            if lane.away is None:
                LOG.warning("away: %s", error.text)
                lane.away = Away.at(time.monotonic())
            lane.text = error.text
        elif outcome.done or error is not None:
            lane.away = None
        self._advance(lane)

    def is_back(self, server: str) -> None:
        """Take note that a server that was away can be spoken to."""
        lane = self._lanes.get(server)
        if lane is not None:
            lane.away = None
            self._advance(lane)

    def try_away(self, now: float) -> None:
        """Probe servers that are away, each once in a while."""
        for server, lane in self._lanes.items():
            if lane.away is not None and lane.away.due(now):
                self._executor.submit(self._probe, server, lane.target)

    def next_try(self) -> float | None:
        """When the next server that is away is to be probed."""
        times = (lane.away.next_try for lane in self._lanes.values() if lane.away)
        return min(times, default=None)

    def stop(self) -> None:
        """Begin no more calls and wait for those under way."""
        self._executor.shutdown(cancel_futures=True)

    def _advance(self, lane: _Lane) -> None:
        if lane.away is not None:
            while lane.waiting:
                batch = lane.waiting.popleft()
                self._report(_failed(batch, [], BackendError(UNREACHABLE, lane.text)))
            return
        for batch in [b for b in lane.waiting if b.name_key not in lane.running]:
            if len(lane.running) >= PER_SERVER:
                return
            if batch.name_key not in lane.running:
                lane.waiting.remove(batch)
                lane.running.add(batch.name_key)
                self._executor.submit(self._run, batch)

    def _run(self, batch: Batch) -> None:
        done: list[Call] = []
        try:
            self._report(self._carry_out(batch, done))
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything; the loop must hear
            LOG.exception("backend %s failed", batch.target.type)
            text = f"{batch.target.endpoint.host}: {type(error).__name__}"
            self._report(_failed(batch, done, BackendError(REFUSED, text)))

    def _carry_out(self, batch: Batch, done: list[Call]) -> Outcome:
        backend = self._backends.get(batch.target.type)
        if backend is None:
            text = f"{batch.target.endpoint.host}: no backend of type {batch.target.type!r}"
            return _failed(batch, done, BackendError(REFUSED, text))
        for call in batch.calls:
            longest = backend.timeout(call.target) + MARGIN
            if batch.lease.ends - time.monotonic() < longest:
                return Outcome(batch, tuple(done), fenced=True)
            try:
                _carry_out(backend, call)
            except BackendError as error:
                self._metrics.called(call.target.type, error.code)
                return _failed(batch, done, error)
            self._metrics.called(call.target.type, "done")
            done.append(call)
        return Outcome(batch, tuple(done))

    def _probe(self, server: str, target: Target) -> None:
        backend = self._backends.get(target.type)
        try:
            if backend is not None:
                backend.probe(target)
        except BackendError as error:
            if error.code == UNREACHABLE:
                return
        except Exception:  # a plug-in may raise anything
            LOG.exception("backend %s failed", target.type)
            return
        self._report(Back(server))


def _carry_out(backend: Backend, call: Call) -> None:
    if call.kind == CREATE:
        backend.create_zone(call.ref, call.target)
    else:
        backend.delete_zone(call.ref, call.target, hard=call.hard)


def _failed(batch: Batch, done: Sequence[Call], error: BackendError) -> Outcome:
    return Outcome(batch, tuple(done), failed=batch.calls[len(done)], error=error)
