# SPDX-License-Identifier: Apache-2.0
"""The watches of all jobs: which zone belongs to which name, and what the poller was told."""

import logging
import time
from collections.abc import Sequence

from designate.model.pools import Pool
from designate.worker.healing import Healing
from designate.worker.jobs import Job
from designate.worker.orders import Answered, Order, Server
from designate.worker.poller import Poller
from designate.worker.progress import Seen, Watching
from designate.worker.reconcile import Watch
from designate.worker.signing import TsigKey
from designate.worker.verdicts import SERVING

LOG = logging.getLogger(__name__)


class Watches:
    """Starts and stops watches, and takes in what was seen."""

    def __init__(
        self, poller: Poller, healing: Healing, first_poll: float, zone: str | None = None
    ) -> None:
        self._poller = poller
        self._healing = healing
        self._first_poll = first_poll
        self._zone = zone
        self._names: dict[str, str] = {}
        self.keys: dict[str, TsigKey] = {}
        """TSIG keys by id, as they were read last."""

    def name_of(self, zone_id: str) -> str | None:
        """The name in work that a watched zone belongs to."""
        return self._names.get(zone_id)

    def start(self, job: Job) -> None:
        """Start what can be watched now: before the calls only what they do not touch."""
        for zone_id, watching in job.watching.items():
            early = not watching.watch.absent and not job.creates(zone_id)
            if not watching.started and (early or not job.under_way):
                self._start(job, watching, hurry=True)

    def created(self, job: Job, zone_id: str) -> None:
        """A target has been told of a zone."""
        watching = job.watching.get(zone_id)
        if watching is None or watching.watch.absent:
            return
        if watching.started:
            self._poller.notify(zone_id)
        else:
            self._start(job, watching, hurry=False)

    def stop(self, zone_id: str) -> None:
        """Watch a zone no longer."""
        if self._names.pop(zone_id, None) is not None:
            self._poller.forget(zone_id)

    def stop_all(self) -> None:
        """Watch nothing."""
        self._names.clear()
        self._poller.forget_all()

    def see(self, answers: Sequence[tuple[Watching, Answered]]) -> set[str]:
        """Take in answers; returns the zones of those that show a version newer than watched for.

        What their serials are is read for all of them at once.
        """
        served = [(watching, answer, _served(watching, answer)) for watching, answer in answers]
        placed = self._healing.place(
            [
                (watching.watch.zone, serial)
                for watching, _, serial in served
                if serial is not None and serial != watching.watch.zone.serial
            ]
        )
        newer = set[str]()
        now = time.monotonic()
        for watching, answer, serial in served:
            zone = watching.watch.zone
            generation, ahead = None, False
            if serial == zone.serial:
                generation = zone.generation
            elif serial is not None:
                generation, ahead = placed[zone.id, serial]
            watching.saw(answer.server, Seen(answer.verdict, generation, ahead), now)
            if generation is not None and generation > zone.generation:
                newer.add(zone.id)
        return newer

    def _start(self, job: Job, watching: Watching, *, hurry: bool) -> None:
        watch = watching.watch
        watching.start(time.monotonic())
        self._names[watch.zone.id] = job.claim.name_key
        self._poller.watch(
            Order(
                zone_id=watch.zone.id,
                name=watch.zone.name,
                goal=watching.goal,
                servers=self._servers(watch),
                notify=self._notified(watch),
                pause=self._first_poll if watch.notify else 0.0,
                hurry=hurry,
                lane=job.claim.lane,
            )
        )

    def _servers(self, watch: Watch) -> tuple[Server, ...]:
        return self._near_first(
            watch.pool,
            [
                Server(ns.key, ns.host, ns.port, self._key(ns.tsigkey_id))
                for ns in watch.pool.nameservers
            ],
        )

    def _notified(self, watch: Watch) -> tuple[Server, ...]:
        return self._near_first(
            watch.pool,
            [
                Server(f"{end.host}#{end.port}", end.host, end.port, self._key(key_id))
                for end, key_id in watch.notify
            ],
        )

    def _near_first(self, pool: Pool, servers: list[Server]) -> tuple[Server, ...]:
        """Those in our availability zone come first: they are told and asked before the others."""
        zones = {target.endpoint.host: target.availability_zone for target in pool.targets}
        zones |= {ns.host: ns.availability_zone for ns in pool.nameservers if ns.availability_zone}
        if self._zone is None or self._zone not in zones.values():
            return tuple(servers)
        return tuple(sorted(servers, key=lambda server: zones.get(server.host) != self._zone))

    def _key(self, key_id: str | None) -> TsigKey | None:
        if key_id is None:
            return None
        if key_id not in self.keys:
            LOG.warning("there is no TSIG key %s; messages go out unsigned", key_id)
        return self.keys.get(key_id)


def _served(watching: Watching, answer: Answered) -> int | None:
    """The serial of a zone that is wanted, where a server has one."""
    wanted = not watching.watch.absent and answer.verdict.kind == SERVING
    return answer.verdict.serial if wanted else None
