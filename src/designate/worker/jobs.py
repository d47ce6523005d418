# SPDX-License-Identifier: Apache-2.0
"""A name in work: what is under way for it, and what its state asks to be written."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from designate.backends.base import UNREACHABLE
from designate.model.zones import ACTIVE
from designate.storage.servers import DOUBT, NAMESERVER, TARGET, Incarnation, ServerRow
from designate.storage.work import Claim
from designate.worker import progress
from designate.worker.calls import Lease, Outcome
from designate.worker.ledger import Settlement
from designate.worker.progress import GRACE, PATIENCE, Assessment, Hearing, Watching
from designate.worker.reconcile import CREATE, Plan
from designate.worker.verdicts import ABSENT

FIRST_RETRY = 0.5
LAST_RETRY = 60.0
PARKED = 5
"""Times longer a name pauses that waits only for servers that are away: their return wakes it."""


@dataclass(slots=True)
class Job:
    """The work on one name, from claim to release.

    `again` says that there is something new to plan as soon as no call is under way, `doubted`
    that its targets were told anew because a server had lost a zone. `verified` that
    all its targets were told of what they have, as an audit asked for. `put_off` is the time in
    seconds after which its calls are tried again that too busy servers were not told of.
    """

    claim: Claim
    lease: Lease
    read_at: float
    plan: Plan
    since: float | None
    under_way: set[str] = field(default_factory=set)
    failed: dict[str, Outcome] = field(default_factory=dict)
    watching: dict[str, Watching] = field(default_factory=dict)
    again: bool = False
    doubted: bool = False
    verified: bool = False
    put_off: float = 0.0

    def begin_watches(self, rows: tuple[ServerRow, ...], now: float) -> None:
        """Take over the plan's watches; those of a zone that is watched already go on."""
        patience = PATIENCE if self.claim.attempts == 0 else GRACE
        before, self.watching = self.watching, {}
        for watch in self.plan.watches:
            mine = {r.server: r for r in rows if r.zone_id == watch.zone.id}
            mine = {key: row for key, row in mine.items() if row.role == NAMESERVER}
            watching = Watching(watch, now, patience, mine, watch.zone.confirmed)
            if watch.zone.id in before:
                watching.follow(before[watch.zone.id])
            watching.verify = watching.verify or self.creates(watch.zone.id)
            self.watching[watch.zone.id] = watching

    def watch_what_was_told(self) -> None:
        """When nobody could be told of anything, watch but the zones that are served already."""
        if self.put_off and not self.under_way:
            watching = self.watching.items()
            self.watching = {
                key: it for key, it in watching if it.watch.zone.confirmed and not it.watch.absent
            }

    def creates(self, zone_id: str) -> bool:
        """Whether a target is still to be told of the zone, or just was."""
        return any(
            call.kind == CREATE and call.zone.id == zone_id
            for calls in self.plan.calls.values()
            for call in calls
        )


def rows_after(outcomes: Iterable[Outcome]) -> tuple[list[ServerRow], list[ServerRow]]:
    """The rows to keep and the rows to drop after batches of calls."""
    kept, dropped = list[ServerRow](), list[ServerRow]()
    for outcome in outcomes:
        puts, drops = _rows_after(outcome)
        kept += puts
        dropped += drops
    return kept, dropped


def _rows_after(outcome: Outcome) -> tuple[list[ServerRow], list[ServerRow]]:
    puts = [call.after for call in outcome.done if call.after and call.after != call.before]
    drops = [call.before for call in outcome.done if call.before and call.after is None]
    failed, error = outcome.failed, outcome.error
    if failed is not None and error is not None:
        row = ServerRow(
            zone_id=failed.zone.id,
            role=TARGET,
            server=outcome.batch.server,
            pool_id=failed.zone.pool_id,
            name_key=failed.zone.name_key,
            state=DOUBT,
            config_version=failed.before.config_version if failed.before else 0,
            error_code=error.code,
            error_text=error.text,
        )
        puts += [] if row == failed.before else [row]
    return puts, drops


@dataclass(slots=True)
class Step:
    """What a job's state asks for: rows and zones to write, and whether its work is over.

    `settled`: its zones are as enough servers have them; `propagated`: they have just become so.
    `lost`: a server says that it has no such zone, though its target was told of it.
    """

    settlement: Settlement
    over: bool
    complete: bool
    settled: bool
    check_at: float | None = None
    propagated: bool = False
    lost: bool = False


