# SPDX-License-Identifier: Apache-2.0
"""How far a watched zone is, judged from what its name servers were seen doing.

Pure: times are monotonic seconds that the caller passes in.
"""

from dataclasses import dataclass, field

from designate.model.pools import Nameserver
from designate.rules.quorum import Served, confirmed_generation, is_absent
from designate.storage.servers import NAMESERVER, ServerRow
from designate.worker import verdicts
from designate.worker.reconcile import Watch
from designate.worker.silence import SILENT_AFTER
from designate.worker.verdicts import Verdict

GRACE = 5.0
"""Seconds until a server that is silent, or does not have the zone, counts as failed."""
PATIENCE = 20.0
"""Seconds until a server that has the zone, but not this version, counts as failed."""

SILENT = "server_silent"
REFUSED = "server_refused"
BEHIND = "server_behind"
AHEAD = "ahead"
NO_SERVERS = "no_servers"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server was seen doing; `generation` is that of the serial, None where it has none."""

    verdict: Verdict
    generation: int | None = None
    ahead: bool = False


@dataclass(slots=True)
class Watching:
    """A watch under way. `verify`: only what is seen counts, not what is remembered.

    `rows`, `confirmed`, `failure` and `written` follow what was written to the database.
    `waiting` has since when each server has been waited for without progress.
    """

    watch: Watch
    began: float
    patience: float
    rows: dict[str, ServerRow]
    confirmed: int
    verify: bool = False
    started: bool = False
    written: bool = False
    failure: tuple[str, str] | None = None
    seen: dict[str, Seen] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)

    @property
    def goal(self) -> int | None:
        """The serial waited for, None for a zone that shall be gone."""
        return None if self.watch.absent else self.watch.zone.serial

    def start(self, now: float) -> None:
        """Note that the servers are asked from now on."""
        self.began, self.started = now, True

    def saw(self, server: str, seen: Seen, now: float) -> None:
        """Note what a server was seen doing."""
        before = self.seen.get(server)
        if before is not None and (seen.generation or 0) > (before.generation or 0):
            self.waiting[server] = now
        self.seen[server] = seen

    def follow(self, before: "Watching") -> None:
        """Go on from an earlier watch of the same zone: who lagged then has been lagging since."""
        if before.watch.absent != self.watch.absent:
            return
        self.verify = before.verify
        self.seen = {key: seen for key, seen in before.seen.items() if not seen.ahead}
        for server in before.watch.pool.nameservers:
            if before.started and not reached(before, server):
                self.waiting[server.key] = before.waiting.get(server.key, before.began)
        same = before.watch.zone.generation == self.watch.zone.generation
        if same and before.watch.pool.nameservers == self.watch.pool.nameservers:
            self.began, self.started, self.seen = before.began, before.started, before.seen
            self.failure, self.written = before.failure, before.written


@dataclass(frozen=True, slots=True)
class Failure:
    """A server that keeps a zone from being settled, and why."""

    server: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Where a watch stands.

    `settled`: enough servers agree. `complete`: nothing is left to see. `check_at`: when a server
    that is still waited for will count as failed, None when none is waited for.
    """

    confirmed: int
    settled: bool
    complete: bool
    failures: tuple[Failure, ...] = ()
    check_at: float | None = None


@dataclass(slots=True)
class Hearing:
    """What is known of servers apart from zones: silent since when, last back when."""

    silent: dict[str, float] = field(default_factory=dict)
    back: dict[str, float] = field(default_factory=dict)

    def fell_silent(self, server: str, now: float) -> None:
        """A server was found to be silent, which it has been for a while."""
        self.silent[server] = now - SILENT_AFTER

    def answered(self, server: str) -> None:
        """A server has answered."""
        self.silent.pop(server, None)

    def came_back(self, server: str, now: float) -> None:
        """A server that was silent or away is back."""
        self.silent.pop(server, None)
        self.back[server] = now


