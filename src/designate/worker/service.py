# SPDX-License-Identifier: Apache-2.0
"""The worker as one object: made from its parts, started, told things, stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from designate.backends.base import Backend
from designate.conf.worker import Settings
from designate.model.work import Lane, lane_of
from designate.storage.unit_of_work import Store
from designate.worker.addresses import Addresses
from designate.worker.calls import Calls
from designate.worker.claims import Claims, Everything, Share, portion
from designate.worker.dispatcher import Dispatcher
from designate.worker.inbox import Inbox, Wake
from designate.worker.ledger import Ledger
from designate.worker.metrics import Metrics
from designate.worker.orders import FIRST_POLL, Limits
from designate.worker.poller import LONGEST_PAUSE, Poller

LEAST = 4
"""Queries and NOTIFYs to one server at once that a process among very many still has."""
ANSWER = 2.0
"""Seconds that an answer to a poll is waited for; the next poll goes out long before."""

STUCK = 60.0
"""Seconds after which a turn of decisions takes too long: an absent database is given up sooner."""


@dataclass(frozen=True, slots=True)
class Place:
    """A worker's share of the work, by default all of it, and the availability zone it is in."""

    share: Share = field(default_factory=Everything)
    zone: str | None = None


class WorkerService:
    """Implements `contracts.worker.Worker`.

    `backends` are by the type of a target, `place` says where it stands among others. Metrics go to
    `registry`.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        backends: Mapping[str, Backend],
        place: Place = Place(),  # noqa: B008 - it is frozen
        registry: CollectorRegistry,
    ) -> None:
        inbox = Inbox()
        ledger = Ledger(store)
        metrics = Metrics(registry, ledger.queue, ledger.now)
        self._inbox = inbox
        limits = _limits(settings, place.share)
        # Upstream's timers bound ours from above (decision 3a.26).
        self._poller = Poller(
            inbox.put,
            Addresses(),
            timeout=min(ANSWER, settings.poll_timeout or ANSWER),
            longest_pause=min(LONGEST_PAUSE, settings.poll_retry_interval or LONGEST_PAUSE),
            all_tcp=settings.all_tcp,
            limits=limits,
        )
        self._dispatcher = Dispatcher(
            inbox,
            ledger,
            Claims(ledger, place.share, _weights(settings)),
            Calls(
                backends,
                inbox.put,
                metrics,
                threads=settings.threads,
                limits=limits,
            ),
            self._poller,
            backends,
            metrics=metrics,
            threshold=settings.threshold_percentage,
            first_poll=min(FIRST_POLL, settings.poll_delay),
            zone=place.zone,
        )

    def start(self) -> None:
        """Begin to work on what is due."""
        self._poller.start()
        self._dispatcher.start()

    def stop(self) -> None:
        """End after the calls under way, and give the names in work back."""
        self._dispatcher.stop()
        self._poller.stop()

    def trouble(self) -> str | None:
        """What is wrong: the thread of polls has ended, or that which decides does not."""
        if not self._poller.thread.is_alive():
            return "the thread of polls has ended"
        silent = self._inbox.untaken_for()
        return None if silent < STUCK else f"nothing was decided for {silent:.0f} s"

    def wake(self, names: frozenset[str]) -> None:
        """See `contracts.worker.Worker.wake`."""
        self._inbox.put(Wake(names))

    def seen(self, name_key: str, host: str) -> None:
        """See `contracts.worker.Worker.seen`."""
        self._poller.nudge(name_key)
        self._inbox.put(Wake(frozenset({name_key}), changed=False))


def _limits(settings: Settings, share: Share) -> Limits:
    return Limits(
        calls=lambda: portion(settings.max_calls_per_target, share),
        queries=lambda: portion(settings.max_queries_per_server, share, LEAST),
        notifies=lambda: portion(settings.max_notifies_per_server, share, LEAST),
    )


def _weights(settings: Settings) -> dict[Lane, int]:
    return {lane_of(project): weight for project, weight in settings.project_weights.items()}
