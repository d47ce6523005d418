# SPDX-License-Identifier: Apache-2.0
"""What the poller is asked to watch, and what it tells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from designate.model.work import Lane
from designate.worker.signing import TsigKey
from designate.worker.verdicts import Verdict

FIRST_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Limits:
    """What this process gives one server to do at once: calls, answers, and zones to fetch."""

    calls: Callable[[], int] = lambda: 6
    queries: Callable[[], int] = lambda: 128
    notifies: Callable[[], int] = lambda: 128


@dataclass(frozen=True, slots=True)
class Server:
    """A server to be asked, by its identity, or to be notified; `tsigkey` signs what it is sent."""

    key: str
    host: str
    port: int
    tsigkey: TsigKey | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A zone to watch: `goal` is the serial waited for, None for a zone that shall be gone.

    `pause` is the time in seconds before the first poll; `hurry` is False where the servers are
    fetching the zone anyhow, so that the first NOTIFY can wait. Zones of one `lane` wait for one
    another where a server has enough to fetch.
    """

    zone_id: str
    name: str
    goal: int | None
    servers: Sequence[Server]
    notify: Sequence[Server] = ()
    pause: float = FIRST_POLL
    hurry: bool = True
    lane: Lane = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server was seen doing with a zone, other than at the time before."""

    zone_id: str
    server: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Silent:
    """A name server has not answered anything for a while."""

    server: str


@dataclass(frozen=True, slots=True)
class Back:
    """A server that was silent or away has answered."""

    server: str


Report = Callable[[Answered | Silent | Back], None]
