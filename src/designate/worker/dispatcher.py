# SPDX-License-Identifier: Apache-2.0
"""The worker's one deciding thread: claims names, plans, judges, and writes what came of it.

It never waits for a server: calls are made by `Calls`, polls by the `Poller`, and both tell what
happened through the inbox. What many zones have ready at once is written in one transaction. After
an error of the database it forgets everything and begins anew from the tables.
"""

import logging
import threading
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from designate.backends.base import UNREACHABLE, Backend
from designate.errors import DatabaseUnavailable
from designate.storage.releases import Done, Retry
from designate.worker.calls import Batch, Calls, Lease, Outcome
from designate.worker.claims import BETWEEN, IDLE, Claims
from designate.worker.healing import Healing
from designate.worker.inbox import Event, Inbox, Wake
from designate.worker.jobs import Job, Step, pause, review, rows_after
from designate.worker.leases import Leases
from designate.worker.ledger import Ledger, Reading, Settlement
from designate.worker.metrics import Metrics
from designate.worker.orders import Answered, Back, Silent
from designate.worker.poller import Poller
from designate.worker.progress import Hearing
from designate.worker.reconcile import CREATE, decide
from designate.worker.sweeps import Sweeps
from designate.worker.watches import Watches

LOG = logging.getLogger(__name__)

MAX_JOBS = 2000
MAX_BACKLOG = 64
"""Batches of calls that may wait: a claim is worth little while others could take the name."""
FEW = 8
FEW_EVERY = 0.05
"""Seconds in which a few names are claimed whatever waits: they may be for other servers."""
AFTER_ERROR = 1.0


