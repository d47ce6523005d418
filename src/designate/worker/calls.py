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
from designate.worker.orders import Back, Limits
from designate.worker.reconcile import CREATE, Call
from designate.worker.silence import Away

LOG = logging.getLogger(__name__)

THREADS = 200
"""At most; they are started as they are needed."""
WAITING = 64
"""Names that wait for a server that is slow; the others go back to the queue."""
SLOW = 0.5
"""Seconds in which a server that keeps up carries out MEASURED calls."""
MEASURED = 16
TOGETHER = 6
"""Calls at once with which it does; a process that may make fewer has longer."""
RETURNING = 20
"""Names a second that come back from the queue to a server that had too many."""
LONGEST_WAIT = 300.0
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
    probed: bool = False
    ended: deque[float] = field(default_factory=lambda: deque(maxlen=MEASURED))
    returns_at: float = 0.0

    def size(self) -> int:
        """Batches that wait or are carried out."""
        return len(self.waiting) + len(self.running)

    def is_slow(self, now: float, at_once: int) -> bool:
        """Whether it takes long over what it has; `ended` begins with when that began."""
        enough = SLOW * max(TOGETHER / at_once, 1)
        return self.size() > 0 and now - self.ended[0] > enough


class Calls:
    """Used by one thread; `report` is called from many."""

    def __init__(
        self,
        backends: Mapping[str, Backend],
        report: Callable[[Outcome | Back], None],
        metrics: Metrics,
        *,
        threads: int = THREADS,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
    ) -> None:
        self._backends = backends
        self._report = report
        self._metrics = metrics
        self._executor = ThreadPoolExecutor(max(1, threads), thread_name_prefix="backend")
        self._limits = limits
        self._lanes: dict[str, _Lane] = {}

    def submit(self, batch: Batch) -> None:
        """Carry out a batch as soon as its server is free."""
        lane = self._lanes.setdefault(batch.server, _Lane(batch.target))
        lane.target = batch.target
        if not lane.size():
            lane.ended.clear()
            lane.ended.append(time.monotonic())
        lane.waiting.append(batch)
        self._advance(lane)

    def backlog(self, now: float) -> int:
        """How many batches wait or are carried out, but for servers that are slow."""
        at_once = self._limits.calls()
        return sum(lane.size() for lane in self._lanes.values() if not lane.is_slow(now, at_once))

    def forget(self, name_key: str | None = None) -> None:
        """Carry out nothing that waits for this name, or for any."""
        for lane in self._lanes.values():
            left = [b for b in lane.waiting if name_key not in (None, b.name_key)]
            lane.waiting = deque(left)

    def under_way(self) -> set[str]:
        """The names for which a call may be carried out now."""
        return {name for lane in self._lanes.values() for name in lane.running}

    def turned_away(self, server: str, now: float) -> float | None:
        """Seconds after which a name may come back, when too many wait for a slow server."""
        lane = self._lanes.get(server)
        if lane is None or len(lane.waiting) < WAITING:
            return None
        if not lane.is_slow(now, self._limits.calls()):
            return None
        lane.returns_at = min(max(lane.returns_at, now + 1) + 1 / RETURNING, now + LONGEST_WAIT)
        return lane.returns_at - now

    def ended(self, outcome: Outcome) -> None:
        """Take note of an outcome that was reported; its server may be free for the next."""
        lane = self._lanes[outcome.batch.server]
        lane.running.discard(outcome.batch.name_key)
        lane.ended.append(time.monotonic())
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
            if lane.away is not None and not lane.probed and lane.away.due(now):
                lane.probed = True
                self._executor.submit(self._probe, server, lane)

    def next_try(self) -> float | None:
        """When the next server that is away is to be probed."""
        lanes = self._lanes.values()
        times = (lane.away.next_try for lane in lanes if lane.away and not lane.probed)
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
            if len(lane.running) >= self._limits.calls():
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

    def _probe(self, server: str, lane: _Lane) -> None:
        try:
            if self._answers(lane.target):
                self._report(Back(server))
        finally:
            lane.probed = False

    def _answers(self, target: Target) -> bool:
        backend = self._backends.get(target.type)
        try:
            if backend is not None:
                backend.probe(target)
        except BackendError as error:
            return error.code != UNREACHABLE
        except Exception:  # a plug-in may raise anything
            LOG.exception("backend %s failed", target.type)
            return False
        return True


def _carry_out(backend: Backend, call: Call) -> None:
    if call.kind == CREATE:
        backend.create_zone(call.ref, call.target)
    else:
        backend.delete_zone(call.ref, call.target, hard=call.hard)


def _failed(batch: Batch, done: Sequence[Call], error: BackendError) -> Outcome:
    return Outcome(batch, tuple(done), failed=batch.calls[len(done)], error=error)