def assess(watching: Watching, hearing: Hearing, threshold: int, now: float) -> Assessment:
    """Judge a watch; `threshold` is in percent."""
    servers = watching.watch.pool.nameservers
    pending = [server for server in servers if not reached(watching, server)]
    failures, check_at = _judge(watching, pending, hearing, now)
    if watching.watch.absent:
        settled = is_absent(len(servers) - len(pending), len(servers), threshold)
        return Assessment(0, settled, settled, failures, None if settled else check_at)
    if not servers:
        none = Failure("", NO_SERVERS, "the pool has no name servers")
        return Assessment(watching.confirmed, settled=False, complete=True, failures=(none,))
    served = [Served(*_served(watching, server)) for server in servers]
    confirmed = confirmed_generation(watching.confirmed, served, threshold)
    settled = confirmed >= watching.watch.zone.generation
    return Assessment(confirmed, settled, not pending, failures, check_at)


def rows_after(watching: Watching, assessment: Assessment) -> dict[str, ServerRow | None]:
    """The row of each name server as it should be; None where a missing row says it all (3a.12)."""
    failed = {failure.server: failure for failure in assessment.failures}
    return {
        server.key: _row_after(watching, server, failed.get(server.key), assessment.confirmed)
        for server in watching.watch.pool.nameservers
    }


def _row_after(
    watching: Watching, server: Nameserver, failure: Failure | None, confirmed: int
) -> ServerRow | None:
    zone, before = watching.watch.zone, watching.rows.get(server.key)
    generation, joined = _served(watching, server)
    seen = watching.seen.get(server.key)
    if failure is None and (watching.watch.absent or generation >= confirmed):
        return None
    if failure is None and confirmed == watching.confirmed:
        return before
    return ServerRow(
        zone_id=zone.id,
        role=NAMESERVER,
        server=server.key,
        pool_id=watching.watch.pool.id,
        name_key=zone.name_key,
        state=BEHIND if failure is None else failure.code,
        serial=seen.verdict.serial if seen else before.serial if before else None,
        generation=generation,
        joined=joined,
        error_code=failure.code if failure else None,
        error_text=failure.text if failure else None,
    )


def _served(watching: Watching, server: Nameserver) -> tuple[int, bool]:
    row = watching.rows.get(server.key)
    joined = row is None or row.joined
    seen = watching.seen.get(server.key)
    if seen is not None:
        generation = seen.generation or 0
        return generation, joined or generation > 0
    return (watching.confirmed if row is None else row.generation), joined


def reached(watching: Watching, server: Nameserver) -> bool:
    """Whether a server is where it shall be, seen or, unless that is doubted, remembered."""
    seen = watching.seen.get(server.key)
    if watching.watch.absent:
        return seen is not None and seen.verdict.kind == verdicts.ABSENT
    if seen is None and watching.verify:
        return False
    return _served(watching, server)[0] >= watching.watch.zone.generation


def _judge(
    watching: Watching, pending: list[Nameserver], hearing: Hearing, now: float
) -> tuple[tuple[Failure, ...], float | None]:
    failures: list[Failure] = []
    checks: list[float] = []
    for server in pending:
        failure, fails_at = _suspect(watching, server, hearing)
        if fails_at <= now:
            failures.append(failure)
        else:
            checks.append(fails_at)
    return tuple(failures), min(checks, default=None)


def _suspect(watching: Watching, server: Nameserver, hearing: Hearing) -> tuple[Failure, float]:
    """How a server that is waited for fails, and from when on."""
    began = watching.waiting.get(server.key, watching.began)
    began = max(began, hearing.back.get(server.key, began))
    address = f"{server.host}#{server.port}"
    seen = watching.seen.get(server.key)
    if server.key in hearing.silent:
        failure = Failure(server.key, SILENT, f"{address} does not answer")
        return failure, hearing.silent[server.key] + GRACE
    if seen is None:
        return Failure(server.key, SILENT, f"{address} has not answered"), began + GRACE
    text = f"{address} {seen.verdict.text}"
    if seen.ahead:
        # At once: whoever is ahead will not come back by waiting.
        return Failure(server.key, AHEAD, f"{text}, which is ahead of us"), began
    if watching.watch.absent:
        return Failure(server.key, BEHIND, f"{address} still has the zone"), began + GRACE
    if seen.verdict.kind == verdicts.ABSENT:
        return Failure(server.key, REFUSED, text), began + GRACE
    if seen.verdict.kind == verdicts.SERVING:
        text += f", not {watching.watch.zone.serial}"
    return Failure(server.key, BEHIND, text), began + watching.patience
