# SPDX-License-Identifier: Apache-2.0
"""Clients write while parts of the cluster fail in random order; in the end all must be so."""

import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from designate.storage import engine as engines
from designate.storage.tables import zones
from designate.storage.tables.zones import LIVE
from tests import consistency
from tests.cluster import judging, stuck
from tests.cluster.cluster import ANSWERING, Cluster
from tests.cluster.faults import HANGS, Fault
from tests.cluster.judging import Span
from tests.cluster.watch import Watch
from tests.system.deeds import Client, Owned, Tally, ended
from tests.system.site import eventually
from tests.system.truth import changes, held, noted, soa_serial, transferred

CLIENTS = 16
HOT = ("hot.example.", "warm.example.")
"""Zones that the clients share, half of them each; every client has cold ones of its own."""
BETWEEN = 1.0, 4.0
"""Seconds from one fault to the next."""
SETTLING = 180.0
LEFT_FOR = 600.0
"""Seconds for which BIND 9.18 leaves a master whose port has refused it twice."""
GONE_ON = 10
"""Changes that are acknowledged after the last fault, before anything is looked at."""
LATEST = ANSWERING + HANGS + 2
"""Seconds after which what was not answered is made, or never: who stopped in it has gone on."""
REFUSING = (502, 503, 504)


@dataclass(slots=True)
class Chaos:
    """A run: `faults` one after the other on a cluster."""

    cluster: Cluster
    seed: int
    faults: Sequence[Fault]
    shown: bool = True
    spans: list[Span] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Let clients write, let parts fail, and look at all that must hold."""
        choice = random.Random(self.seed)
        clients = self.clients()
        names = list(HOT)
        servers = {bind.directory.name: (bind.host, bind.port) for bind in self.cluster.binds}
        watched = servers | {f"mdns{n}": at for n, at in enumerate(self.cluster.mdns_at, 1)}
        with Watch(watched, lambda: names) as watch:
            for client in clients:
                client.start()
            for fault in self.faults:
                time.sleep(choice.uniform(*BETWEEN))
                self._undergo(fault)
                names[:] = [owned.name for each in clients for owned in list(each.zones)]
            self._await(clients)
            tally = ended(clients)
            self._say(f"{tally.acknowledged} changes acknowledged; settling")
            self.settle()
        self._report(tally, watch)
        assert tally.wrong == []
        assert watch.wrong == []
        assert all(watch.answers.values())
        self.verify(clients)
        self._say("nothing is lost, doubled, stuck or left behind")
        unexcused = judging.unexcused(tally.refusals, self.spans, self.began)
        for each in unexcused:
            self._say(f"UNEXCUSED: {each}")
        assert unexcused == []

    def clients(self) -> list[Client]:
        """New clients, with zones that they share."""
        shared = [self._created(name) for name in HOT]
        return [
            Client(
                self.cluster.api,
                number,
                self.seed,
                Owned(*shared[number % len(shared)]),
                refusing=REFUSING,
                settling=LATEST,
            )
            for number in range(CLIENTS)
        ]

    def _created(self, name: str) -> tuple[str, str]:
        made = self.cluster.call("POST", "/v2/zones", {"name": name, "email": "dns@example.org"})
        return made["id"], name

    def _undergo(self, fault: Fault) -> None:
        self._say(str(fault))
        start = time.monotonic()
        fault.begin()
        time.sleep(fault.lasts)
        fault.end()
        self.spans.append(Span(start, time.monotonic(), fault))

    def _await(self, clients: Sequence[Client]) -> None:
        """Wait until clients are served again."""

        def acknowledged() -> int:
            return sum(client.tally.acknowledged for client in clients)

        goal = acknowledged() + GONE_ON
        eventually(acknowledged, until=lambda count: count >= goal, within=SETTLING)

    # -- what must hold ---------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until every zone is ACTIVE, longer where a BIND asks a master for nothing."""
        logged = [(bind, len(bind.log_text())) for bind in self.cluster.binds]
        try:
            self._settle(SETTLING)
        except AssertionError:
            if not any(bind.leaves_a_master(since) for bind, since in logged):
                raise
            self._say("a BIND was refused twice and leaves a master for ten minutes")
            self._settle(LEFT_FOR)

    def _settle(self, within: float) -> None:
        try:
            eventually(self._unsettled, until=lambda found: not found, within=within)
        except AssertionError:
            for reason in stuck.reasons(self.cluster):
                self._say(f"STUCK: {reason}")
            raise

    def _unsettled(self) -> list[str]:
        with engines.snapshot(self.cluster.engine) as connection:
            return consistency.unsettled(connection)

    def verify(self, clients: Sequence[Client]) -> None:
        """What clients know to be so, and nothing else, is in the database and on both BINDs."""
        engine = self.cluster.engine
        with engines.snapshot(engine) as connection:
            assert consistency.faults(connection) == []
            live = select(zones.c.name, zones.c.serial).where(zones.c.deleted == LIVE)
            serials = dict(connection.execute(live).all())
        made, known = changes(engine), noted(list(clients))
        differing = {
            name: (made.get(name), known.get(name))
            for name in made.keys() | known.keys()
            if made.get(name) != known.get(name)
        }
        for name, (journal, deeds) in differing.items():
            self._say(f"WRONG: {name}: in the journal {journal}, but clients did {deeds}")
        assert differing == {}
        content = held(list(clients))
        assert content.keys() == serials.keys()
        for name, serial in serials.items():
            for bind in self.cluster.binds:
                at = bind.host, bind.port
                assert (soa_serial(at, name), transferred(at, name)) == (
                    serial,
                    (serial, content[name]),
                )
        for bind in self.cluster.binds:
            assert set(bind.zones()) == serials.keys()

    # -- what is told -----------------------------------------------------------------------

    def _say(self, what: str) -> None:
        if self.shown:
            print(f"{time.monotonic() - self.began:6.1f} s  {what}", flush=True)

    def _report(self, tally: Tally, watch: Watch) -> None:
        because = Counter(
            (
                ", ".join(map(str, judging.reasons(each, self.spans)[-1:])),
                f"{each.status} {each.type}",
            )
            for each in tally.refusals
        )
        self._say(
            f"{len(self.faults)} faults, {tally.acknowledged} changes acknowledged,"
            f" {len(tally.unanswered)} not answered and {tally.away} refused, of which"
            f" {tally.made_unanswered} were made; {sum(watch.answers.values())} serials seen"
        )
        for (fault, kind), times in sorted(because.items()):
            self._say(f"{fault}: {times} x {kind}")
        for fault in tally.wrong + watch.wrong:
            self._say(f"WRONG: {fault}")
        for service in self.cluster.services:
            for stack in re.findall(r"^.*Traceback[^$]*?^\S+ \S+ \d+ ", service.log(), re.M):
                self._say(f"{service.name}: {stack[-3000:]}")