class Dispatcher:
    """Runs from `start` to `stop`; told of everything through its inbox."""

    def __init__(  # noqa: PLR0913 - the parts of the worker meet here
        self,
        inbox: Inbox,
        ledger: Ledger,
        claims: Claims,
        calls: Calls,
        poller: Poller,
        backends: Mapping[str, Backend],
        *,
        metrics: Metrics,
        threshold: int,
        first_poll: float,
        zone: str | None = None,
    ) -> None:
        self._inbox = inbox
        self._ledger = ledger
        self._claims = claims
        self._calls = calls
        self._backends = backends
        self._metrics = metrics
        self._threshold = threshold
        self._healing = Healing(ledger)
        self._watches = Watches(poller, self._healing, first_poll, zone)
        self._leases = Leases(ledger)
        self._jobs: dict[str, Job] = {}
        self._hearing = Hearing()
        self._next_few = 0.0
        self._next_renewal = 0.0
        self._sweeps = Sweeps(ledger)
        self._checks: dict[str, float] = {}
        self._begin_anew = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the calls under way, and give the names back."""
        self._stopping = True
        self._inbox.wake()
        if self._thread.is_alive():
            self._thread.join()

    # -- the loop -----------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping:
            events = self._inbox.take(self._until_next())
            if self._stopping:
                break
            self._guarded(events)
        self._calls.stop()
        self._guarded(self._inbox.take(0.0), last=True)

    def _guarded(self, events: list[Event], *, last: bool = False) -> None:
        try:
            if last:
                self._record([e for e in events if isinstance(e, Outcome)])
                self._ledger.release(job.claim for job in self._jobs.values())
            else:
                self._turn(events)
        except Exception as error:  # the thread must outlive whatever the database does
            known = isinstance(error, DatabaseUnavailable)
            LOG.exception("the work in hand is begun anew", exc_info=not known)
            self._forget_everything()
            if not last:
                time.sleep(AFTER_ERROR)

    def _forget_everything(self) -> None:
        for job in self._jobs.values():
            # What waits in its name is begun no more: the name is to be somebody else's.
            job.lease.ends = 0.0
        self._calls.forget()
        self._jobs.clear()
        self._checks.clear()
        self._watches.stop_all()
        self._claims.look_at(0.0)
        self._begin_anew = True

    def _until_next(self) -> float:
        now = time.monotonic()
        times = [now + IDLE, self._sweeps.next_time(), *self._checks.values()]
        room = self._room(now) > 0
        times.append(self._claims.next_time(self._jobs, room=room))
        if not room:
            times.append(max(self._next_few, now + BETWEEN))
        probe = self._calls.next_try()
        if probe is not None:
            times.append(probe)
        return max(min(times) - now, 0.0)

    def _turn(self, events: list[Event]) -> None:
        outcomes = [event for event in events if isinstance(event, Outcome)]
        touched: set[str] = set()
        # Before anything can fail: a server that is never heard to be free gets no more calls.
        for outcome in outcomes:
            self._calls.ended(outcome)
        self._hear(events, touched)
        if self._begin_anew:
            self._ledger.free_own(self._calls.under_way())
            self._begin_anew = False
        now = time.monotonic()
        if renews := now >= self._next_renewal:
            # Before anything is judged: a process that stood still may hold nothing any more.
            self._lose(self._leases.renew(self._leases.aging(self._jobs.values(), now)))
        touched |= self._record(outcomes)
        touched |= self._observe([event for event in events if isinstance(event, Answered)])
        now = time.monotonic()
        again = {name for name in touched if (job := self._jobs.get(name)) and job.again}
        again |= self._claims.rested(self._jobs, now)
        self._plan_anew(again)
        touched |= again | {name for name, at in self._checks.items() if at <= now}
        touched |= self._claim(now)
        self._settle(touched & self._jobs.keys())
        self._calls.try_away(now)
        found = self._sweeps.wake()
        if renews:
            self._next_renewal = now + IDLE
            found |= self._leases.look(self._jobs.values(), time.monotonic())
            found |= self._sweeps.outdated(now)
        if found:
            self._claims.look_at(0.0)

    def _hear(self, events: Iterable[Event], touched: set[str]) -> None:
        now = time.monotonic()
        back: set[str] = set()
        for event in events:
            if isinstance(event, Wake):
                names = event.names if event.changed else event.names - self._jobs.keys()
                self._claims.wake(names, self._jobs)
                touched |= names & self._jobs.keys()
            elif isinstance(event, Silent):
                self._hearing.fell_silent(event.server, now)
                touched |= self._jobs.keys()
            elif isinstance(event, Back):
                back.add(event.server)
        for server in back:
            self._hearing.came_back(server, now)
            self._calls.is_back(server)
            for name, job in self._jobs.items():
                job.again = job.again or server in job.failed
                touched.add(name)
        if back:
            LOG.info("back: %s", ", ".join(sorted(back)))
            self._sweeps.back(back)

    # -- claiming and planning ----------------------------------------------------------------

    def _room(self, now: float) -> int:
        places = MAX_JOBS - len(self._jobs)
        if self._calls.backlog(now) <= MAX_BACKLOG // 2:
            return min(MAX_BACKLOG, places)
        return min(FEW, places) if now >= self._next_few else 0

    def _claim(self, now: float) -> set[str]:
        room = self._room(now)
        if room <= 0:
            return set()
        self._next_few = now + FEW_EVERY
        names = self._claims.choose(room, self._jobs, MAX_JOBS - len(self._jobs), now)
        if not names:
            return set()
        claims, ends = self._ledger.claim(names)
        # A hint may be of a name that rests by now, which nobody has taken.
        lost = self._claims.found - {claim.name_key for claim in claims}
        self._metrics.claimed(won=len(claims), lost=len(lost))
        if not claims:
            return set()
        self._claims.looked(names, now)
        reading = self._ledger.read([claim.name_key for claim in claims])
        for claim in claims:
            name = claim.name_key
            current = reading.of(claim)
            plan = decide(reading.facts[name], reading.pools, self._backends, verify=current.verify)
            self._jobs[name] = Job(current, Lease(ends), reading.at, plan, claim.since)
            self._begin(self._jobs[name], reading)
        return {claim.name_key for claim in claims}

    def _plan_anew(self, names: Collection[str]) -> None:
        """Read the facts of names in work again, and go on from there."""
        if not names:
            return
        self._claims.looked(names, time.monotonic())
        reading = self._ledger.read(sorted(names))
        for name in names:
            job = self._jobs[name]
            job.again = bool(job.under_way)
            before, job.claim = job.claim, reading.of(job.claim)
            job.verified = job.verified and before.verify == job.claim.verify
            job.since = job.since or job.read_at
            job.read_at = reading.at
            verify = job.claim.verify and not job.verified
            plan = decide(reading.facts[name], reading.pools, self._backends, verify=verify)
            # What is being told to targets now stays in the plan: nobody polls for it before.
            job.plan = replace(plan, calls=job.plan.calls) if job.under_way else plan
            self._begin(job, reading)

    def _begin(self, job: Job, reading: Reading) -> None:
        name = job.claim.name_key
        self._watches.keys = reading.keys
        before = job.watching.keys()
        job.begin_watches(reading.facts[name].rows, time.monotonic())
        if not job.under_way:
            self._tell_targets(job)
        for zone_id in before - job.watching.keys():
            self._watches.stop(zone_id)
        if job.plan.puts or job.plan.drops:
            self._lose(self._ledger.record({name: job.claim.token}, job.plan.puts, job.plan.drops))

    def _tell_targets(self, job: Job) -> None:
        job.failed, job.put_off, job.verified = {}, 0.0, True
        now = time.monotonic()
        for server, calls in job.plan.calls.items():
            wait = self._calls.turned_away(server, now)
            if wait is not None:
                job.put_off = max(job.put_off, wait)
                continue
            job.under_way.add(server)
            self._calls.submit(Batch(job.claim.name_key, server, calls[0].target, calls, job.lease))
        job.watch_what_was_told()

    # -- what happened ------------------------------------------------------------------------

    def _record(self, outcomes: list[Outcome]) -> set[str]:
        """Write what calls came to, and go on with their names."""
        live = [outcome for outcome in outcomes if self._job_of(outcome) is not None]
        late = [outcome for outcome in outcomes if self._job_of(outcome) is None]
        puts, drops = rows_after(live)
        if puts or drops:
            held = {o.batch.name_key: self._jobs[o.batch.name_key].claim.token for o in live}
            self._lose(self._ledger.record(held, puts, drops))
        for outcome in live:
            if (job := self._job_of(outcome)) is not None:
                self._go_on(job, outcome)
        self._record_late(late)
        return {outcome.batch.name_key for outcome in outcomes}

    def _record_late(self, outcomes: list[Outcome]) -> None:
        """Note what was done for names that were lost, or begun anew, meanwhile."""
        puts, drops = rows_after(outcomes)
        if held := {row.name_key: "" for row in (*puts, *drops)}:
            self._claims.wake(self._ledger.record(held, puts, drops), self._jobs)
        names = {outcome.batch.name_key for outcome in outcomes}
        self._ledger.free(names - self._jobs.keys() - self._calls.under_way())

    def _job_of(self, outcome: Outcome) -> Job | None:
        job = self._jobs.get(outcome.batch.name_key)
        return job if job is not None and job.lease is outcome.batch.lease else None

    def _go_on(self, job: Job, outcome: Outcome) -> None:
        batch = outcome.batch
        if outcome.fenced:
            self._lose(self._leases.renew([job]))
            if job.claim.name_key in self._jobs:
                left = batch.calls[len(outcome.done) :]
                self._calls.submit(replace(batch, calls=left))
            return
        job.under_way.discard(batch.server)
        if outcome.error is not None:
            if outcome.error.code != UNREACHABLE:
                LOG.warning("%s: %s", job.claim.name_key, outcome.error.text)
            job.failed[batch.server] = outcome
        for call in outcome.done:
            if call.kind == CREATE:
                self._watches.created(job, call.zone.id)

    def _observe(self, answers: list[Answered]) -> set[str]:
        heard = []
        touched = {}
        for answer in answers:
            name = self._watches.name_of(answer.zone_id)
            job = self._jobs.get(name) if name is not None else None
            watching = job.watching.get(answer.zone_id) if job is not None else None
            if name is None or watching is None:
                continue
            touched[answer.zone_id] = name
            self._hearing.answered(answer.server)
            heard.append((watching, answer))
        if newer := self._watches.see(heard):
            self._claims.wake({touched[zone_id] for zone_id in newer}, self._jobs)
        return set(touched.values())

    # -- settling -----------------------------------------------------------------------------

    def _settle(self, names: Collection[str]) -> None:
        """Write what the state of these names asks for, and end those whose work is over."""
        asked: dict[str, Settlement] = {}
        ended: list[Job] = []
        for name in names:
            job = self._jobs[name]
            step = review(job, self._hearing, self._threshold, time.monotonic())
            asked[name] = step.settlement
            self._checks.pop(name, None)
            if step.check_at is not None:
                self._checks[name] = step.check_at
            self._measure(job, step)
            if step.lost:
                self._tell_anew(job)
            if step.over and not job.again:
                self._end(job, step.settlement, complete=step.complete)
                ended.append(job)
            else:
                self._watches.start(job)
        held = {name: self._jobs[name].claim.token for name in names}
        self._lose(self._ledger.settle(asked, held))
        for job in ended:
            self._drop(job)
        self._healing.heal()

    def _tell_anew(self, job: Job) -> None:
        """Have the targets told of their zones once more: a server has lost one."""
        name = job.claim.name_key
        LOG.warning("%s: a server has no such zone; its targets are told of it again", name)
        job.doubted = True
        if self._ledger.doubt(name):
            job.again = True
            self._claims.wake((name,), self._jobs)

    def _measure(self, job: Job, step: Step) -> None:
        if step.propagated and job.since is not None:
            self._metrics.propagated(self._ledger.now() - job.since)
        if step.settled:
            job.since = None

    def _end(self, job: Job, settlement: Settlement, *, complete: bool) -> None:
        if complete and not job.plan.unfinished:
            settlement.done.append(Done(job.claim, job.read_at))
            return
        wait = 0.0 if complete else job.put_off or pause(job, self._hearing.silent)
        settlement.retries.append(Retry(job.claim, self._ledger.now() + wait, job.since))
        self._claims.look_at(time.monotonic() + wait)

    def _drop(self, job: Job) -> None:
        name = job.claim.name_key
        job.lease.ends = 0.0
        if job.under_way:
            self._calls.forget(name)
        if self._jobs.get(name) is job:
            del self._jobs[name]
        self._checks.pop(name, None)
        for zone_id in job.watching:
            self._watches.stop(zone_id)

    # -- leases -------------------------------------------------------------------------------

    def _lose(self, names: Collection[str]) -> None:
        """Go on no longer with names that somebody else has taken over."""
        for name in names:
            LOG.warning("%s: the lease was lost", name)
            job = self._jobs.get(name)
            if job is not None:
                self._drop(job)