def review(job: Job, hearing: Hearing, threshold: int, now: float) -> Step:
    """Judge a job whose state may have changed, and take note of what is going to be written."""
    idle = not job.under_way
    step = Step(
        Settlement(),
        over=idle,
        complete=not (job.failed or job.put_off),
        settled=idle or bool(job.watching),
    )
    for watching in job.watching.values():
        found = progress.assess(watching, hearing, threshold, now)
        review_one = _review_absent if watching.watch.absent else _review_live
        if not review_one(step, job, watching, found):
            step.settled = False
            _note_failure(step.settlement, watching, _failing(job, watching.watch.zone, found))
        _note_rows(step.settlement, watching, found)
        if not found.complete:
            step.complete = False
            if found.check_at is not None or not watching.started:
                step.over = False
            step.check_at = min(filter(None, (step.check_at, found.check_at)), default=None)
    return step


def _review_live(step: Step, job: Job, watching: Watching, found: Assessment) -> bool:
    """Confirm what enough servers serve; True when that is all there is to serve."""
    zone = watching.watch.zone
    if not job.doubted and not job.creates(zone.id):
        step.lost = step.lost or any(s.verdict.kind == ABSENT for s in watching.seen.values())
    rises = found.confirmed > watching.confirmed
    if rises or (found.settled and zone.status != ACTIVE and not watching.written):
        step.settlement.confirmed[zone.id] = found.confirmed
        watching.written = found.settled
        step.propagated = step.propagated or (rises and found.settled)
    return found.settled


def _review_absent(step: Step, job: Job, watching: Watching, found: Assessment) -> bool:
    """End a deleted zone once enough servers say so and no target refused; True when it ends."""
    zone = watching.watch.zone
    refused = any(
        outcome.error and outcome.error.code != UNREACHABLE and _concerns(outcome, zone)
        for outcome in job.failed.values()
    )
    if job.under_way or refused or not found.settled:
        return False
    step.settlement.gone.append(zone.id)
    step.propagated = True
    return True


def _concerns(outcome: Outcome, zone: Incarnation) -> bool:
    undone = outcome.batch.calls[len(outcome.done) :]
    return any(call.zone.id == zone.id for call in undone)


def _failing(job: Job, zone: Incarnation, found: Assessment) -> tuple[str, str] | None:
    """The first reason why a zone is not settled: a target's, else a name server's."""
    for outcome in job.failed.values():
        if outcome.error is not None and _concerns(outcome, zone):
            return outcome.error.code, outcome.error.text
    if not found.failures:
        return None
    first, *others = found.failures
    more = f" (and {len(others)} more)" if others else ""
    return first.code, first.text + more


def _note_failure(
    settlement: Settlement, watching: Watching, failing: tuple[str, str] | None
) -> None:
    if failing is not None and watching.failure != failing:
        watching.failure = failing
        settlement.failed.append((watching.watch.zone, *failing))


def _note_rows(settlement: Settlement, watching: Watching, found: Assessment) -> None:
    zone = watching.watch.zone
    if zone.id in settlement.gone:
        return
    for server, row in progress.rows_after(watching, found).items():
        before = watching.rows.get(server)
        if row is not None and row != before:
            settlement.puts.append(row)
            watching.rows[server] = row
        elif row is None and before is not None:
            settlement.drops.append(before)
            del watching.rows[server]
    if not watching.watch.absent:
        watching.confirmed = found.confirmed


def pause(job: Job, silent: Mapping[str, float]) -> float:
    """Seconds until a job that could not be completed is tried again (3a.26)."""
    seconds = min(LAST_RETRY, FIRST_RETRY * 2.0 ** min(job.claim.attempts, 16))
    if seconds == LAST_RETRY and _only_away(job, silent):
        seconds *= PARKED
    return seconds * random.uniform(0.75, 1.25)


def _only_away(job: Job, silent: Mapping[str, float]) -> bool:
    errors = [outcome.error for outcome in job.failed.values()]
    answering = [
        server
        for watching in job.watching.values()
        for server, row in watching.rows.items()
        if row.error_code and server not in silent
    ]
    return not answering and all(error and error.code == UNREACHABLE for error in errors)
